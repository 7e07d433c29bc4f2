"""The detector: a fold over blocks of points, of all series at once, in which every score knows only the past."""

from collections.abc import Sequence

import msgspec
import numpy

from console.detect.baseline.arrays import BLOCK, Blocks, Numbers
from console.detect.baseline.expectation import Band, Expectation
from console.detect.baseline.level import REMEMBERED
from console.detect.baseline.views import EVERY_VIEW, Seen, View, Views

_FIRST_BLOCKS = 3
"""Blocks that are learned before anything is scored; until a level is whole, what is found is worth less."""
_QUIET_BLOCKS = 8
"""Whole blocks in which no point was as rare before one tells an onset: with those of its own, about a hundred."""

_LOUDER, _FAR_LOUDER = 1.1, 2.0
"""How many times rarer than those a point must be, and than an anomaly among them: what grows is one event."""
THRESHOLD = 4.0
"""How rare an anomaly is, in decades."""


class Scored(msgspec.Struct, frozen=True):
    """A block of points against the past: all but `seen` are of shape (points, series).

    `decades` is how rare each point is; `onsets` the same where none of about the last hundred was as rare, else 0.
    """

    band: Band
    seen: Seen
    decades: Numbers
    onsets: Numbers


class Edges(msgspec.Struct, frozen=True):
    """What is usual at one instant, of shape (series,): the band, and the least and most that are no event."""

    level: Numbers
    low: Numbers
    high: Numbers
    least: Numbers
    most: Numbers


class Fold:
    """What is known of each series after some whole blocks of a grid of `step` seconds.

    `bad_signs` (series,) say which way is bad (`views.BAD_SIGNS`).
    """

    def __init__(self, bad_signs: Numbers, step: float, views: Sequence[View] = EVERY_VIEW) -> None:
        series = len(bad_signs)
        self.blocks = 0
        self._expectation = Expectation(series, step)
        self._views = Views(bad_signs, views)
        self._highest = numpy.zeros((_QUIET_BLOCKS, series))
        self.points = numpy.zeros(series, dtype=numpy.intp)
        """How many points of each series were learned."""

    def score(self, block: Numbers) -> Scored:
        """Return the scores of the next block; a point that is not there yet is NaN, and none before it knows of it."""
        band = self._expectation.band()
        seen = self._views.look(block, band.distances(block), self._expectation)
        decades = self._trust * seen.decades
        return Scored(band, seen, decades, self._onsets(decades))

    def learn(self, block: Numbers, scored: Scored, blocks: Blocks) -> None:
        """Take in a whole block that was scored; `blocks` give it and all before it."""
        self._expectation.learn(block)
        self._views.learn(block, scored.seen)
        self.points += numpy.count_nonzero(block == block, axis=0)
        self._highest[self.blocks % _QUIET_BLOCKS] = scored.decades.max(axis=0)
        self.blocks += 1
        self._expectation.look_ahead(blocks, self.blocks * BLOCK)

    def edges(self, row: int) -> Edges:
        """Return what is usual at a row of the next block, and from where on a point alone is an anomaly."""
        band = self._expectation.band()
        room = band.spread * self._views.farthest_usual(THRESHOLD / max(self._trust, 1 / REMEMBERED))
        level, low, high = band.level[row], band.low[row], band.high[row]
        return Edges(level, low, high, low - room, high + room)

    @property
    def _trust(self) -> float:
        return min(1.0, self.blocks / REMEMBERED) if self.blocks >= _FIRST_BLOCKS else 0.0

    def _onsets(self, decades: Numbers) -> Numbers:
        before = numpy.vstack([self._highest.max(axis=0), decades[:-1]])
        before = numpy.maximum.accumulate(before)
        outdone = numpy.where(before < THRESHOLD, numpy.minimum(_LOUDER * before, THRESHOLD), _FAR_LOUDER * before)
        onsets: Numbers = numpy.where(decades > outdone, decades, 0.0)
        return onsets
