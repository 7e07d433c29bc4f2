"""Rows of equal length in one flat array of float64: sliding all of them is one copy, whatever their number.

A matrix of `width` columns holds row after row; missing points are NaN. What is returned is always another array.
"""

import math
from array import array
from collections.abc import Sequence

from console.domain.series import NOT_A_NUMBER, Grid
from console.sources.prometheus.answers import Point, RangeSeries


def from_answer(answer: Sequence[RangeSeries], grid: Grid) -> "array[float]":
    """Return the points of each series on a grid; instants that the server did not answer for are NaN."""
    rows = [series.values for series in answer]
    if set(map(len, rows)) <= {grid.count}:
        return array("d", [point.value for points in rows for point in points])
    matrix = array("d")
    for points in rows:
        matrix.extend(_aligned(points, grid))
    return matrix


def slid(matrix: "array[float]", width: int, shift: int) -> "array[float]":
    """Return a matrix whose columns are `shift` places further left (right when negative); what came in is NaN."""
    if not matrix:
        return array("d")
    gap = array("d", [NOT_A_NUMBER]) * abs(shift)
    moved = matrix[shift:] + gap if shift >= 0 else gap + matrix[:shift]
    nothing = array("d", [NOT_A_NUMBER]) * (len(matrix) // width)
    for column in range(width - shift, width) if shift >= 0 else range(-shift):
        moved[column::width] = nothing
    return moved


def _aligned(points: list[Point], grid: Grid) -> "array[float]":
    values = array("d", [NOT_A_NUMBER]) * grid.count
    if not points:
        return values
    first, last = _index(points[0].instant, grid), _index(points[-1].instant, grid)
    if first >= 0 and last < grid.count and last - first == len(points) - 1:
        values[first : last + 1] = array("d", [point.value for point in points])
        return values
    for point in points:
        index = _index(point.instant, grid)
        if 0 <= index < grid.count:
            values[index] = point.value
    return values


def _index(instant: float, grid: Grid) -> int:
    return math.floor((instant - grid.start) / grid.step + 0.5)
