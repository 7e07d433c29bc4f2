"""What a series usually is at this hour: the median of the same hour in earlier days, or weeks."""

import numpy

from console.detect.baseline.arrays import BLOCK, Blocks, Numbers


class Season:
    """The usual values of a period at the points around now; `reach` is how many points early or late they may come.

    It reads no value but those a whole period old or older.
    """

    def __init__(self, series: int, period: int, most_periods: int, reach: int) -> None:
        self.period = period
        self.reach = reach
        self._most = most_periods
        self._usual = numpy.full((2 * reach + BLOCK, series), numpy.nan)
        self.is_known = False
        """Whether any of the points around now was there a period ago."""

    def look_ahead(self, blocks: Blocks, start: int) -> None:
        """Move on to the block that begins at a column; blocks are visited in turn."""
        self.is_known = start + BLOCK + self.reach > self.period
        if self.is_known:
            self._usual = numpy.concatenate([self._usual[BLOCK:], self._at(blocks, start + self.reach)])

    def usual(self) -> Numbers:
        """Return the usual values of the block."""
        return self._usual[self.reach : self.reach + BLOCK]

    def least(self) -> Numbers:
        """Return the least usual value around each point of the block."""
        return _sliding(self._usual, 2 * self.reach + 1, numpy.fmin)

    def most(self) -> Numbers:
        """Return the greatest usual value around each point of the block."""
        return _sliding(self._usual, 2 * self.reach + 1, numpy.fmax)

    def _at(self, blocks: Blocks, start: int) -> Numbers:
        """Return the usual values of the block that begins at a column."""
        periods = min(self._most, (start + BLOCK - 1) // self.period)
        periods -= periods > 1 and periods % 2 == 0  # the middle of an odd number is one of them
        past = [blocks(start - n * self.period) for n in range(1, periods + 1)]
        return _middle(past) if past else numpy.full((BLOCK, self._usual.shape[1]), numpy.nan)


def _middle(past: list[Numbers]) -> Numbers:
    """Return the median of an odd number of arrays, by exchanging neighbours; NaN gives way to a number beside it."""
    ordered = list(past)
    last = len(ordered) - 1
    for done in range(len(ordered) // 2 + 1):
        for place in range(last - done):
            low, high = numpy.fmin(*ordered[place : place + 2]), numpy.fmax(*ordered[place : place + 2])
            ordered[place], ordered[place + 1] = low, high
    return ordered[last // 2]


def _sliding(rows: Numbers, width: int, extreme: numpy.ufunc) -> Numbers:
    """Return the extreme of every `width` neighbouring rows, doubling the width that is covered in each pass."""
    covered = 1
    while covered * 2 <= width:
        rows = extreme(rows[:-covered], rows[covered:])
        covered *= 2
    missing = width - covered
    found: Numbers = extreme(rows[: len(rows) - missing], rows[missing:]) if missing else rows
    return found
