"""Rows of equal length that slide along a grid: new points go to where no reader looks, so that nothing is copied."""

import math
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy

ROOM = 4
"""Each row has room for this part of its length behind it; when that is used up, all rows are copied once."""


class SlidingMatrix:
    """Rows of float64, `width` points of each; missing points are NaN.

    A point that a reader may hold is never written to: the points of a tail go behind the rows, and those that tell
    another value than is known go into a copy. An array that was given, or given out, stays as it is.
    """

    def __init__(self, values: "array[float]", width: int) -> None:
        self.width = width
        self._values = values
        self._row_length = width  # with the room behind a row
        self._first = 0

    def views(self) -> "list[memoryview[float]]":
        """Return a view of each row that nobody can write to."""
        view = memoryview(self._values).toreadonly().cast("B").cast("d")  # the casts tell the type checker what it is
        width = self.width
        return [view[start : start + width] for start in self._starts()]

    def matrix(self) -> "numpy.ndarray[tuple[int, int], numpy.dtype[numpy.float64]]":
        """Return a view of all rows, of shape (rows, width), that nobody can write to."""
        import numpy  # whoever needs rows only does not wait for it

        rows = numpy.frombuffer(self._values).reshape(-1, self._row_length)
        view = rows[:, self._first : self._first + self.width]
        view.flags.writeable = False
        return view

    def compact(self) -> "array[float]":
        """Return all rows without room between them."""
        return self._values if self._row_length == self.width else self._copied(self.width)

    def take_tail(self, shift: int, tail: "array[float]", tail_width: int) -> None:
        """Slide to the left by at most `tail_width` points, and take another matrix as the last ones."""
        if not tail:
            return  # there are no rows
        known = tail_width - shift
        if self._first + self.width + shift > self._row_length:
            row_length = self.width + shift + self.width // ROOM
            self._values, self._row_length, self._first = self._copied(row_length), row_length, 0
            known = 0
        elif not self._tells(tail, tail_width, known):
            self._values = self._values[:]
            known = 0
        self._first += shift
        begin = self._first + self.width - tail_width
        for column in range(known, tail_width):
            self._values[begin + column :: self._row_length] = tail[column::tail_width]

    def silent(self) -> list[int]:
        """Return the numbers of the rows that hold no number."""
        newest = self._column(self.width - 1)
        if not math.isnan(sum(newest)):
            return []
        rows = memoryview(self._values)
        starts = self._starts()
        return [
            row
            for row, value in enumerate(newest)
            if value != value and all(each != each for each in rows[starts[row] : starts[row] + self.width])
        ]

    def _tells(self, tail: "array[float]", tail_width: int, known: int) -> bool:
        """Return whether the first columns of a tail are, to the last bit, the last ones of the rows."""
        return all(
            self._column(self.width - known + column).tobytes() == tail[column::tail_width].tobytes()
            for column in range(known)
        )

    def _column(self, index: int) -> "array[float]":
        return self._values[self._first + index :: self._row_length]

    def _starts(self) -> range:
        return range(self._first, len(self._values), self._row_length)

    def _copied(self, row_length: int) -> "array[float]":
        copy = array("d", bytes(8 * row_length * len(self._starts())))
        source, target = memoryview(self._values), memoryview(copy)
        for begin, start in enumerate(self._starts()):
            target[begin * row_length : begin * row_length + self.width] = source[start : start + self.width]
        return copy
