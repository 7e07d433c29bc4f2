"""A robust level and spread that follow a series: medians of what its last blocks looked like."""

import numpy

from console.detect.baseline.arrays import Numbers, mean_of_rows, median_of_rows

REMEMBERED = 24
"""Blocks of which the level is the median: a day of five-minute points. What lasts for half of them is normal."""
_LONG_MEMORY = 168
"""Blocks of the long memory of the spread: a week of five-minute points."""
_LONG_SHARE = 0.25
"""The least spread as a ratio of the long memory: a series of rare events has no spread on most of its days."""


class Level:
    """The level of each series and its spread, the mean distance from it; both are NaN until a block was learned."""

    def __init__(self, series: int) -> None:
        self._centres = numpy.full((REMEMBERED, series), numpy.nan)
        self._spreads = numpy.full((REMEMBERED, series), numpy.nan)
        self._long = numpy.zeros(series)
        self._learned = 0
        self.level: Numbers = numpy.full(series, numpy.nan)
        self.spread: Numbers = numpy.full(series, numpy.nan)
        self.mean_spread: Numbers = numpy.full(series, numpy.nan)
        """The mean, in which a part of the day counts that the median does not see."""

    def learn(self, block: Numbers) -> None:
        """Take in a whole block of values."""
        centre = median_of_rows(block)
        around = numpy.where(self.level == self.level, self.level, centre)
        spread = mean_of_rows(numpy.abs(block - around))
        place = self._learned % REMEMBERED
        self._centres[place], self._spreads[place] = centre, spread
        self._learned += 1
        step = (spread - self._long) / min(self._learned, _LONG_MEMORY)
        self._long += numpy.where(step == step, step, 0.0)
        known = min(self._learned, REMEMBERED)
        self.level = median_of_rows(self._centres[:known])
        self.spread = numpy.fmax(median_of_rows(self._spreads[:known]), _LONG_SHARE * self._long)
        self.mean_spread = mean_of_rows(self._spreads[:known])
