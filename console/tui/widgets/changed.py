"""Which cells of a painted line are other than before: what crosses an SSH connection."""

from collections.abc import Sequence
from itertools import takewhile
from typing import TypeVar

from rich.cells import cell_len

Piece = TypeVar("Piece")


def changed_cells(before: Sequence[tuple[str, Piece]], after: Sequence[tuple[str, Piece]]) -> tuple[int, int]:
    """Return (first cell, number of cells) from the first to the last piece of a line that is another.

    The pieces are (text, style) from left to right, and both lines are equally wide. Textual sends whole pieces.
    """
    left = _cells_alike(before, after)
    width = sum(cell_len(text) for text, _ in after)
    if left >= width:
        return 0, 0
    right = _cells_alike(before[::-1], after[::-1])
    return left, width - left - right


def _cells_alike(before: Sequence[tuple[str, Piece]], after: Sequence[tuple[str, Piece]]) -> int:
    alike = takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
    return sum(cell_len(new[0]) for _, new in alike)
