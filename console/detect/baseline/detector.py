"""The scores of all points of many series, from the first to the last."""

from functools import partial

import msgspec
import numpy

from console.detect.baseline.arrays import BLOCK, Flags, Numbers, block_of
from console.detect.baseline.fold import Fold
from console.detect.baseline.onsets import Onsets
from console.detect.baseline.tail import THRESHOLD
from console.detect.baseline.views import BAD_SIGNS, EVERY_VIEW, View
from console.domain.signal import Direction


class Detection(msgspec.Struct, frozen=True):
    """What was found in each point; all of shape (series, points).

    `level` is what was expected, and from `low` to `high` is as usual as that; NaN while nothing is known. `decades` is
    how rare a point is, `onsets` the same where no point of about the last hundred was as rare, else 0.
    """

    level: Numbers
    low: Numbers
    high: Numbers
    decades: Numbers
    onsets: Numbers

    @property
    def anomalies(self) -> Flags:
        """Return where something unusual begins."""
        flags: Flags = self.onsets >= THRESHOLD
        return flags

    @property
    def scores(self) -> Numbers:
        """Return the onsets on a scale from 0 to 1, on which 0.5 is the threshold."""
        scores: Numbers = self.onsets / (self.onsets + THRESHOLD)
        return scores


def detect(
    values: Numbers,
    step: float,
    direction: Direction = Direction.NEITHER,
    views: tuple[View, ...] = EVERY_VIEW,
) -> Detection:
    """Return what is unusual in series on one grid of `step` seconds; values are (series, points), NaN is no data.

    Nothing that is said of a point depends on a later one.
    """
    series, points = values.shape
    fold = Fold(numpy.full(series, BAD_SIGNS[direction]), step, views)
    onsets = Onsets(series)
    blocks = partial(block_of, [values])
    found = numpy.empty((5, points, series))
    for start in range(0, points, BLOCK):
        rows = min(BLOCK, points - start)
        block = blocks(start)
        look = fold.look(block)
        decades = fold.decades(block, look)
        told = (look.band.level, look.band.low, look.band.high, decades, onsets.next(decades))
        for place, each in enumerate(told):
            found[place, start : start + rows] = each[:rows]
        if rows == BLOCK:
            fold.learn(block, look, blocks)
    return Detection(*numpy.moveaxis(found, 2, 1))
