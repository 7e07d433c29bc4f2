"""What was read of one expression: rows on a grid, from one server, in one flat array."""

import math
from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property

from console.domain.series import NOT_A_NUMBER, Grid

_TOLERANCE = 1e-9
"""How far (as a share) a number may be from itself: a server that compacted its blocks may add up in another order."""


class Block:
    """Rows of float64 on a grid by the bytes of their label set; NaN where nothing was answered. Never written to.

    `generation` tells the replica that answered: blocks of two generations must not be joined.
    """

    def __init__(self, grid: Grid, keys: tuple[bytes, ...], matrix: "array[float]", generation: int = 0) -> None:
        self.grid = grid
        self.keys = keys
        self.matrix = matrix
        self.generation = generation

    @cached_property
    def _starts(self) -> Mapping[bytes, int]:
        return {key: row * self.grid.count for row, key in enumerate(self.keys)}

    def row(self, key: bytes) -> "array[float] | None":
        """Return the values of a label set, None where there is none."""
        start = self._starts.get(key)
        return None if start is None else self.matrix[start : start + self.grid.count]

    def continues(self, older: "Block", but_for: int = 0) -> bool:
        """Return whether this block and an older one that overlaps it tell the same where both tell: one server's.

        The last `but_for` points of the older one, which may have been read too early, are left out. Blocks that do not
        overlap prove nothing, which is no.
        """
        step = self.grid.step
        first = round((self.grid.start - older.grid.start) / step)
        count = min(older.grid.count - but_for - first, self.grid.count)
        if self.grid.step != older.grid.step or first < 0 or count <= 0:
            return False
        if self.keys == older.keys:
            columns = ((self._column(index), older._column(first + index)) for index in range(count))
            if all(mine.tobytes() == other.tobytes() for mine, other in columns):
                return True
        nothing = array("d", [NOT_A_NUMBER]) * count
        return all(
            _is_the_same(self._part(key, 0, count, nothing), older._part(key, first, count, nothing))
            for key in {*self.keys, *older.keys}
        )

    def _column(self, index: int) -> "array[float]":
        return self.matrix[index :: self.grid.count]

    def _part(self, key: bytes, first: int, count: int, nothing: "array[float]") -> "array[float]":
        start = self._starts.get(key)
        return nothing if start is None else self.matrix[start + first : start + first + count]


def _is_the_same(these: "array[float]", those: "array[float]") -> bool:
    return all(
        one == other or (one != one and other != other) or math.isclose(one, other, rel_tol=_TOLERANCE)
        for one, other in zip(these, those, strict=True)
    )


def in_a_row(grid: Grid, blocks: Sequence[Block]) -> Block:
    """Return blocks that follow each other without a gap, and together fill a grid, as one."""
    if len(blocks) == 1:
        return blocks[0]
    keys = blocks[0].keys
    if any(block.keys != keys for block in blocks):
        keys = tuple(dict.fromkeys(key for block in blocks for key in block.keys))
    matrix = array("d")
    for key in keys:
        for block in blocks:
            matrix.extend(block.row(key) or array("d", [NOT_A_NUMBER]) * block.grid.count)
    return Block(grid, keys, matrix, blocks[-1].generation)
