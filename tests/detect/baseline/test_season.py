from functools import partial

import numpy
import pytest

from console.detect.baseline.arrays import BLOCK, Numbers, block_of
from console.detect.baseline.season import Season

PERIOD, REACH = 48, 3


def visited(values: Numbers, start: int, most: int = 7) -> Season:
    season = Season(len(values), PERIOD, most, REACH)
    for block in range(BLOCK, start + 1, BLOCK):
        season.look_ahead(partial(block_of, [values]), block)
    return season


@pytest.mark.parametrize(("periods", "read"), [(1, 1), (2, 1), (3, 3), (4, 3), (5, 5), (8, 7)])
def test_the_usual_is_the_median_of_an_odd_number_of_earlier_periods(periods: int, read: int) -> None:
    values = numpy.random.default_rng(periods).normal(size=(2, 10 * PERIOD))
    start = periods * PERIOD
    earlier = [values[:, start - n * PERIOD : start - n * PERIOD + BLOCK].T for n in range(1, read + 1)]
    numpy.testing.assert_array_equal(visited(values, start).usual(), numpy.median(earlier, axis=0))


def test_least_and_most_are_those_of_the_reach_on_both_sides() -> None:
    values = numpy.random.default_rng(1).normal(size=(2, 10 * PERIOD))
    start = 2 * PERIOD
    season = visited(values, start)
    for row in range(BLOCK):
        around = values[:, start - PERIOD + row - REACH : start - PERIOD + row + REACH + 1]
        numpy.testing.assert_array_equal(season.least()[row], around.min(axis=1))
        numpy.testing.assert_array_equal(season.most()[row], around.max(axis=1))


def test_without_an_earlier_period_nothing_is_usual() -> None:
    assert numpy.isnan(visited(numpy.ones((1, PERIOD)), BLOCK).usual()).all()


def test_a_gap_in_one_period_leaves_the_others() -> None:
    values = numpy.tile(numpy.arange(PERIOD, dtype=float), (1, 4))
    values[0, PERIOD : PERIOD + 6] = numpy.nan
    numpy.testing.assert_array_equal(visited(values, 3 * PERIOD).usual()[:, 0], numpy.arange(BLOCK))
