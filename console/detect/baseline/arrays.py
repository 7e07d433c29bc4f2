"""Words and small functions that all files of the detector share.

Arrays are of shape (points, series): a row is one instant, and series never mix.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy
from numpy.typing import NDArray

Numbers: TypeAlias = NDArray[numpy.float64]
Flags: TypeAlias = NDArray[numpy.bool_]
Counts: TypeAlias = NDArray[numpy.intp]
Blocks: TypeAlias = Callable[[int], Numbers]
"""Gives the block (points, series) that begins at a column; points that are not there are NaN."""

BLOCK = 12
"""Points after which what is usual is learned anew: an hour of five-minute points."""


def block_of(parts: Sequence[Numbers], start: int) -> Numbers:
    """Return the block (points, series) of arrays (series, points) that begins at a column; others are NaN.

    The series of several arrays stand side by side.
    """
    held = numpy.concatenate([part[:, max(0, start) : max(0, start + BLOCK)] for part in parts]).T
    if len(held) == BLOCK:
        return held.copy(order="C")
    block = numpy.full((BLOCK, held.shape[1]), numpy.nan)
    first = max(0, -start)
    block[first : first + len(held)] = held
    return block


def count_of_rows(flags: Flags) -> Counts:
    """Return how many rows are true, series by series; several times as fast as `numpy.count_nonzero` of few rows."""
    counts: Counts = numpy.add.reduce(flags, axis=0, dtype=numpy.intp)
    return counts


def median_of_rows(rows: Numbers) -> Numbers:
    """Return the median of each series over rows, NaN where all of them are; NaN counts for nothing."""
    ordered = numpy.sort(rows, axis=0)
    held = count_of_rows(ordered == ordered)
    below = numpy.maximum(held - 1, 0) // 2
    above = numpy.minimum(held // 2, len(rows) - 1)
    series = numpy.arange(rows.shape[1])
    middle: Numbers = (ordered.take(below * len(series) + series) + ordered.take(above * len(series) + series)) / 2
    return middle


def mean_of_rows(rows: Numbers) -> Numbers:
    """Return the mean of each series over rows, NaN where all of them are; NaN counts for nothing."""
    known = rows == rows
    held = count_of_rows(known)
    total = numpy.add.reduce(numpy.where(known, rows, 0.0), axis=0)
    mean: Numbers = numpy.where(held > 0, total / numpy.maximum(held, 1), numpy.nan)
    return mean
