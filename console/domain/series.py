"""A signal over time on a regular grid."""

import math
from array import array
from collections.abc import Iterator
from typing import TypeAlias

import msgspec

NOT_A_NUMBER = math.nan

Values: TypeAlias = "array[float] | memoryview[float]"
"""Float64 values: an array of their own, or a row of a larger one."""


class Grid(msgspec.Struct, frozen=True, gc=False):
    """Instants `start`, `start + step`, … (`count` of them): UTC seconds, all multiples of `step`."""

    start: float
    step: float
    count: int

    @property
    def end(self) -> float:
        """Return the last instant of the grid."""
        return self.start + self.step * (self.count - 1)

    def instant(self, index: int) -> float:
        """Return the instant of a point; negative indices count from the end as in a list."""
        return self.start + self.step * (index if index >= 0 else self.count + index)

    @staticmethod
    def until(at: float, span: float, step: float) -> "Grid":
        """Return the grid of `span` seconds whose last point is the newest multiple of `step` not after `at`."""
        count = max(1, int(span // step) + 1)
        end = math.floor(at / step) * step
        return Grid(end - step * (count - 1), step, count)


class Series(msgspec.Struct, frozen=True, gc=False):
    """Values of one signal on a grid; NaN means no data. They are never written to after they were made."""

    grid: Grid
    values: "Values"

    def __repr__(self) -> str:
        return f"Series({self.grid!r}, {self.values.tolist()!r})"  # a view would tell nothing but its address

    @property
    def last(self) -> float:
        """Return the newest value (NaN when there is none at the newest instant)."""
        return self.values[-1]

    def last_seen(self) -> float | None:
        """Return the instant of the newest value that is a number, None when there is none."""
        for index in range(self.grid.count - 1, -1, -1):
            if self.values[index] == self.values[index]:
                return self.grid.instant(index)
        return None

    def last_value(self) -> float | None:
        """Return the newest value that is a number, None when there is none."""
        seen = self.last_seen()
        return None if seen is None else self.values[round((seen - self.grid.start) / self.grid.step)]

    def median(self) -> float | None:
        """Return the median of the values that are numbers, None when there is none."""
        values = self.values.tolist()
        numbers = sorted(values if math.isfinite(sum(values)) else [value for value in values if value == value])
        if not numbers:
            return None
        middle = len(numbers) // 2
        return numbers[middle] if len(numbers) % 2 else (numbers[middle - 1] + numbers[middle]) / 2

    def points(self) -> Iterator[tuple[float, float]]:
        """Yield (UTC seconds, value) of the points that hold a number."""
        start, step = self.grid.start, self.grid.step
        for index, value in enumerate(self.values):
            if value == value:
                yield start + step * index, value

    @staticmethod
    def empty(grid: Grid) -> "Series":
        """Return a series that holds no data on this grid."""
        return Series(grid, array("d", [NOT_A_NUMBER]) * grid.count)
