import math
from bisect import bisect_left

import msgspec
from hypothesis import given
from hypothesis import strategies as some

from console.domain.bins import Bins, ColumnKind, Role
from console.sources.predictions.thresholds import beyond, edges_between, scale_of, thresholds_of

numbers = some.floats(-1e15, 1e15, allow_subnormal=False)


def bins_of(low: float, high: float, points: list[float]) -> Bins:
    return Bins("x", Role.FEATURE, ColumnKind.NUMBER, (), edges_between(low, high, points), low, high)


def test_repeated_deciles_become_one_edge_and_the_largest_value_none() -> None:
    assert edges_between(0.0, 9.0, [0.0, 0.0, 0.0, 1.0, 1.0, 2.0, 5.0, 9.0, 9.0]) == (0.0, 1.0, 2.0, 5.0)
    assert edges_between(0.0, 1.0, [0.0, 1.0]) == (0.0,)
    assert edges_between(3.0, 3.0, [3.0] * 9) == ()


def test_edges_that_lie_close_together_stay_apart() -> None:
    points = [1e9 + step * 1e-3 for step in range(1, 10)]
    edges = edges_between(1e9, 1e9 + 1e-2, points)
    assert edges == tuple(points)
    assert scale_of(bins_of(1e9, 1e9 + 1e-2, points)).bits == 64
    assert scale_of(bins_of(0.0, 100.0, [10.0, 20.0, 50.0])).bits == 32


@given(some.lists(numbers, min_size=2, max_size=20), some.lists(numbers, max_size=20))
def test_integers_are_compared_as_the_numbers_are(reference: list[float], values: list[float]) -> None:
    reference.sort()
    bins = bins_of(reference[0], reference[-1], reference[1:-1])
    scale, thresholds = scale_of(bins), thresholds_of(bins)
    assert list(thresholds) == sorted(set(thresholds))
    integers = [scale.integer(threshold) for threshold in thresholds]
    assert max(map(abs, integers)) < beyond(scale.bits) < 1 << (scale.bits - 1)
    near = [math.nextafter(edge, way) for edge in thresholds for way in (-math.inf, math.inf)]
    for value in (*values, *reference, *thresholds, *(value for value in near if abs(value) > 1e-290)):
        scaled = math.ceil(math.ldexp(value, scale.shift))
        assert bisect_left(integers, scaled) == bisect_left(thresholds, value)


@given(some.lists(numbers, min_size=2, max_size=20))
def test_all_of_the_reference_lies_within_its_range(reference: list[float]) -> None:
    reference.sort()
    bins = bins_of(reference[0], reference[-1], reference)
    below, *_, above = thresholds_of(bins)
    assert below < bins.low
    assert bins.high <= above
    assert all(bins.low <= edge < bins.high for edge in bins.edges)
    assert scale_of(msgspec.structs.replace(bins, reference=(1,))) == scale_of(bins)
