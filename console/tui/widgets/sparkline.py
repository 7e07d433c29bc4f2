"""A row of small bars: the shape of a series in the space of a word."""

import itertools
import math
from collections.abc import Sequence

_BARS = "▁▂▃▄▅▆▇█"
_GAP = " "


def sparkline(values: Sequence[float], width: int, low: float | None = None, high: float | None = None) -> str:
    """Return one bar for each of `width` cells, the newest value last; a cell without a number is a space.

    Where several values share a cell the greatest is shown, so that no spike is lost; fewer values than
    cells stand at the right. The bars reach from `low` to `high`, by default the least and the greatest
    finite value; what lies outside, infinities too, is drawn on the edge. Equal values are low bars.
    """
    if width < 1:
        return ""
    finite = [value for value in values if math.isfinite(value)]
    least = min(finite, default=0.0) if low is None else low
    greatest = max(finite, default=0.0) if high is None else high
    shown = _greatest_of_each(values, width)
    return "".join(_bar(value, least, greatest) for value in shown).rjust(width, _GAP)


def _greatest_of_each(values: Sequence[float], cells: int) -> list[float]:
    """Return one value for each cell, NaN where there is none; never more than there are values."""
    count = len(values)
    if count <= cells:
        return list(values)
    edges = [cell * count // cells for cell in range(cells + 1)]
    return [
        max((value for value in values[first:last] if value == value), default=math.nan)
        for first, last in itertools.pairwise(edges)
    ]


def _bar(value: float, low: float, high: float) -> str:
    if value != value:
        return _GAP
    if value <= low:
        return _BARS[0]
    if value >= high:
        return _BARS[-1]
    span = high - low
    share = (value - low) / span if span < math.inf else (value / 2 - low / 2) / (high / 2 - low / 2)
    return _BARS[min(int(share * len(_BARS)), len(_BARS) - 1)]
