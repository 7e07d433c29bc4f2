"""One signal of the whole fleet at five-minute points: rows in the order of the models, which slide with the last day.

Row n is that of the n-th model. Behind the models' rows stand those of label sets that are no model's now, so that a
model that comes back finds its past: what is known is what a cold start would read. Where label sets come and go by the
thousand only some of these are kept.
"""

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice

import numpy as np

from console.domain.series import NOT_A_NUMBER, Grid
from console.history.block import Block
from console.history.buffer import OVERLAP_POINTS
from console.history.sliding import SlidingMatrix
from console.history.view import Week
from console.history.week_places import Placed, RowKey

MOST_OTHERS = 1000
"""How many rows beyond those of the models are kept, the newest: each is a week long, however short it was seen."""


class WeekRows:
    """The rows of one signal; a tail is taken from the last day, whose points stand in both."""

    def __init__(self, placed: Placed, days: Mapping[str, Sequence[Block]], start: float) -> None:
        """Join the days of each preset, oldest first, to the last day; points before `start` (UTC seconds) are left."""
        series = placed.series()
        gone = ((preset, key) for preset, blocks in days.items() for block in reversed(blocks) for key in block.keys)
        keys = _in_order(placed, (*series, *gone))
        grid = Grid(start, placed.grid.step, round((placed.grid.end - start) / placed.grid.step) + 1)
        values = np.full((len(keys), grid.count), NOT_A_NUMBER)
        numbers = {key: number for number, key in enumerate(keys) if key is not None}
        for preset, blocks in days.items():
            starts = [*(block.grid.start for block in blocks), placed.grid.start]
            for block, end in zip(blocks, starts[1:], strict=True):
                _fill(values, grid, block, end, [numbers.get((preset, key)) for key in block.keys])
        for key, row in series.items():
            if key in numbers:
                values[numbers[key], grid.count - placed.grid.count :] = row.values
        self.oldest = _oldest(values, grid)
        self.grid = grid
        self.sources = placed.sources
        self._keys = keys
        self._matrix = SlidingMatrix(_as_array(values), grid.count)
        self._taken = placed
        self._week: Week | None = None

    def is_continued_by(self, placed: Placed) -> bool:
        """Return whether the last day, as it is told now, joins on without a gap and comes from where these rows do."""
        shift = self._shift_to(placed.grid)
        return self.sources == placed.sources and 0 <= shift < placed.grid.count - OVERLAP_POINTS

    def take(self, placed: Placed) -> None:
        """Slide to the last day as it is told now, which continues these rows."""
        taken, self._taken = self._taken, placed
        if placed.keys_of_models is not taken.keys_of_models or any(
            new is not old for new, old in zip(placed.label_sets, taken.label_sets, strict=True)
        ):
            self._place(placed)
        elif placed.grid == taken.grid and all(
            new.rows is old.rows for new, old in zip(placed.last_days, taken.last_days, strict=True)
        ):
            return
        shift = self._shift_to(placed.grid)
        width = shift + OVERLAP_POINTS
        series = placed.series()
        nothing = array("d", [NOT_A_NUMBER]) * width
        tail = array("d")
        for key in self._keys:
            known = series.get(key) if key is not None else None
            tail.extend(nothing if known is None else known.values[-width:])
        self._matrix.take_tail(shift, tail, width)
        self.grid = Grid(self.grid.instant(shift), self.grid.step, self.grid.count)
        self._week = None

    def week(self, start: float) -> Week:
        """Return the rows of the models from an instant (UTC seconds) on, or from the first known point: no copy.

        It is the same object until something else is read.
        """
        count = min(self.grid.count, round((self.grid.end - start) / self.grid.step) + 1)
        if self._week is None or self._week.grid.count != count:
            grid = Grid(self.grid.instant(self.grid.count - count), self.grid.step, count)
            values = self._matrix.matrix()[: len(self._taken.keys_of_models), self.grid.count - count :]
            self._week = Week(grid, values)
        return self._week

    def _place(self, placed: Placed) -> None:
        """Order the rows anew after models or label sets came or went."""
        rows = self._matrix.matrix()
        holding = np.flatnonzero(~np.isnan(rows).all(axis=1)).tolist()
        known = {key: number for number in holding if (key := self._keys[number]) is not None}
        keys = _in_order(placed, (*placed.series(), *known))
        values = np.full((len(keys), self.grid.count), NOT_A_NUMBER)
        kept = [(number, known[key]) for number, key in enumerate(keys) if key is not None and key in known]
        values[[new for new, _ in kept]] = rows[[old for _, old in kept]]
        self._keys, self._matrix = keys, SlidingMatrix(_as_array(values), self.grid.count)

    def _shift_to(self, last_day: Grid) -> int:
        return round((last_day.end - self.grid.end) / self.grid.step)


def _oldest(values: "np.ndarray", grid: Grid) -> float | None:
    """Return the instant of the oldest number, None where there is none."""
    columns = np.flatnonzero(~np.isnan(values).all(axis=0))
    return grid.instant(int(columns[0])) if len(columns) else None


def _in_order(placed: Placed, keys: Iterable[RowKey]) -> tuple[RowKey | None, ...]:
    """Return the keys of the models' rows, then the first of the others."""
    of_models = frozenset(placed.keys_of_models)
    others = dict.fromkeys(key for key in keys if key not in of_models)
    return (*placed.keys_of_models, *islice(others, MOST_OTHERS))


def _fill(values: "np.ndarray", grid: Grid, block: Block, end: float, rows: Sequence[int | None]) -> None:
    """Write the points of a block before an instant to the rows where they belong, None for nowhere."""
    first = max(0, round((grid.start - block.grid.start) / grid.step))
    count = min(block.grid.count, round((end - block.grid.start) / grid.step))
    if count <= first:
        return  # the clock went back while days were read, and the last day now begins before them
    begin = round((block.grid.instant(first) - grid.start) / grid.step)
    points = np.frombuffer(block.matrix).reshape(-1, block.grid.count)
    placed = [(row, own) for own, row in enumerate(rows) if row is not None]
    columns = slice(begin, begin + count - first)
    values[[row for row, _ in placed], columns] = points[[own for _, own in placed], first:count]


def _as_array(values: "np.ndarray") -> "array[float]":
    flat = array("d")
    flat.frombytes(values.ravel().view(np.uint8).data)
    return flat
