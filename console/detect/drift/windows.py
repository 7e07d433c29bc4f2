"""The past cut into windows that end with `at`: an hour each, or as many hours as a quiet model needs."""

import msgspec
import numpy
from numpy.typing import NDArray

from console.detect.drift.distances import Counts
from console.detect.drift.rule import DriftRule
from console.domain.series import Grid

DAY = 24
WEEK = 168
WEEKS_BACK = 4
DAYS_BACK = 7
_WIDTHS = (1, 2, 3, 4, 6, 8, 12, 24)
"""Hours of a window: they divide a day, so that windows of other days begin at the same hours."""


class Windows(msgspec.Struct, frozen=True):
    """Windows of one model, oldest first, each `width` buckets wide but the last, which holds the running hour.

    Window i holds the buckets `bounds[i]` (included) to `bounds[i + 1]` (not).
    """

    grid: Grid
    at: float
    width: int
    bounds: NDArray[numpy.int64]

    @property
    def count(self) -> int:
        """Return how many windows there are."""
        return len(self.bounds) - 1

    def start(self, index: int) -> float:
        """Return when a window begins (UTC seconds)."""
        return self.grid.instant(int(self.bounds[index]))

    def newest(self, count: int) -> "Windows":
        """Return the newest windows alone."""
        return msgspec.structs.replace(self, bounds=self.bounds[max(0, self.count - count) :])

    def steady(self, rows: Counts) -> "Windows":
        """Return the newest window alone, joined with the one before while it holds less than half of its rows.

        What is told by it does not tremble with the few rows of a young hour. `rows` are those of each bucket.
        """
        *before, newest = self.newest(2).summed(rows)
        is_young = bool(before) and 2 * newest < before[0]
        return msgspec.structs.replace(self, bounds=self.bounds[[-3, -1]]) if is_young else self.newest(1)

    def summed(self, buckets: Counts, first: int = 0) -> Counts:
        """Return the counts of each window, from those of each bucket (buckets, …), of which the first is `first`."""
        bounds = self.bounds - first
        sums: Counts = numpy.add.reduceat(buckets[: bounds[-1]], bounds[:-1], axis=0)
        return sums

    def same_hours_before(self, buckets: Counts, rows: Counts) -> Counts:
        """Return for each window what the same hours of up to four earlier weeks hold together.

        Where there is no earlier week with rows, it is the same hours of up to seven earlier days. `buckets` has the
        shape (buckets, …), `rows` (buckets,) tells which hours there are.
        """
        first = int(self.bounds[0])
        has_weeks = _shifted(rows, first, WEEK, WEEKS_BACK) > 0
        weeks = _shifted(buckets, first, WEEK, WEEKS_BACK)
        days = _shifted(buckets, first, DAY, DAYS_BACK)
        return self.summed(numpy.where(has_weeks.reshape((-1,) + (1,) * (buckets.ndim - 1)), weeks, days), first)

    def whole_days_before(self, buckets: Counts) -> Counts:
        """Return what the whole days, seven at most, before the end of each window hold together.

        Zero before the first day is over.
        """
        ends = [int(end) for end in self.bounds[1:]]
        sums = [buckets[end - min(end // DAY, DAYS_BACK) * DAY : end].sum(axis=0) for end in ends]
        return numpy.stack(sums)


def _shifted(buckets: Counts, first: int, step: int, most: int) -> Counts:
    """Return for each bucket from `first` on the sum of those `step`, 2 `step`, … before it, at most so many."""
    sums = numpy.zeros_like(buckets[first:])
    for back in range(step, min(most * step, len(buckets) - 1) + 1, step):
        before = buckets[max(0, first - back) : len(buckets) - back]
        sums[len(sums) - len(before) :] += before
    return sums


def cut(grid: Grid, at: float, rows: Counts, rule: DriftRule) -> Windows:
    """Return the windows of a past with these rows by bucket.

    A window is as wide as the traffic of a usual hour of the last week needs to hold `rule.steady_rows`, at most a day.
    The newest reaches back over the running hour only as far as it must to hold as many.
    """
    last_week = rows[max(0, grid.count - 1 - WEEK) : -1]
    active = last_week[last_week > 0]
    usual = float(numpy.median(active)) if len(active) else float(rows[-1])
    width = next((width for width in _WIDTHS if usual * width >= rule.steady_rows), _WIDTHS[-1])
    begin = grid.count - 1
    while begin > 0 and grid.count - begin <= width and rows[begin:].sum() < rule.steady_rows:
        begin -= 1
    bounds = numpy.append(numpy.arange(begin % width, begin + 1, width), grid.count)
    return Windows(grid, at, width, bounds.astype(numpy.int64))
