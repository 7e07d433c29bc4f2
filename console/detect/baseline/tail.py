"""How rare a value is among the series' own past: minus the decimal logarithm of its tail probability.

Of the root of the value the tail is taken as exponential from the 90 % quantile to the 98 % one, and anew from there to
the 99.6 % one; the last slope goes on. The root (a Weibull tail of shape 1/2) stands between noise, whose tails are
lighter, and latencies and bursts, whose tails are heavier. Ten times the usual distance is nothing in a series of
spikes, and rare in a steady one: only its own past can tell.
"""

import numpy
from numpy.typing import NDArray

from console.detect.baseline.arrays import Numbers, count_of_rows

_LOW, _HIGH, _TOP = 0.90, 0.98, 0.996
_DECADES_OF_LOW = float(-numpy.log10(1 - _LOW))
_DECADES_TO_HIGH = float(numpy.log10((1 - _LOW) / (1 - _HIGH)))
_DECADES_TO_TOP = float(numpy.log10((1 - _HIGH) / (1 - _TOP)))
_BITS = 2
"""Bits of the fraction that tell a bin: 4 bins in each doubling of value + 1, which the sum's own bits number."""
_BINS = 12 << _BITS
_FRACTION_BITS = 52
_FIRST_BIN = 1023 << _BITS
"""How float64 numbers 1.0, by its exponent and the first bits of its fraction."""
_EDGES = numpy.ldexp(1 + numpy.arange(_BINS + 1) % (1 << _BITS) / (1 << _BITS), numpy.arange(_BINS + 1) >> _BITS) - 1
LARGEST = float(_EDGES[-2])
"""The largest value that is told from others."""
_MEMORY = 4000.0
"""Points until the past counts for 1/e of the present; of a young series half of its age, so its start is soon gone."""
_ASSUMED_POINTS = 60.0
"""How many points the assumption about a series that is not known yet is worth: its values are exponential, mean 1."""
_LEAST_LOW, _LEAST_GAP, _LEAST_SHARE = 1.0, 0.15, 0.15
"""The least root of the 90 % quantile, and the least distance of the roots of two quantiles, also as a ratio of the
98 % one: in a series that never varied, or knows but a few values, the first that is new is no event."""
_BLOCKS_OF_A_FIT = 6
THRESHOLD = 4.0
"""How rare an anomaly is, in decades."""
_FITS_OF_PATIENCE = 2
"""Fits that a value as rare as an anomaly waits until it counts, half a day: what goes on is not usual by that."""
_FITS_WITHOUT = 8
"""Fits of a young series before which no value waits, two days: until its season is known, most hours look rare."""


class Tail:
    """Counts of past values (0 or more) of each series in bins of growing width, and the tail that they show."""

    def __init__(self, series: int) -> None:
        assumed = -numpy.diff(numpy.exp(-_EDGES)) * _ASSUMED_POINTS
        self._counts = numpy.repeat(assumed[None], series, axis=0)
        self._first_places = numpy.arange(series) * _BINS - _FIRST_BIN
        self._points = numpy.full(series, 2 * _ASSUMED_POINTS)
        self._places: list[NDArray[numpy.int64]] = []
        self._new = numpy.zeros(series)
        self._fits = 0
        self._rare: list[NDArray[numpy.int64]] = [numpy.empty(0, dtype=numpy.int64)]
        """Places of values that were rare, by the fit before which they were seen."""
        self._fit()

    def decades(self, values: Numbers) -> Numbers:
        """Return -log10 of the tail probability of values, 0 or more; NaN stays NaN."""
        roots = numpy.sqrt(values)
        decades: Numbers = roots - self._low
        decades *= self._near_slope
        decades += _DECADES_OF_LOW
        roots -= self._high
        numpy.maximum(roots, 0.0, out=roots)
        roots *= self._far_slope - self._near_slope
        decades += roots
        return numpy.maximum(decades, 0.0, out=decades)

    def value_at(self, decades: float) -> Numbers:
        """Return the value that is so rare, of each series; it is above the 98 % quantile."""
        near = self._low + (decades - _DECADES_OF_LOW) / self._near_slope
        far = self._high + (decades - self._decades_of_high) / self._far_slope
        value: Numbers = numpy.where(decades > self._decades_of_high, far, near) ** 2
        return value

    def learn(self, block: Numbers) -> None:
        """Take in a whole block of values."""
        places = ((block + 1).view(numpy.int64) >> (_FRACTION_BITS - _BITS)) + self._first_places
        is_rare = block > (self._rare_from if self._fits > _FITS_WITHOUT else numpy.inf)
        counts = (block == block) & ~is_rare
        self._places.append(places[counts])
        self._new += count_of_rows(counts)
        if is_rare.any():
            self._rare[-1] = numpy.concatenate([self._rare[-1], places[is_rare]])
        if len(self._places) == _BLOCKS_OF_A_FIT:
            self._count()
            self._fit()

    def _count(self) -> None:
        """Count what was learned since the last time, and let what was known before weigh less."""
        if len(self._rare) > _FITS_OF_PATIENCE:
            waited = self._rare.pop(0)
            self._places.append(waited)
            self._new += numpy.bincount(waited // _BINS, minlength=len(self._new))
        self._rare.append(numpy.empty(0, dtype=numpy.int64))
        counted = numpy.bincount(numpy.concatenate(self._places), minlength=self._counts.size)
        self._points += self._new
        self._counts *= numpy.maximum(1 - self._new / numpy.minimum(_MEMORY, self._points / 2), 0.0)[:, None]
        self._counts += counted.reshape(self._counts.shape)
        self._places.clear()
        self._new[:] = 0

    def _fit(self) -> None:
        self._fits += 1
        summed = numpy.cumsum(self._counts, axis=1)
        low, self._high, top = (numpy.sqrt(self._quantile(summed, share)) for share in (_LOW, _HIGH, _TOP))
        self._low = numpy.maximum(low, _LEAST_LOW)
        self._high = numpy.maximum(self._high, self._low)
        self._near_slope = _DECADES_TO_HIGH / numpy.maximum(self._high - self._low, _LEAST_GAP)
        least = numpy.maximum(_LEAST_GAP, _LEAST_SHARE * self._high)
        self._far_slope = _DECADES_TO_TOP / numpy.maximum(top - self._high, least)
        self._decades_of_high = _DECADES_OF_LOW + (self._high - self._low) * self._near_slope
        self._rare_from = self.value_at(THRESHOLD)

    def _quantile(self, summed: Numbers, share: float) -> Numbers:
        """Return a quantile of each series, spread evenly over the bin in which it lies."""
        wanted = share * summed[:, -1]
        place = numpy.count_nonzero(summed < wanted[:, None], axis=1)
        series = numpy.arange(len(wanted))
        inside = self._counts[series, place]
        part = (wanted - summed[series, place] + inside) / inside
        quantile: Numbers = _EDGES[place] + part * (_EDGES[place + 1] - _EDGES[place])
        return quantile
