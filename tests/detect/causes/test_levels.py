"""Known answers of the statistics that causes are tested by."""

import math
from array import array

import numpy
import pytest

from console.detect.causes.levels import Counted, Shift, Span, fails_apart, shift, superiority, turned_at, values_in
from console.domain.series import Grid, Series

GRID = Grid(1_000.0 * 15, 15.0, 9)


def series(*values: float) -> Series:
    return Series(Grid(GRID.start, GRID.step, len(values)), array("d", values))


def of(*values: float) -> "numpy.ndarray[tuple[int, ...], numpy.dtype[numpy.float64]]":
    return numpy.array(values, dtype=numpy.float64)


def test_superiority_is_the_share_of_pairs_that_the_first_wins() -> None:
    assert superiority(of(2, 3), of(1, 2)) == pytest.approx(3.5 / 4)
    assert superiority(of(1), of(1)) == 0.5
    assert superiority(of(0, 0), of(1, 2)) == 0.0


def test_a_span_holds_both_its_ends_and_no_infinity() -> None:
    told = values_in(series(1, 2, math.inf, 4), Span(GRID.start + 15, GRID.start + 45))
    assert told.tolist() == pytest.approx([2, math.nan, 4], nan_ok=True)


def test_a_shift_needs_three_values_on_both_sides() -> None:
    told = series(1, 1, 1, 9, 9, 9)
    before, after = Span(GRID.start, GRID.start + 30), Span(GRID.start + 45, GRID.start + 75)
    assert shift(told, before, after) == Shift(1, 9, 1.0)
    assert shift(told, Span(GRID.start, GRID.start + 15), after) is None
    assert shift(None, before, after) is None


@pytest.mark.parametrize(
    ("values", "index"),
    [
        ((1, 1, 1, 9, 9, 9), 3),
        ((1, 9, 1, 1, 9, 9, 9, 9), 4),  # a burst before
        ((1, 1, 1, 9, 9, 1, 9, 9, 9), 3),  # a dip afterwards
        ((1, math.nan, math.nan, 9, 9, 9), 3),
    ],
)
def test_a_turn_is_where_most_values_change_sides(values: tuple[float, ...], index: int) -> None:
    whole = Span(GRID.start, GRID.start + GRID.step * len(values))
    assert turned_at(series(*values), Shift(1, 9, 1.0), whole) == GRID.start + GRID.step * index


def test_what_never_went_there_did_not_turn() -> None:
    whole = Span(GRID.start, GRID.end)
    assert turned_at(series(1, 1, 1), Shift(1, 9, 1.0), whole) is None
    assert turned_at(series(1, 1, 1), Shift(1, 1, 0.5), whole) is None


def test_failures_are_compared_at_the_same_points() -> None:
    """The second failed less over the whole span only because it served while all was well."""
    some = Counted(of(10, 100), of(0, 50))
    others = Counted(of(100, 10), of(0, 5))
    assert some.ratio > 5 * others.ratio
    assert fails_apart(some, others) == pytest.approx(0.0)


def test_the_statistic_of_mantel_and_haenszel() -> None:
    """One stratum, 15 of 100 against 5 of 100: 5 / √(100·100·20·180 / 200³)."""
    apart = fails_apart(Counted(of(100), of(15)), Counted(of(100), of(5)))
    assert apart == pytest.approx(5 / math.sqrt(4.5))


def test_counts_beyond_all_measure_set_nobody_apart_by_infinity() -> None:
    assert math.isfinite(fails_apart(Counted(of(1e300), of(1e300)), Counted(of(60), of(30))))
