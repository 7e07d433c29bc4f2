"""Which columns of a table fit into a width, and how wide each one is."""

from collections.abc import Sequence

import msgspec

from console.tui.widgets.cells import Align

GAP = 2
"""Cells between two columns."""


class Column(msgspec.Struct, frozen=True):
    """A declared column; widths are in terminal cells and do not depend on the data, so that nothing jumps.

    `drop` 0 keeps the column at any width; of the others the one with the greatest number goes first.
    A flexible column takes the room that the ideal widths of the others leave, also beyond its own ideal.
    """

    key: str
    title: str
    minimum: int
    ideal: int
    align: Align = "left"
    drop: int = 0
    flexible: bool = False


class PlacedColumn(msgspec.Struct, frozen=True):
    """A column that fits: its place among the declared columns and its width."""

    index: int
    width: int


def place_columns(columns: Sequence[Column], width: int) -> tuple[PlacedColumn, ...]:
    """Return the columns that fit into a width, in declared order.

    Columns drop until the minima of the rest fit; columns that never drop lose their right ends at last.
    What is left widens columns from the left up to their ideal, then the flexible one.
    """
    kept = list(range(len(columns)))
    while kept and _least_width(columns, kept) > width:
        droppable = [index for index in kept if columns[index].drop > 0]
        if not droppable:
            return _cut_off(columns, kept, width)
        kept.remove(max(droppable, key=lambda index: (columns[index].drop, index)))
    widths = {index: columns[index].minimum for index in kept}
    spare = width - _least_width(columns, kept)
    for index in kept:
        grow = min(spare, max(0, columns[index].ideal - columns[index].minimum))
        widths[index] += grow
        spare -= grow
    flexible = next((index for index in kept if columns[index].flexible), None)
    if flexible is not None:
        widths[flexible] += spare
    return tuple(PlacedColumn(index, widths[index]) for index in kept)


def _least_width(columns: Sequence[Column], kept: Sequence[int]) -> int:
    return sum(columns[index].minimum for index in kept) + GAP * max(0, len(kept) - 1)


def _cut_off(columns: Sequence[Column], kept: Sequence[int], width: int) -> tuple[PlacedColumn, ...]:
    placed: list[PlacedColumn] = []
    for index in kept:
        if width < 1:
            break
        placed.append(PlacedColumn(index, min(columns[index].minimum, width)))
        width -= columns[index].minimum + GAP
    return tuple(placed)
