"""Tests that know which way numbers moved."""

import math

import numpy
import pytest
from scipy import stats

from console.detect.drift.direction import any_of, location_and_spread
from tests.detect.drift.logs import Array


def values(counts: Array) -> Array:
    return numpy.repeat(numpy.arange(len(counts)), counts)


def test_the_test_of_location_is_that_of_mann_and_whitney() -> None:
    random = numpy.random.default_rng(2)
    for _ in range(10):
        one, other = random.integers(0, 60, 8), random.integers(0, 60, 8)
        expected = stats.mannwhitneyu(values(one), values(other), method="asymptotic", use_continuity=False).pvalue
        assert location_and_spread(one, other)[0] == pytest.approx(expected, abs=1e-9)


def test_the_test_of_spread_sees_a_spread_that_that_of_location_does_not() -> None:
    wide, narrow = numpy.array([30, 20, 20, 30]), numpy.array([10, 40, 40, 10])
    location, spread = location_and_spread(wide, narrow)
    assert location == pytest.approx(1.0)
    assert spread < 1e-6


@pytest.mark.parametrize("rows", [50, 500, 50_000])
def test_the_error_rate_is_what_it_says(rows: int) -> None:
    random = numpy.random.default_rng(rows)
    repeats, deciles = 40_000, [0.1] * 10
    found = location_and_spread(random.multinomial(1000, deciles, repeats), random.multinomial(rows, deciles, repeats))
    for p_values in found:
        for level in (0.05, 0.001):
            assert (p_values <= level).mean() == pytest.approx(level, abs=4 * math.sqrt(level / repeats))


def test_one_value_has_neither_location_nor_spread_to_test() -> None:
    found = location_and_spread(numpy.array([0, 5, 0]), numpy.array([0, 9, 0]))
    assert [math.isnan(p_value) for p_value in found] == [True, True]
    found = location_and_spread(numpy.array([2, 5, 1]), numpy.array([0, 0, 0]))
    assert [math.isnan(p_value) for p_value in found] == [True, True]


def test_several_tests_cost_their_number() -> None:
    nothing = numpy.array(math.nan)
    assert any_of(numpy.array(0.2), numpy.array(0.01), numpy.array(0.5)) == pytest.approx(0.03)
    assert any_of(numpy.array(0.9), numpy.array(0.8), nothing) == 1.0
    assert math.isnan(any_of(nothing, nothing))
