"""Several ways to look at how far a series is from what it usually is; each sees what the others miss."""

from collections.abc import Sequence
from enum import StrEnum

import msgspec
import numpy

from console.detect.baseline.arrays import Numbers
from console.detect.baseline.expectation import Expectation
from console.detect.baseline.level import Spread
from console.detect.baseline.tail import LARGEST, Tail
from console.domain.signal import Direction


class View(StrEnum):
    """What is looked at.

    `level` is the distance of a point: spikes, and jumps as they begin. `drift` is the mean of many distances: what
    moves away slowly, or is not far off but for long. `steps` is the difference to the point before: a series that
    turns restless, or jumps within its usual range.
    """

    LEVEL = "level"
    DRIFT = "drift"
    STEPS = "steps"


EVERY_VIEW = tuple(View)
BAD_SIGNS = {Direction.HIGH: 1.0, Direction.LOW: -1.0, Direction.NEITHER: 0.0}
"""The sign of distances that are bad, 0 where both are."""
_WEIGHT = 1 / 36
"""The weight of the newest distance in an exponentially weighted mean: a mean of about three hours."""
_DRIFT_WIDTH = 4.0
"""How many times narrower a mean of these spreads than a point; of independent points 8, but neighbours are alike."""
_FARTHEST = 10.0
"""The distance that a farther one counts as in a mean, so that one spike does not stand in it for hours."""
_SHARE_OF_OTHERS = 0.1
"""What the views beside the loudest one add: they see the same event, and are no independent witnesses. Measured by
`benchmarks/detector_views.py`: with a quarter as many false onsets cost ten of eighty events."""


class Seen(msgspec.Struct, frozen=True):
    """A block through all views: `sizes` are distances of shape (points, series), 0 or more, in spreads.

    `mean` is that of the last point, for the next block.
    """

    sizes: dict[View, Numbers]
    mean: Numbers


class Views:
    """What each view needs to remember, and the tail of each."""

    def __init__(self, bad_signs: Numbers, chosen: Sequence[View] = EVERY_VIEW) -> None:
        series = len(bad_signs)
        self._bad_signs = bad_signs
        self._is_either = bad_signs == 0
        self._tails = {view: Tail(series) for view in chosen}
        self._mean = numpy.zeros(series)
        self._steps = Spread(series)
        self._previous = numpy.full(series, numpy.nan)

    def look(self, block: Numbers, distances: Numbers, expectation: Expectation) -> Seen:
        """Return how far off the points of a block are; `distances` are theirs from what is expected."""
        bounded = numpy.clip(distances, -LARGEST, LARGEST)
        means = _means(bounded, self._mean) if View.DRIFT in self._tails else self._mean[None]
        sizes: dict[View, Numbers] = {}
        for view in self._tails:
            if view is View.LEVEL:
                signed = bounded
            elif view is View.DRIFT:
                signed = means * _DRIFT_WIDTH
            else:
                signed = self._restlessness(block, distances, expectation)
            sizes[view] = self._badness(signed)
        return Seen(sizes, means[-1])

    def decades(self, block: Numbers, seen: Seen) -> Numbers:
        """Return how rare the points of a block (points, series) are, all views together."""
        loudest, together = numpy.zeros_like(block), numpy.zeros_like(block)
        for view, tail in self._tails.items():
            decades = tail.decades(seen.sizes[view])
            decades[decades != decades] = 0.0
            numpy.maximum(loudest, decades, out=loudest)
            together += decades
        heard: Numbers = numpy.where(block == block, loudest + _SHARE_OF_OTHERS * (together - loudest), 0.0)
        return heard

    def learn(self, block: Numbers, seen: Seen) -> None:
        """Take in a whole block that was looked at."""
        for view, tail in self._tails.items():
            tail.learn(seen.sizes[view])
        self._mean = seen.mean
        if View.STEPS in self._tails:
            self._steps.learn(self._stepped(block))
            for row in block:
                self._previous = numpy.where(row == row, row, self._previous)

    def farthest_usual(self, decades: float) -> Numbers:
        """Return the distance (spreads) that makes a point alone so rare."""
        return self._tails[View.LEVEL].value_at(decades)

    def _stepped(self, block: Numbers) -> Numbers:
        stepped: Numbers = numpy.diff(block, axis=0, prepend=self._previous[None])
        return stepped

    def _restlessness(self, block: Numbers, distances: Numbers, expectation: Expectation) -> Numbers:
        """Return the steps in their usual size; where one way is bad, a step back to what is usual is none."""
        steps = self._stepped(block) / expectation.widened(self._steps.median)
        steps = numpy.where(~self._is_either & (steps * distances < 0), 0.0, steps)
        return numpy.clip(steps, -LARGEST, LARGEST)

    def _badness(self, signed: Numbers) -> Numbers:
        bad: Numbers = numpy.maximum(signed * self._bad_signs, 0.0)
        numpy.copyto(bad, numpy.abs(signed), where=self._is_either)
        return bad


def _means(distances: Numbers, before: Numbers) -> Numbers:
    """Return the mean at each point, `before` being that at the point before; one without a distance leaves it."""
    bounded = numpy.clip(distances, -_FARTHEST, _FARTHEST)
    means = numpy.empty_like(bounded)
    mean = before
    for place, distance in enumerate(bounded):
        step = _WEIGHT * (distance - mean)
        mean = mean + numpy.where(step == step, step, 0.0)
        means[place] = mean
    return means
