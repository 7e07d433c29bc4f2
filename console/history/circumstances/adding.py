"""Series of parts added up, point by point."""

from array import array
from collections.abc import Sequence

from console.domain.series import NOT_A_NUMBER, Grid, Series


def added(series: Sequence[Series]) -> Series:
    """Return the sum of series on one grid; where only some have a number it is theirs, where none has it is NaN."""
    if len(series) == 1:
        return series[0]
    columns = zip(*(each.values for each in series), strict=True)
    return Series(series[0].grid, array("d", map(_sum, columns)))


def _sum(values: Sequence[float]) -> float:
    numbers = [value for value in values if value == value]
    return sum(numbers) if numbers else NOT_A_NUMBER


def mean_of(series: Sequence[Series]) -> Series:
    """Return the mean of series on one grid over those that have a number; NaN where none has."""
    columns = zip(*(each.values for each in series), strict=True)
    return Series(series[0].grid, array("d", map(_mean, columns)))


def _mean(values: Sequence[float]) -> float:
    numbers = [value for value in values if value == value]
    return sum(numbers) / len(numbers) if numbers else NOT_A_NUMBER


def least(series: Sequence[Series]) -> Series:
    """Return the least of series on one grid; NaN where none has a number."""
    columns = zip(*(each.values for each in series), strict=True)
    return Series(series[0].grid, array("d", map(_least, columns)))


def _least(values: Sequence[float]) -> float:
    return min((value for value in values if value == value), default=NOT_A_NUMBER)


def counted(series: Sequence[Series], grid: Grid) -> Series:
    """Return how many of some series have a number, NaN where none has: nobody knows whether they were gone."""
    columns = [each.values for each in series]
    numbers = (sum(column[index] == column[index] for column in columns) for index in range(grid.count))
    return Series(grid, array("d", (number or NOT_A_NUMBER for number in numbers)))
