"""Where something unusual begins: what was as rare a while ago is the same event."""

import numpy

from console.detect.baseline.arrays import Numbers
from console.detect.baseline.tail import THRESHOLD

_QUIET_BLOCKS = 8
"""Whole blocks in which no point was as rare before one tells an onset: with those of its own, about a hundred."""
_LOUDER, _FAR_LOUDER = 1.1, 2.0
"""How many times rarer than those a point must be, and than an anomaly among them: what grows is one event."""


class Onsets:
    """Remembers how rare the points of the last blocks were."""

    def __init__(self, series: int) -> None:
        self._highest = numpy.zeros((_QUIET_BLOCKS, series))
        self._blocks = 0

    def next(self, decades: Numbers) -> Numbers:
        """Return how rare each point of the next block (points, series) is, 0 where one before it was as rare."""
        before = numpy.vstack([self._highest.max(axis=0), decades[:-1]])
        before = numpy.maximum.accumulate(before)
        outdone = numpy.where(before < THRESHOLD, numpy.minimum(_LOUDER * before, THRESHOLD), _FAR_LOUDER * before)
        self._highest[self._blocks % _QUIET_BLOCKS] = decades.max(axis=0)
        self._blocks += 1
        onsets: Numbers = numpy.where(decades > outdone, decades, 0.0)
        return onsets
