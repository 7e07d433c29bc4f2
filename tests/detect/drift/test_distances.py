"""Distances: published figures, and what must hold of every one."""

import math
from collections.abc import Callable

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from scipy.spatial import distance as scipy_distance

from console.detect.drift import distances
from console.detect.drift.distances import (
    expected_by_chance,
    hellinger,
    jensen_shannon,
    largest_difference,
    population_stability_index,
    total_variation,
    triangular,
)
from tests.detect.drift.logs import Array

Distance = Callable[[Array, Array], Array]
ALL: list[Distance] = [
    population_stability_index,
    jensen_shannon,
    hellinger,
    total_variation,
    largest_difference,
    triangular,
]
ENDS: dict[Distance, float] = {
    jensen_shannon: 1.0,
    hellinger: 1.0,
    total_variation: 1.0,
    largest_difference: 1.0,
    triangular: 4.0,
}

histograms = arrays.arrays(numpy.int64, 7, elements=st.integers(0, 10**6)).filter(lambda counts: counts.sum() > 0)


def counts(*values: float) -> Array:
    return numpy.array(values)


@pytest.mark.parametrize(
    ("reference", "current", "expected"),
    [
        # The examples of scipy.spatial.distance.jensenshannon's documentation, there with natural logarithms but one.
        (counts(1, 0, 0), counts(0, 1, 0), 1.0),
        (counts(1, 0), counts(0.5, 0.5), 0.46450140402245893 / math.sqrt(math.log(2))),
        (counts(1, 0, 0), counts(1, 0, 0), 0.0),
    ],
)
def test_jensen_shannon_is_what_scipy_documents(reference: Array, current: Array, expected: float) -> None:
    assert jensen_shannon(reference, current) == pytest.approx(expected, abs=1e-9)


def test_the_psi_is_that_of_popmon() -> None:
    """popmon 1.4, tests/popmon/analysis/comparison/test_comparisons.py: 1e-5 is added to each share."""
    reference, current = counts(0.85, 0.05, 0.05, 0.05) + 1e-5, counts(0.25, 0.25, 0.25, 0.25) + 1e-5
    normalised = 1 + 4e-5
    psi = population_stability_index(reference, current) * normalised
    assert psi == pytest.approx(1.699815077214137, abs=1e-9)


def test_psi_and_hellinger_are_those_of_frouros() -> None:
    """frouros 0.9, tests/integration/test_data_drift.py: 500 normal values a side, seed 31, ten bins of both together.

    Neither mean nor spread matters to such bins. Eight digits are published.
    """
    random = numpy.random.RandomState(31)
    reference, current = random.normal(size=500), random.normal(size=500)
    edges = numpy.histogram_bin_edges(numpy.concatenate([reference, current]), bins=10)
    one, other = numpy.histogram(reference, edges)[0], numpy.histogram(current, edges)[0]
    assert population_stability_index(one, other) == pytest.approx(0.01840072, abs=1e-8)
    assert hellinger(one, other) == pytest.approx(0.04792538, abs=1e-8)


@pytest.mark.parametrize("times", [1, 2])
def test_hellinger_is_that_of_evidently(times: int) -> None:
    """Evidently 0.7, tests/stattests/test_stattests.py: five digits are published, also with twice the reference."""
    reference, current = counts(16, 18, 16, 14, 12, 12) * times, counts(16, 16, 16, 16, 16, 8)
    assert hellinger(reference, current) == pytest.approx(0.06812, abs=1e-5)


def test_total_variation_and_the_largest_difference_by_hand() -> None:
    """The example of Kullback and Leibler's divergence on Wikipedia: (9, 12, 4) / 25 against thirds."""
    thirds, observed = counts(1, 1, 1), counts(9, 12, 4)
    assert total_variation(thirds, observed) == pytest.approx((2 / 75 + 11 / 75 + 13 / 75) / 2, abs=1e-12)
    assert largest_difference(thirds, observed) == pytest.approx(13 / 75, abs=1e-12)
    # Both divergences are given there to seven digits; the PSI is their sum.
    assert population_stability_index(thirds, observed) == pytest.approx(0.0852996 + 0.0974550, abs=1e-7)


@given(histograms, histograms)
def test_jensen_shannon_is_scipys(reference: Array, current: Array) -> None:
    expected = scipy_distance.jensenshannon(reference, current, base=2)
    assert jensen_shannon(reference, current) == pytest.approx(expected, abs=1e-7)  # a root doubles the digits lost


@pytest.mark.parametrize("distance", ALL)
@given(histograms, histograms)
def test_a_distance_is_bounded_and_symmetric(distance: Distance, one: Array, other: Array) -> None:
    found = float(distance(one, other))
    assert 0 <= found <= ENDS.get(distance, math.inf) + 1e-12
    assert found == pytest.approx(float(distance(other, one)), abs=1e-12)


@pytest.mark.parametrize("distance", ALL)
@given(histograms, st.integers(1, 1000))
def test_equal_shares_are_no_distance(distance: Distance, one: Array, times: int) -> None:
    assert float(distance(one, one)) == 0
    assert float(distance(one, one * times)) == pytest.approx(0, abs=1e-7)


@pytest.mark.parametrize("distance", ALL)
@given(histograms, histograms, st.integers(1, 1000))
def test_a_distance_does_not_depend_on_the_number_of_rows(
    distance: Distance, one: Array, other: Array, times: int
) -> None:
    assert float(distance(one, other * times)) == pytest.approx(float(distance(one, other)), abs=1e-7)


@pytest.mark.parametrize("distance", ALL)
@given(histograms, histograms, st.permutations(range(7)))
def test_a_distance_does_not_depend_on_the_order_of_bins(
    distance: Distance, one: Array, other: Array, order: list[int]
) -> None:
    assert float(distance(one[order], other[order])) == pytest.approx(float(distance(one, other)), abs=1e-9)


@pytest.mark.parametrize("distance", ALL)
def test_a_distance_of_many_windows_is_that_of_each(distance: Distance) -> None:
    random = numpy.random.default_rng(5)
    reference = random.integers(0, 50, size=(3, 1, 6))
    windows = random.integers(0, 50, size=(3, 4, 6))
    together = distance(reference, windows)
    assert together.shape == (3, 4)
    each = [[float(distance(reference[i, 0], windows[i, j])) for j in range(4)] for i in range(3)]
    assert together == pytest.approx(numpy.array(each), abs=1e-12)


@pytest.mark.parametrize("distance", [*ALL, expected_by_chance])
def test_without_rows_there_is_no_distance(distance: Distance) -> None:
    assert math.isnan(float(distance(counts(1, 2), counts(0, 0))))
    assert math.isnan(float(distance(counts(0, 0), counts(1, 2))))


@given(histograms, histograms)
def test_hellinger_and_total_variation_bound_each_other(one: Array, other: Array) -> None:
    squared, moved = float(hellinger(one, other)) ** 2, float(total_variation(one, other))
    assert squared <= moved + 1e-9
    assert moved <= math.sqrt(2 * squared) + 1e-9


def test_an_empty_bin_counts_as_the_least_share() -> None:
    expected = (0.5 - distances.LEAST_SHARE) * math.log(0.5 / distances.LEAST_SHARE) + 0.5 * math.log(1 / 0.5)
    assert population_stability_index(counts(5, 5), counts(10, 0)) == pytest.approx(expected, abs=1e-9)


def test_what_chance_gives_is_what_samples_of_one_distribution_give() -> None:
    random = numpy.random.default_rng(11)
    probabilities = [0.05, 0.1, 0.15, 0.2, 0.5]
    reference, current = random.multinomial(2000, probabilities, 4000), random.multinomial(500, probabilities, 4000)
    expected = 4 * (1 / 2000 + 1 / 500)
    assert expected_by_chance(reference, current) == pytest.approx(numpy.full(4000, expected), abs=1e-12)
    assert triangular(reference, current).mean() == pytest.approx(expected, rel=0.05)
