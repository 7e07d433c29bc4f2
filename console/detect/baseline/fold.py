"""The detector: a fold over blocks of points, of all series at once, in which every score knows only the past."""

from collections.abc import Sequence

import msgspec
import numpy

from console.detect.baseline.arrays import BLOCK, Blocks, Numbers, count_of_rows
from console.detect.baseline.expectation import Band, Expectation
from console.detect.baseline.level import REMEMBERED
from console.detect.baseline.tail import THRESHOLD
from console.detect.baseline.views import EVERY_VIEW, Seen, View, Views

_FIRST_BLOCKS = 3
"""Blocks that are learned before anything is scored; until a level is whole, what is found is worth less."""


class Look(msgspec.Struct, frozen=True):
    """A block of points against the past: what was usual, and how far off each point is, in every view."""

    band: Band
    seen: Seen


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
        self.points = numpy.zeros(series, dtype=numpy.intp)
        """How many points of each series were learned."""

    def look(self, block: Numbers) -> Look:
        """Return how far off the next block is; a point that is not there yet is NaN, and none before it knows it."""
        band = self._expectation.band()
        return Look(band, self._views.look(block, band.distances(block), self._expectation))

    def decades(self, block: Numbers, look: Look) -> Numbers:
        """Return how rare each point of a block is (points, series) that was looked at last."""
        return self._trust * self._views.decades(block, look.seen)

    def learn(self, block: Numbers, look: Look, blocks: Blocks) -> None:
        """Take in a whole block that was looked at; `blocks` give it and all before it."""
        self._expectation.learn(block)
        self._views.learn(block, look.seen)
        self.points += count_of_rows(block == block)
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
