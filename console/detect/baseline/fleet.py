"""What is usual of every model now: the detector at the end of its weeks, taken up where the last refresh left it.

The fold begins at the first midnight (UTC) of a week, so that it is the same wherever within the day a console was
started; what a later refresh adds to it is what a cold start would have found.
"""

from collections.abc import Mapping

import msgspec
import numpy
from numpy.typing import NDArray

from console.detect.baseline.arrays import BLOCK, Flags, Numbers
from console.detect.baseline.detector import block_of
from console.detect.baseline.fold import Edges, Fold
from console.domain.moments import SECONDS_OF_UNIT
from console.domain.signal import SIGNALS
from console.domain.usual import Usual
from console.history.view import History, ModelHistory, Week

_DAY, _HOUR = SECONDS_OF_UNIT["d"], SECONDS_OF_UNIT["h"]
_DAYS, _ENOUGH_DAYS = 7, 2
_FEWEST_POINTS = 12
"""Points below which nothing is usual yet: an hour."""


class FleetBaselines:
    """Keeps a fold per signal; what it says of a history follows from that history alone."""

    def __init__(self) -> None:
        self._folds: dict[str, _SignalBaseline] = {}

    def onto(self, history: History) -> History:
        """Return the history, its models with what is usual of each of their signals, and that as what is expected."""
        if not history.weeks:
            return history
        self._folds = {signal: self._folds.get(signal) or _SignalBaseline(signal) for signal in history.weeks}
        told = {signal: fold.usual(history.weeks[signal]) for signal, fold in self._folds.items()}
        return msgspec.structs.replace(
            history, models=tuple([_with_usual(past, number, told) for number, past in enumerate(history.models)])
        )


def _with_usual(past: ModelHistory, number: int, told: Mapping[str, list[Usual | None]]) -> ModelHistory:
    with_a_row = {signal: of_all[number] for signal, of_all in told.items() if number < len(of_all)}
    usual = {signal: of_model for signal, of_model in with_a_row.items() if of_model is not None}
    if not usual:
        return past
    expected = past.expected | {signal: of_model.level for signal, of_model in usual.items()}
    return msgspec.structs.replace(past, usual=usual, expected=expected)


class _SignalBaseline:
    """The fold of one signal over the fleet, at the end of the last whole block that was read."""

    def __init__(self, signal: str) -> None:
        self._direction = SIGNALS[signal].bad
        self._fold: Fold | None = None
        self._week: Week | None = None
        self._usual: list[Usual | None] = []

    def usual(self, week: Week) -> list[Usual | None]:
        """Return what is usual at the point behind the newest one of a week, model by model."""
        if week is not self._week:
            first = _first_column(week)
            values = week.values[:, first:]
            if self._fold is None or not self._continues(week, first):
                self._fold = Fold(len(values), week.grid.step, self._direction)
            while (self._fold.blocks + 1) * BLOCK <= values.shape[1]:
                block = block_of(values, self._fold.blocks * BLOCK)
                self._fold.learn(block, self._fold.score(block), values)
            edges = self._fold.edges(values.shape[1] - self._fold.blocks * BLOCK)
            self._week, self._usual = week, _told(_widened(edges, week), self._fold.points, _knows_zero(week))
        return self._usual

    def _continues(self, week: Week, first: int) -> bool:
        """Return whether a week holds, from the same instant on, what the fold has learned."""
        before, fold = self._week, self._fold
        if before is None or fold is None or len(before.values) != len(week.values):
            return False
        first_before = _first_column(before)
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
