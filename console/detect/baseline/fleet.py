"""What is usual of every model now: the detector at the end of its weeks, taken up where the last refresh left it.

The fold begins at the first midnight (UTC) of a week, so that it is the same wherever within the day a console was
started; what a later refresh adds to it is what a cold start would have found.
"""

import operator
from collections.abc import Mapping
from functools import partial

import msgspec
import numpy
from numpy.typing import NDArray

from console.detect.baseline.arrays import BLOCK, Flags, Numbers, block_of
from console.detect.baseline.fold import Edges, Fold
from console.detect.baseline.views import BAD_SIGNS, View
from console.domain.moments import SECONDS_OF_UNIT
from console.domain.series import Grid
from console.domain.signal import SIGNALS
from console.domain.usual import Usual
from console.history.view import History, ModelHistory, Week

_DAY, _HOUR = SECONDS_OF_UNIT["d"], SECONDS_OF_UNIT["h"]
_DAYS, _ENOUGH_DAYS = 7, 2
_FEWEST_POINTS = 12
"""Points below which nothing is usual yet: an hour."""


class FleetBaselines:
    """Keeps a fold per length of week; what it says of a history follows from that history alone."""

    def __init__(self) -> None:
        self._folds: dict[tuple[str, ...], _Baseline] = {}

    def onto(self, history: History) -> History:
        """Return the history, its models with what is usual of each of their signals, and that as what is expected."""
        if not history.weeks:
            return history
        self._folds = {signals: self._folds.get(signals) or _Baseline(signals) for signals in _alike(history.weeks)}
        told: dict[str, list[Usual | None]] = {}
        for signals, fold in self._folds.items():
            told |= fold.usual([history.weeks[signal] for signal in signals])
        return msgspec.structs.replace(
            history, models=tuple([_with_usual(past, number, told) for number, past in enumerate(history.models)])
        )


def _alike(weeks: Mapping[str, Week]) -> list[tuple[str, ...]]:
    """Return the signals by the grids of their weeks: a fold costs by its blocks, hardly by its series."""
    by_grid: dict[Grid, list[str]] = {}
    for signal, week in weeks.items():
        by_grid.setdefault(week.grid, []).append(signal)
    return [tuple(signals) for signals in by_grid.values()]


def _with_usual(past: ModelHistory, number: int, told: Mapping[str, list[Usual | None]]) -> ModelHistory:
    with_a_row = {signal: of_all[number] for signal, of_all in told.items() if number < len(of_all)}
    usual = {signal: of_model for signal, of_model in with_a_row.items() if of_model is not None}
    if not usual:
        return past
    expected = past.expected | {signal: of_model.level for signal, of_model in usual.items()}
    return msgspec.structs.replace(past, usual=usual, expected=expected)


class _Baseline:
    """The fold of some signals over the fleet, at the end of the last whole block that was read.

    Of the views only the level is followed: nothing else says from where on a value alone is an anomaly.
    """

    def __init__(self, signals: tuple[str, ...]) -> None:
        self._signals = signals
        self._fold: Fold | None = None
        self._weeks: list[Week] = []
        self._usual: dict[str, list[Usual | None]] = {}

    def usual(self, weeks: list[Week]) -> dict[str, list[Usual | None]]:
        """Return what is usual at the point behind the newest one of weeks on one grid, signal by signal."""
        if len(weeks) == len(self._weeks) and all(map(operator.is_, weeks, self._weeks)):
            return self._usual
        first, grid = _first_column(weeks[0]), weeks[0].grid
        if self._fold is None or not all(map(partial(_continues, self._fold), self._weeks, weeks)):
            signs = [
                numpy.full(len(w.values), BAD_SIGNS[SIGNALS[s].bad]) for s, w in zip(self._signals, weeks, strict=True)
            ]
            self._fold = Fold(numpy.concatenate(signs), grid.step, (View.LEVEL,))
        fold, points = self._fold, grid.count - first
        blocks = partial(block_of, [week.values[:, first:] for week in weeks])
        while (fold.blocks + 1) * BLOCK <= points:
            block = blocks(fold.blocks * BLOCK)
            fold.learn(block, fold.look(block), blocks)
        edges = fold.edges(points - fold.blocks * BLOCK)
        ends = numpy.cumsum([len(week.values) for week in weeks])
        self._weeks = weeks
        self._usual = {
            signal: _of_signal(edges, fold.points, week, slice(end - len(week.values), end))
            for signal, week, end in zip(self._signals, weeks, ends.tolist(), strict=True)
        }
        return self._usual


def _of_signal(edges: Edges, points: NDArray[numpy.intp], week: Week, rows: slice) -> list[Usual | None]:
    of_signal = Edges(edges.level[rows], edges.low[rows], edges.high[rows], edges.least[rows], edges.most[rows])
    return _told(_widened(of_signal, week), points[rows], _knows_zero(week))


def _continues(fold: Fold, before: Week, week: Week) -> bool:
    """Return whether a week holds, from the same instant on, what a fold has learned of the one before."""
    if len(before.values) != len(week.values):
        return False
    first_before, first = _first_column(before), _first_column(week)
    if before.grid.instant(first_before) != week.grid.instant(first):
        return False
    learned = fold.blocks * BLOCK
    was, now = before.values[:, first_before:], week.values[:, first:]
    same = was[:, :learned].view(numpy.int64) == now[:, :learned].view(numpy.int64)
    return bool(same.all())


def _first_column(week: Week) -> int:
    """Return the column of the first midnight, 0 where a week holds less than two of them."""
    to_midnight = -week.grid.start % _DAY
    return round(to_midnight / week.grid.step) if week.grid.end - week.grid.start - to_midnight >= _DAY else 0


def _widened(edges: Edges, week: Week) -> Edges:
    """Return the edges, wide enough for what was there a week ago within an hour: that is a Saturday's only witness."""
    then = _around(week, _DAYS)
    if then is None:
        return edges
    below = numpy.fmax(edges.low - numpy.fmin.reduce(then, axis=1), 0.0)
    above = numpy.fmax(numpy.fmax.reduce(then, axis=1) - edges.high, 0.0)
    return Edges(edges.level, edges.low - below, edges.high + above, edges.least - below, edges.most + above)


def _knows_zero(week: Week) -> Flags:
    """Return of which models the signal was 0 at this hour a week ago, or on two of the days before."""
    days = numpy.zeros(len(week.values), dtype=numpy.intp)
    for day in range(1, _DAYS + 1):
        then = _around(week, day)
        if then is not None:
            days += (numpy.fmin.reduce(then, axis=1) == 0) * (2 if day == _DAYS else 1)
    return days >= _ENOUGH_DAYS


def _around(week: Week, days_ago: int) -> Numbers | None:
    """Return the columns within an hour of now so many days ago, as far as they are known."""
    now = week.grid.count - round(days_ago * _DAY / week.grid.step)
    reach = round(_HOUR / week.grid.step)
    columns = week.values[:, max(0, now - reach) : max(0, now + reach + 1)]
    return columns if columns.shape[1] else None


def _told(edges: Edges, points: NDArray[numpy.intp], knows_zero: Flags) -> list[Usual | None]:
    columns = (edges.level, edges.low, edges.high, edges.least, edges.most, points, knows_zero)
    rows = zip(*(column.tolist() for column in columns), strict=True)
    return [Usual(*row) if row[0] == row[0] and row[5] >= _FEWEST_POINTS else None for row in rows]
