"""Lines drawn with braille: every terminal cell is a raster of two by four dots."""

import math
from collections.abc import Sequence

DOTS_ACROSS = 2
DOTS_DOWN = 4

_DOT_BITS = ((0x01, 0x02, 0x04, 0x40), (0x08, 0x10, 0x20, 0x80))
"""Bits of the Unicode braille patterns: left and right dot column, top to bottom."""

_RUNS = tuple(
    tuple(tuple(sum(bits[first : last + 1]) for last in range(DOTS_DOWN)) for first in range(DOTS_DOWN))
    for bits in _DOT_BITS
)
"""Bits of a vertical run of dots within one cell: [dot column][first dot][last dot]."""

_CHARACTERS = {0: " "} | {bits: chr(0x2800 + bits) for bits in range(1, 256)}


def braille_text(bits: bytes | bytearray) -> str:
    """Return the characters of a row of cells; a cell without dots is a plain space."""
    return bits.decode("latin-1").translate(_CHARACTERS)


def dot_row(value: float, low: float, high: float, rows: int) -> int:
    """Return the dot row, counted from the top, of a value in `rows` cells; values outside the range lie on an edge."""
    last = rows * DOTS_DOWN - 1
    if value >= high:
        return 0
    if value <= low:
        return last
    return int((high - value) / (high - low) * last + 0.5)


def rasterise(
    values: Sequence[float], columns: int, rows: int, low: float, high: float, points: int = 0
) -> list[bytearray]:
    """Draw a line through equally spaced values and return the dots of each row of cells, top row first.

    Where several values share a dot column all of them are covered, so that no spike is lost.
    NaN interrupts the line; values outside `low` … `high`, infinities too, lie on the edge.
    `points` is the number of values that the whole width stands for (by default those given).

    Raises:
        ValueError: `high - low` is not a positive finite number.
    """
    if not 0 < high - low < math.inf:
        raise ValueError(f"the range from {low} to {high} cannot be drawn")
    grid = [bytearray(columns) for _ in range(rows)]
    if columns < 1 or rows < 1:
        return grid
    tops, bottoms = _extents(values, columns * DOTS_ACROSS, rows, low, high, max(points, len(values)))
    for across, (top, bottom) in enumerate(zip(tops, bottoms, strict=True)):
        if bottom < 0:
            continue
        cell, runs = across >> 1, _RUNS[across & 1]
        first, last = top >> 2, bottom >> 2
        if first == last:
            grid[first][cell] |= runs[top & 3][bottom & 3]
            continue
        grid[first][cell] |= runs[top & 3][3]
        for between in range(first + 1, last):
            grid[between][cell] |= runs[0][3]
        grid[last][cell] |= runs[0][bottom & 3]
    return grid


def _extents(
    values: Sequence[float], width: int, rows: int, low: float, high: float, points: int
) -> tuple[list[int], list[int]]:
    """Return the highest and the lowest dot of every dot column; a column without dots has the lowest -1."""
    tops, bottoms = [rows * DOTS_DOWN] * width, [-1] * width
    spacing = (width - 1) / (points - 1) if points > 1 else 0.0
    previous, last = -1, 0
    for index, value in enumerate(values):
        if value != value:
            previous = -1
            continue
        across, down = int(index * spacing + 0.5), dot_row(value, low, high, rows)
        if previous < 0:
            previous, last = across - 1, down
        elif previous == across:
            previous -= 1
        slope = (down - last) / (across - previous)
        start = last
        for column in range(previous + 1, across + 1):
            level = int(start + slope * (column - previous) + 0.5)
            # A steep line fills its column from where it left the one before, so that it has no holes.
            first, final = (last + 1, level) if level > last else (level, last - 1 if level < last else level)
            if first < tops[column]:
                tops[column] = first
            if final > bottoms[column]:
                bottoms[column] = final
            last = level
        previous = across
    return tops, bottoms
