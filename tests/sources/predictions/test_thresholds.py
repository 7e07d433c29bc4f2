import math
from bisect import bisect_left

import msgspec
from hypothesis import given
from hypothesis import strategies as some

from console.domain.bins import Bins, ColumnKind, Role
from console.sources.predictions.thresholds import Scale, beyond, edges_between, scale_of, thresholds_of

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
    assert max(map(abs, thresholds)) < beyond(scale.bits) < 1 << (scale.bits - 1)
    limits = [scale.last_of(threshold) for threshold in thresholds]
    around = [math.nextafter(edge, way) for edge in (*limits, *bins.edges) for way in (-math.inf, math.inf)]
    for value in (*values, *reference, *limits, *bins.edges, *(value for value in around if abs(value) > 1e-290)):
        assert bisect_left(thresholds, scale.integer(value)) == bisect_left(limits, value)


@given(some.lists(numbers, min_size=2, max_size=20))
def test_all_of_the_reference_lies_within_its_range(reference: list[float]) -> None:
    reference.sort()
    bins = bins_of(reference[0], reference[-1], reference)
    scale, (below, *edges, above) = scale_of(bins), thresholds_of(bins)
    assert below < scale.integer(bins.low)
    assert scale.integer(bins.high) <= above
    assert all(bins.low <= edge < bins.high for edge in bins.edges)
    assert all(edge <= scale.last_of(threshold) for edge, threshold in zip(bins.edges, edges, strict=True))
    assert scale_of(msgspec.structs.replace(bins, reference=(1,))) == scale


def test_a_number_between_two_integers_becomes_the_even_one() -> None:
    scale = Scale(shift=1, bits=32)
    assert [scale.integer(number) for number in (0.25, 0.75, 1.25, -0.25, -0.75)] == [0, 2, 2, 0, -2]
    assert [scale.last_of(integer) for integer in (0, 1, -1)] == [
        0.25,
        math.nextafter(0.75, 0.0),
        math.nextafter(-0.25, -1.0),
    ]
    assert scale.last_of(2**60 + 1) == 2.0**59
