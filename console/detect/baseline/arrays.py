"""Words and small functions that all files of the detector share.

Arrays are of shape (points, series): a row is one instant, and series never mix.
"""

from collections.abc import Callable
from typing import TypeAlias

import numpy
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[numpy.float64]
Flags: TypeAlias = NDArray[numpy.bool_]
Blocks: TypeAlias = Callable[[int], Numbers]
"""Gives the block (points, series) that begins at a column; points that are not there are NaN."""

BLOCK = 12
"""Points after which what is usual is learned anew: an hour of five-minute points."""


def block_of(values: Numbers, start: int) -> Numbers:
    """Return the block (points, series) of values (series, points) that begins at a column; others are NaN."""
    block = numpy.full((BLOCK, len(values)), numpy.nan)
    first = max(0, -start)
    part = values[:, start + first : max(0, start + BLOCK)]
    block[first : first + part.shape[1]] = part.T
    return block


def median_of_rows(rows: Numbers) -> Numbers:
    """Return the median of each series over rows, NaN where all of them are; NaN counts for nothing."""
    ordered = numpy.sort(rows, axis=0)
    held = numpy.count_nonzero(ordered == ordered, axis=0)
    below = numpy.maximum(held - 1, 0) // 2
    above = numpy.minimum(held // 2, len(rows) - 1)
    series = numpy.arange(rows.shape[1])
    middle: Numbers = (ordered[below, series] + ordered[above, series]) / 2
    return middle


def mean_of_rows(rows: Numbers) -> Numbers:
    """Return the mean of each series over rows, NaN where all of them are; NaN counts for nothing."""
    known = rows == rows
    held = numpy.count_nonzero(known, axis=0)
    total = numpy.where(known, rows, 0.0).sum(axis=0)
    mean: Numbers = numpy.where(held > 0, total / numpy.maximum(held, 1), numpy.nan)
    return mean
