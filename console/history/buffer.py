"""The series of one query on one sliding grid: loaded once, then only its tail is asked for."""

from array import array

import msgspec

from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.history.block import Block
from console.history.matrix import slid
from console.history.sliding import SlidingMatrix

OVERLAP_POINTS = 4
"""Points at the end of the grid that are asked for again: the newest ones were read before their scrapes had come."""


class Rows(msgspec.Struct, frozen=True, gc=False):
    """Series, and the bytes of the label set of each; `keys` is the same object while the label sets stay the same."""

    keys: tuple[bytes, ...] = ()
    series: tuple[Series, ...] = ()


class GridBuffer:
    """Rows of float64 by the bytes of their label set; they are replaced, never written to: readers keep theirs.

    `grid` is the grid that was filled last, None before. Points that left the overlap never move: what a screen has
    shown stays as it was.
    """

    def __init__(self) -> None:
        self.grid: Grid | None = None
        self._keys: tuple[bytes, ...] = ()
        self._matrix = SlidingMatrix(array("d"), 1)
        self._rows = Rows()

    def missing(self, grid: Grid, overlap: int = OVERLAP_POINTS) -> Grid:
        """Return the part of a grid that must be asked for: its tail, or all of it where the known does not fit."""
        shift = self._shift_to(grid)
        if shift is None or not 0 <= shift < grid.count - overlap:
            return grid
        count = shift + overlap
        return Grid(grid.end - grid.step * (count - 1), grid.step, count)

    def merge(self, grid: Grid, block: Block) -> None:
        """Slide to a grid that ends where a block does and take that; series without a number are dropped.

        A tail that does not continue what is known, as that of a grid older than the filled one, is refused.
        """
        asked = block.grid
        kept = grid.count - asked.count
        shift = self._shift_to(grid)
        if kept and (shift is None or not 0 <= shift <= asked.count):
            return
        keys, tail = block.keys, block.matrix
        if kept == 0:
            self._keys, self._matrix = keys, SlidingMatrix(tail, grid.count)
        elif keys == self._keys:
            self._matrix.take_tail(shift or 0, tail, asked.count)
        else:
            self._join(keys, tail, asked.count, grid.count, shift or 0)
        self.grid = grid
        self._keys, self._matrix = _with_numbers(self._keys, self._matrix)
        self._rows = _rows(grid, self._keys, self._matrix)

    @staticmethod
    def of(block: Block) -> "GridBuffer":
        """Return a buffer that knows what an earlier run read."""
        buffer = GridBuffer()
        buffer.grid, buffer._keys = block.grid, block.keys
        buffer._matrix = SlidingMatrix(block.matrix, block.grid.count)
        buffer._rows = _rows(block.grid, block.keys, buffer._matrix)
        return buffer

    def block(self, generation: int) -> Block | None:
        """Return what was read last, None when nothing was."""
        return Block(self.grid, self._keys, self._matrix.compact(), generation) if self.grid is not None else None

    def rows(self, grid: Grid) -> Rows:
        """Return the rows on a grid; what was not filled is NaN. It is the same object until something else is read."""
        shift = self._shift_to(grid)
        if shift is None or abs(shift) >= grid.count:
            return Rows()
        if shift == 0:
            return self._rows
        matrix = SlidingMatrix(slid(self._matrix.compact(), grid.count, shift), grid.count)
        return _rows(grid, *_with_numbers(self._keys, matrix))

    def _join(self, keys: tuple[bytes, ...], tail: "array[float]", tail_width: int, width: int, shift: int) -> None:
        """Slide, and take the tails of label sets that are not the known ones: those that left stay as they were."""
        held = self._matrix.compact()
        answered = dict(zip(keys, range(0, len(tail), tail_width), strict=True))
        known = dict(zip(self._keys, range(0, len(held), width), strict=True))
        no_past = array("d", [NOT_A_NUMBER]) * (width - tail_width)
        no_tail = array("d", [NOT_A_NUMBER]) * tail_width
        together = dict.fromkeys((*answered, *known))
        matrix = array("d")
        for key in together:
            past, row = known.get(key), answered.get(key)
            first = past + shift if past is not None else 0
            matrix.extend(no_past if past is None else held[first : first + width - tail_width])
            matrix.extend(no_tail if row is None else tail[row : row + tail_width])
        self._keys, self._matrix = tuple(together), SlidingMatrix(matrix, width)

    def _shift_to(self, grid: Grid) -> int | None:
        """Return by how many points a grid is newer than the filled one, None where they cannot be compared."""
        known = self.grid
        if known is None or known.step != grid.step or known.count != grid.count:
            return None
        return round((grid.start - known.start) / grid.step)


def _rows(grid: Grid, keys: tuple[bytes, ...], matrix: SlidingMatrix) -> Rows:
    return Rows(keys, tuple([Series(grid, view) for view in matrix.views()]))


def _with_numbers(keys: tuple[bytes, ...], matrix: SlidingMatrix) -> tuple[tuple[bytes, ...], SlidingMatrix]:
    """Return what holds a number; label sets of which none left are the same object."""
    silent = frozenset(matrix.silent())
    if not silent:
        return keys, matrix
    left = array("d")
    for row, values in enumerate(matrix.views()):
        if row not in silent:
            left.frombytes(values.cast("B"))
    return tuple([key for row, key in enumerate(keys) if row not in silent]), SlidingMatrix(left, matrix.width)
