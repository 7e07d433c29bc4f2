"""A robust level and spread that follow a series: medians of what its last blocks looked like."""

import numpy

from console.detect.baseline.arrays import Numbers, mean_of_rows, median_of_rows

REMEMBERED = 24
"""Blocks of which the level is the median: a day of five-minute points. What lasts for half of them is normal."""
_LONG_MEMORY = 168
"""Blocks of the long memory of the spread: a week of five-minute points."""
_LONG_SHARE = 0.25
"""The least spread as a ratio of the long memory: a series of rare events has no spread on most of its days."""


class Spread:
    """The usual size of each series, the median of what it was in the last blocks; NaN until a block was learned."""

    def __init__(self, series: int) -> None:
        self._sizes = numpy.full((REMEMBERED, series), numpy.nan)
        self._long = numpy.zeros(series)
        self._learned = 0
        self.median: Numbers = numpy.full(series, numpy.nan)
        self.mean: Numbers = numpy.full(series, numpy.nan)
        """In the mean a part of the day counts that the median does not see."""

    def learn(self, distances: Numbers) -> None:
        """Take in the distances of a whole block; the sign of one counts for nothing."""
        size = mean_of_rows(numpy.abs(distances))
        self._sizes[self._learned % REMEMBERED] = size
        self._learned += 1
        step = (size - self._long) / min(self._learned, _LONG_MEMORY)
        self._long += numpy.where(step == step, step, 0.0)
        known = self._sizes[: self._learned]
        self.median = numpy.fmax(median_of_rows(known), _LONG_SHARE * self._long)
        self.mean = mean_of_rows(known)


class Level:
    """The level of each series and its spread, the mean distance from it; both are NaN until a block was learned."""

    def __init__(self, series: int) -> None:
        self._centres = numpy.full((REMEMBERED, series), numpy.nan)
        self._learned = 0
        self.level: Numbers = numpy.full(series, numpy.nan)
        self.spread = Spread(series)

    def learn(self, block: Numbers) -> None:
        """Take in a whole block of values."""
        centre = median_of_rows(block)
        self.spread.learn(block - numpy.where(self.level == self.level, self.level, centre))
        self._centres[self._learned % REMEMBERED] = centre
        self._learned += 1
        self.level = median_of_rows(self._centres[: self._learned])
