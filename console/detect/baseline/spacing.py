"""Points at any instants put on a regular grid, on which what is usual can be told."""

import math

import msgspec
import numpy
from numpy.typing import NDArray

from console.detect.baseline.arrays import Numbers
from console.domain.moments import SECONDS_OF_UNIT
from console.domain.series import Grid

MOST_CELLS = 5_000_000
"""Cells of the longest grid: ten years of minutes."""
_NEAR = 0.02
"""How far the spacing may be from a part of a day, as a ratio, to be taken for it."""


class Spaced(msgspec.Struct, frozen=True):
    """Values on a grid, shape (cells,), NaN where no point fell; `cells` says of each point into which cell it fell."""

    grid: Grid
    values: Numbers
    cells: NDArray[numpy.intp]


class TooSparse(ValueError):
    """Points so far apart, for how near others are, that no grid can hold them; the text says how far."""


def spaced(instants: Numbers, values: Numbers) -> Spaced:
    """Return points, in the order of their instants (UTC seconds), on the grid of their usual spacing.

    Of several points in a cell the mean counts; one that is NaN says nothing.

    Raises:
        TooSparse: the grid would have more than `MOST_CELLS` cells.
    """
    step = usual_spacing(instants)
    start = math.floor(float(instants[0]) / step) * step if step >= 1 else float(instants[0])
    offset = float(instants[0]) - start
    span = float(instants[-1]) - float(instants[0])
    if span / step >= MOST_CELLS:
        raise TooSparse(f"{span:.0f} s at one point each {step:g} s is more than {MOST_CELLS:,} points")
    cells = numpy.floor((instants - (start + offset)) / step + 0.5).astype(numpy.intp)
    count = int(cells[-1]) + 1
    known = numpy.isfinite(values)
    summed = numpy.bincount(cells[known], weights=values[known], minlength=count)
    held = numpy.bincount(cells[known], minlength=count)
    means = numpy.where(held > 0, summed / numpy.maximum(held, 1), numpy.nan)
    return Spaced(Grid(start + offset, step, count), means, cells)


def usual_spacing(instants: Numbers) -> float:
    """Return the usual seconds between points in order, as a part of a day where it nearly is one; 1 for one point."""
    gaps = numpy.diff(instants)
    gaps = gaps[gaps > 0]
    if not len(gaps):
        return 1.0
    usual = float(numpy.median(gaps))
    a_day = SECONDS_OF_UNIT["d"]
    parts = max(1, round(a_day / usual))
    return a_day / parts if abs(a_day / parts - usual) <= _NEAR * usual and (a_day / parts).is_integer() else usual
