"""The level of a series in a span of time, and whether two levels differ: medians, ranks and counts."""

import math

import msgspec
import numpy
from numpy.typing import NDArray

from console.domain.series import Series

Numbers = NDArray[numpy.float64]

FEWEST_VALUES = 3
"""Values that a level needs: of fewer, a single slow scrape is the median."""
SUPERIOR = 0.9
"""The chance that a value of one span exceeds one of the other from which on the two differ."""


class Span(msgspec.Struct, frozen=True):
    """The time from `start` to `end` (UTC seconds), both included."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Return how long it is, 0 where it ends before it starts."""
        return max(0.0, self.end - self.start)


def values_in(series: Series, span: Span) -> Numbers:
    """Return the values of a series within a span, shape (points,); NaN where there is no finite one."""
    grid = series.grid
    first = first_index(series, span)
    last = min(grid.count - 1, math.floor((span.end - grid.start) / grid.step))
    if last < first:
        return numpy.empty(0)
    values = numpy.array(series.values[first : last + 1], dtype=numpy.float64)
    values[~numpy.isfinite(values)] = math.nan
    return values


def first_index(series: Series, span: Span) -> int:
    """Return the index of the first point of a series within a span."""
    return max(0, math.ceil((span.start - series.grid.start) / series.grid.step))


def numbers_in(series: Series | None, span: Span) -> Numbers:
    """Return the finite values of a series within a span; none where nobody exports it."""
    if series is None:
        return numpy.empty(0)
    values = values_in(series, span)
    return values[~numpy.isnan(values)]


def level(series: Series | None, span: Span) -> float | None:
    """Return the median of a series within a span, None where too few values tell it."""
    values = numbers_in(series, span)
    return median(values) if len(values) >= FEWEST_VALUES else None


def median(values: Numbers) -> float:
    """Return the median of at least one number, as `numpy.median` does, which is slow to load: with masked arrays."""
    ordered = numpy.sort(values)
    return float(ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2


class Shift(msgspec.Struct, frozen=True):
    """The level of a series before and after an onset, and the chance that a value after exceeds one before."""

    before: float
    after: float
    superiority: float

    @property
    def ratio(self) -> float:
        """Return after over before; infinite where there was nothing before, 1 where there is nothing at all."""
        if self.before > 0:
            return self.after / self.before
        return math.inf if self.after > 0 else 1.0

    def rose(self, factor: float) -> bool:
        """Return whether the level rose by at least a factor, beyond its own scatter."""
        return self.ratio >= factor and self.superiority >= SUPERIOR

    def fell(self, factor: float) -> bool:
        """Return whether the level fell to at most a factor (below 1), beyond its own scatter."""
        return self.ratio <= factor and self.superiority <= 1 - SUPERIOR


def shift(series: Series | None, before: Span, after: Span) -> Shift | None:
    """Return how the level of a series moved between two spans, None where one of them does not tell."""
    earlier, later = numbers_in(series, before), numbers_in(series, after)
    if min(len(earlier), len(later)) < FEWEST_VALUES:
        return None
    return Shift(median(earlier), median(later), superiority(later, earlier))


def superiority(some: Numbers, others: Numbers) -> float:
    """Return the chance that a value of the first exceeds one of the second, ties counted half.

    The effect size of the Mann-Whitney test (Vargha and Delaney's A, 2000).
    """
    ordered = numpy.sort(others)
    below = numpy.searchsorted(ordered, some, side="left")
    not_above = numpy.searchsorted(ordered, some, side="right")
    return float((below + not_above).mean() / 2 / len(ordered))


def turned_at(series: Series | None, moved: Shift, within: Span) -> float | None:
    """Return when a series went from one level to the other, None where it did not.

    That is the instant before which most values lie on the near side of the middle between the levels and after which
    most lie beyond it: the lowest point of the running sum of the sides. Short dips and bursts do not move it. The
    middle is the geometric one where both levels are above zero, for rates and latencies multiply.
    """
    if series is None or moved.before == moved.after:
        return None
    both = min(moved.before, moved.after) > 0
    middle = math.sqrt(moved.before) * math.sqrt(moved.after) if both else (moved.before + moved.after) / 2
    values = values_in(series, within)
    told = numpy.flatnonzero(~numpy.isnan(values))
    sides = numpy.where((values[told] > middle) == (moved.after > moved.before), 1, -1)
    if not (sides > 0).any():
        return None
    running = numpy.concatenate([[0], numpy.cumsum(sides)])
    turn = min(int(numpy.argmin(running)), len(told) - 1)
    return series.grid.instant(first_index(series, within) + int(told[turn]))


class Counted(msgspec.Struct, frozen=True):
    """Requests and failures at the points of a span, shape (points,), as rates tell them; 0 where they tell nothing."""

    requests: Numbers
    failed: Numbers

    @property
    def ratio(self) -> float:
        """Return the share that failed over the whole span, 0 without requests."""
        asked = float(self.requests.sum())
        return float(self.failed.sum()) / asked if asked > 0 else 0.0

    def __add__(self, other: "Counted") -> "Counted":
        return Counted(self.requests + other.requests, self.failed + other.failed)

    def where(self, chosen: NDArray[numpy.bool_]) -> "Counted":
        """Return the counts of some points alone."""
        return Counted(self.requests[chosen], self.failed[chosen])


def fails_apart(some: Counted, others: Counted) -> float:
    """Return by how many standard deviations the first fails more than the second at the same points.

    The statistic of Mantel and Haenszel (1959) over the points: what rises for both at once does not set them apart.
    """
    both = (some.requests > 0) & (others.requests > 0)
    own, rest = some.requests[both], others.requests[both]
    total, failed = own + rest, some.failed[both] + others.failed[both]
    surplus = float((some.failed[both] - own * (failed / total)).sum())
    variance = float((own / total * (rest / total) * (failed / total) * numpy.maximum(total - failed, 0.0)).sum())
    return surplus / math.sqrt(variance) if variance > 0 else 0.0


def counted(traffic: Series | None, error_ratio: Series | None, span: Span) -> Counted | None:
    """Return the requests and failures of a span, None where either is not told; both series share a grid."""
    if traffic is None or error_ratio is None:
        return None
    asked, failing = values_in(traffic, span), values_in(error_ratio, span)
    told = ~numpy.isnan(asked) & ~numpy.isnan(failing) & (asked > 0)
    if len(asked) != len(failing) or not told.any():
        return None
    requests = numpy.where(told, asked, 0.0) * traffic.grid.step
    return Counted(requests, requests * numpy.clip(numpy.where(told, failing, 0.0), 0.0, 1.0))


def requests_in(traffic: Series | None, span: Span) -> float:
    """Return the requests of a span as a rate tells them, 0 where it tells nothing."""
    return (
        float(numpy.maximum(numbers_in(traffic, span), 0.0).sum() * traffic.grid.step) if traffic is not None else 0.0
    )
