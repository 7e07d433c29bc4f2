"""What each point is measured against: the season of the series where it has one, else its level of the last day."""

import msgspec
import numpy

from console.detect.baseline.arrays import BLOCK, Blocks, Numbers
from console.detect.baseline.level import Level
from console.detect.baseline.season import Season
from console.domain.moments import SECONDS_OF_UNIT

_SEASON_GAIN = 0.8
"""What the spread around a season may be of that around the level before the season is believed."""
_LEAST_SPREAD = 0.01
"""The least spread, as a ratio of the level: a series that hardly moves must not alarm over that."""
SMALLEST = 1e-12
"""The spread of a series that never moved from 0."""
_MOST_DAYS, _MOST_WEEKS = 7, 3
_FEWEST_POINTS_OF_A_DAY = 2 * BLOCK


class Band(msgspec.Struct, frozen=True):
    """What is usual at the points of a block: `level`, and from `low` to `high` what is as usual as that.

    These are of shape (points, series), `spread` of shape (series,): the usual distance, which is never 0.
    """

    level: Numbers
    low: Numbers
    high: Numbers
    spread: Numbers

    def distances(self, block: Numbers) -> Numbers:
        """Return how many spreads each value is above the band, negative below it, 0 within; NaN stays NaN."""
        outside = block - numpy.clip(block, self.low, self.high)
        distances: Numbers = outside / self.spread
        return distances


class Expectation:
    """The level and the seasons of each series, after some whole blocks."""

    def __init__(self, series: int, step: float) -> None:
        self._level = Level(series)
        self._seasons = [(season, Level(series)) for season in _seasons(series, step)]

    def look_ahead(self, blocks: Blocks, start: int) -> None:
        """Read from earlier blocks what the seasons say of the one that begins at a column."""
        for season, _ in self._seasons:
            season.look_ahead(blocks, start)

    def band(self) -> Band:
        """Return what is usual at the next block.

        A season is believed where what is left beside it is smaller than the day's ups and downs. What an earlier day
        or week looked like is usual in any case: a nightly job is no season, and still nothing new.
        """
        usual = self._level
        level = numpy.repeat(usual.level[None], BLOCK, axis=0)
        low, high, spread = level, level, usual.spread.median
        best = _SEASON_GAIN * usual.spread.mean
        for season, beside in self._seasons:
            if not season.is_known:
                continue
            fits = beside.spread.mean < best
            here, least, most = (rows + beside.level for rows in (season.usual(), season.least(), season.most()))
            fits_here = fits & (here == here)
            level = numpy.where(fits_here, here, level)
            low = numpy.where(fits_here, least, numpy.fmin(low, least))
            high = numpy.where(fits_here, most, numpy.fmax(high, most))
            spread = numpy.where(fits, beside.spread.median, spread)
            best = numpy.where(fits, beside.spread.mean, best)
        return Band(level, low, high, self.widened(spread))

    def widened(self, spread: Numbers) -> Numbers:
        """Return a spread (series,) that is at least what any series of this level may have."""
        wide: Numbers = numpy.fmax(spread, numpy.fmax(_LEAST_SPREAD * numpy.abs(self._level.level), SMALLEST))
        return wide

    def learn(self, block: Numbers) -> None:
        """Take in a whole block of values."""
        self._level.learn(block)
        for season, beside in self._seasons:
            if season.is_known:
                beside.learn(block - season.usual())


def _seasons(series: int, step: float) -> list[Season]:
    """Return the seasons whose length is a whole number of steps (seconds), with the hour that they may be early."""
    day, week = SECONDS_OF_UNIT["d"] / step, SECONDS_OF_UNIT["w"] / step
    if not day.is_integer() or day < _FEWEST_POINTS_OF_A_DAY:
        return []
    reach = max(1, round(SECONDS_OF_UNIT["h"] / step))
    return [Season(series, int(day), _MOST_DAYS, reach), Season(series, int(week), _MOST_WEEKS, reach)]
