"""The series of one query on one sliding grid: loaded once, then only its tail is asked for."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.sources.prometheus.answers import Point, RangeSeries

OVERLAP_POINTS = 4
"""Points at the end of the grid that are asked for again: the newest ones were read before their scrapes had come."""


class Rows(msgspec.Struct, frozen=True, gc=False):
    """Series, and the bytes of the label set of each; `keys` is the same object while the label sets stay the same."""

    keys: tuple[bytes, ...] = ()
    series: tuple[Series, ...] = ()


class GridBuffer:
    """Rows of float64 by the bytes of their label set; rows are replaced, never written to: readers keep theirs.

    `grid` is the grid that was filled last, None before. Points that left the overlap never move: what a screen has
    shown stays as it was.
    """

    def __init__(self) -> None:
        self.grid: Grid | None = None
        self._rows = Rows()

    def missing(self, grid: Grid) -> Grid:
        """Return the part of a grid that must be asked for: its tail, or all of it where the known does not fit."""
        shift = self._shift_to(grid)
        if shift is None or not 0 <= shift < grid.count - OVERLAP_POINTS:
            return grid
        count = shift + OVERLAP_POINTS
        return Grid(grid.end - grid.step * (count - 1), grid.step, count)

    def merge(self, grid: Grid, asked: Grid, answer: Sequence[RangeSeries]) -> None:
        """Slide to a grid that ends where `asked` does and take the answer; series without a number are dropped.

        A tail that does not continue what is known, as that of a grid older than the filled one, is refused.
        """
        kept = grid.count - asked.count
        shift = self._shift_to(grid)
        if kept and (shift is None or not 0 <= shift <= asked.count):
            return
        first = shift or 0
        keys = tuple([bytes(series.metric) for series in answer])
        tails = _gapless(answer, asked.count) if kept and keys == self._rows.keys else None
        if tails is not None:
            end = first + kept
            pairs = zip(self._rows.series, tails, strict=True)
            joined = tuple([Series(grid, past.values[first:end] + tail) for past, tail in pairs])
            self._rows = Rows(self._rows.keys, joined)
        else:
            known = dict(zip(self._rows.keys, self._rows.series, strict=True)) if kept else {}
            self._rows = _joined(grid, asked, zip(keys, answer, strict=True), known, first)
        self.grid = grid

    def rows(self, grid: Grid) -> Rows:
        """Return the rows on a grid; what was not filled is NaN. It is the same object until something else is read."""
        shift = self._shift_to(grid)
        if shift is None or abs(shift) >= grid.count:
            return Rows()
        if shift == 0:
            return self._rows
        gap = array("d", [NOT_A_NUMBER]) * abs(shift)
        pairs = zip(self._rows.keys, (series.values for series in self._rows.series), strict=True)
        slid = ((key, v[shift:] + gap if shift > 0 else gap + v[:shift]) for key, v in pairs)
        return _with_numbers(grid, slid)

    def _shift_to(self, grid: Grid) -> int | None:
        """Return by how many points a grid is newer than the filled one, None where they cannot be compared."""
        known = self.grid
        if known is None or known.step != grid.step or known.count != grid.count:
            return None
        return round((grid.start - known.start) / grid.step)


def _gapless(answer: Sequence[RangeSeries], count: int) -> "list[array[float]] | None":
    """Return the values of each series, None when any is not full of numbers: that is for the slower way."""
    if {len(series.values) for series in answer} != {count}:
        return None
    values = array("d", [value for series in answer for _, value in series.values])
    if not math.isfinite(sum(values)):
        return None
    return [values[start : start + count] for start in range(0, len(values), count)]


def _joined(
    grid: Grid,
    asked: Grid,
    answer: Iterable[tuple[bytes, RangeSeries]],
    known: Mapping[bytes, Series],
    first: int,
) -> Rows:
    """Return the known rows from their point `first` on with the answer behind them, whatever is missing in either."""
    kept = grid.count - asked.count
    no_past, no_tail = array("d", [NOT_A_NUMBER]) * kept, array("d", [NOT_A_NUMBER]) * asked.count
    pasts = {key: series.values[first : first + kept] for key, series in known.items()}
    rows = {key: pasts.pop(key, no_past) + _aligned(series.values, asked) for key, series in answer}
    rows |= {key: past + no_tail for key, past in pasts.items()}
    return _with_numbers(grid, rows.items())


def _with_numbers(grid: Grid, rows: "Iterable[tuple[bytes, array[float]]]") -> Rows:
    """Return the rows that hold a number."""
    told = [(key, values) for key, values in rows if any(value == value for value in values)]
    return Rows(tuple(key for key, _ in told), tuple(Series(grid, values) for _, values in told))


def _aligned(points: list[Point], grid: Grid) -> "array[float]":
    """Return the points of one series on a grid; instants that the server did not answer for are NaN."""
    if len(points) == grid.count:
        return array("d", [value for _, value in points])
    values = array("d", [NOT_A_NUMBER]) * grid.count
    for instant, value in points:
        index = math.floor((instant - grid.start) / grid.step + 0.5)
        if 0 <= index < grid.count:
            values[index] = value
    return values
