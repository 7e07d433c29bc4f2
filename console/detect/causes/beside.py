"""Parts of a model beside each other at the same time: which is worse than the rest, by requests that both got."""

import math
import operator
from collections.abc import Sequence
from enum import StrEnum
from functools import reduce

import msgspec
import numpy

from console.detect.baseline.arrays import median_of_rows
from console.detect.causes.levels import (
    FEWEST_VALUES,
    SUPERIOR,
    Numbers,
    Span,
    counted,
    fails_apart,
    median,
    numbers_in,
    requests_in,
    superiority,
    values_in,
)
from console.detect.causes.scene import LEAD, Measure, Scene
from console.domain.circumstances import Part
from console.domain.quantity import format_quantity
from console.domain.series import Series
from console.domain.signal import LATENCY_MEAN

FEWEST_REQUESTS = 30.0
"""Requests that a part must have had in a span before its latency is compared."""
REQUESTS_OF_QUANTILE = 300.0
"""Requests within a rate window from which on three of them are slower than a 99th percentile."""
SLOWER = 1.5
"""The factor over its neighbours from which a part is slower: below it machines differ."""
ALIKE = 1.25
"""The factor up to which parts are alike."""
FAILS_MORE = 3.0
"""The factor over its neighbours from which a part fails more."""
FAILS_ALIKE = 2.0
"""The factor up to which parts fail alike."""
CERTAIN = 3.3
"""Standard deviations for that: one in 2,000 by chance, because several parts are looked at."""
FEWEST_FAILURES = 5.0


class Standing(msgspec.Struct, frozen=True):
    """How a part stands beside others: `own` and `others` in seconds or as a ratio, `worse` and `alike` as tested.

    Both are false where the difference is small or uncertain.
    """

    measure: Measure
    own: float
    others: float
    worse: bool
    alike: bool

    @property
    def times(self) -> float:
        """Return by what factor the part is worse; infinite where the others have nothing of it."""
        return self.own / self.others if self.others > 0 else (math.inf if self.own > 0 else 1.0)

    def told(self, name: str, others: str) -> str:
        """Return it in words: `v42 2.60 s against 0.30 s on v41`."""
        unit = "s" if self.measure is Measure.LATENCY else "ratio"
        what = "errors " if self.measure is Measure.ERRORS else ""
        return (
            f"{name} {what}{format_quantity(self.own, unit)} against {format_quantity(self.others, unit)} on {others}"
        )


def beside(scene: Scene, part: Part, others: Sequence[Part], span: Span) -> Standing | None:
    """Return how a part stands beside others over a span, None where too few requests tell it."""
    if scene.measure is Measure.ERRORS:
        return _by_errors(part, others, span)
    return _by_latency(part, others, latency_kind(scene, (part, *others), span), span)


class LatencyKind(StrEnum):
    """Which latency of parts is compared."""

    MEAN = "mean"
    HIGH = "high"

    def of(self, part: Part) -> Series | None:
        """Return it of a part, None where nobody exports it."""
        return part.latency if self is LatencyKind.MEAN else part.latency_high


def latency_kind(scene: Scene, parts: Sequence[Part], span: Span) -> LatencyKind:
    """Return which latency says most of an anomaly: that of its own kind, where enough requests tell it.

    A high quantile of a few hundred requests is the time of one or two of them, and stays in a rate for minutes.
    """
    mean, high = (all(_has(kind.of(part)) for part in parts) for kind in (LatencyKind.MEAN, LatencyKind.HIGH))
    if not (mean and high):
        return LatencyKind.MEAN if mean else LatencyKind.HIGH
    told = [requests_of(part, span) for part in parts]
    busy = all(requests * LEAD >= REQUESTS_OF_QUANTILE * span.seconds for requests in told if requests > 0)
    return LatencyKind.HIGH if busy and scene.anomaly.signal != LATENCY_MEAN.name else LatencyKind.MEAN


def _has(series: Series | None) -> bool:
    return series is not None and series.last_seen() is not None


def _by_errors(part: Part, others: Sequence[Part], span: Span) -> Standing | None:
    own = counted(part.traffic, part.error_ratio, span)
    each = [count for other in others if (count := counted(other.traffic, other.error_ratio, span)) is not None]
    if own is None or not each or len({len(count.requests) for count in (own, *each)}) != 1:
        return None
    rest = reduce(operator.add, each)
    both = (own.requests > 0) & (rest.requests > 0)
    own, rest = own.where(both), rest.where(both)
    if min(own.requests.sum(), rest.requests.sum()) < FEWEST_REQUESTS:
        return None
    failed = own.failed.sum()
    if failed + rest.failed.sum() < FEWEST_FAILURES:
        return None
    apart = own.ratio >= FAILS_MORE * rest.ratio and fails_apart(own, rest) >= CERTAIN
    # Alike needs a part that had the chance to show it: as many failures as the others have would have been some.
    alike = own.ratio <= FAILS_ALIKE * rest.ratio and rest.ratio * own.requests.sum() >= FEWEST_FAILURES
    return Standing(Measure.ERRORS, own.ratio, rest.ratio, bool(apart and failed >= FEWEST_FAILURES), bool(alike))


def _by_latency(part: Part, others: Sequence[Part], kind: LatencyKind, span: Span) -> Standing | None:
    mine = _latencies(part, kind, span)
    rest = [values for other in others if (values := _latencies(other, kind, span)) is not None]
    if mine is None or not rest:
        return None
    shortest = min(len(mine), *(len(values) for values in rest))
    theirs = median_of_rows(numpy.stack([values[-shortest:] for values in rest]))
    mine = mine[-shortest:]
    both = ~numpy.isnan(mine) & ~numpy.isnan(theirs)
    if both.sum() < FEWEST_VALUES:
        return None
    own, other = median(mine[both]), median(theirs[both])
    ratio = own / other if other > 0 else math.inf
    worse = ratio >= SLOWER and superiority(mine[both], theirs[both]) >= SUPERIOR
    return Standing(Measure.LATENCY, own, other, worse, ratio <= ALIKE)


def _latencies(part: Part, kind: LatencyKind, span: Span) -> Numbers | None:
    series = kind.of(part)
    if series is None or requests_of(part, span) < FEWEST_REQUESTS:
        return None
    values = values_in(series, span)
    return values if len(values) else None


def requests_of(part: Part, span: Span) -> float:
    """Return the requests of a part in a span; where its traffic is not exported, those of a part that suffices."""
    return math.inf if part.traffic is None else requests_in(part.traffic, span)


def serving(parts: Sequence[Part], span: Span) -> tuple[Part, ...]:
    """Return the parts that served within a span."""
    return tuple(
        part
        for part in parts
        if (part.traffic is None and _measured(part, span)) or requests_in(part.traffic, span) > 0
    )


def _measured(part: Part, span: Span) -> bool:
    return any(len(numbers_in(series, span)) > 0 for series in (part.latency, part.latency_high, part.error_ratio))


def level_of(scene: Scene, part: Part, kind: LatencyKind, span: Span) -> float | None:
    """Return the latency (seconds) or the error ratio of a part over a span, None where too little tells it."""
    if scene.measure is Measure.ERRORS:
        found = counted(part.traffic, part.error_ratio, span)
        return found.ratio if found is not None and found.requests.sum() >= FEWEST_REQUESTS else None
    values = _latencies(part, kind, span)
    told = values[~numpy.isnan(values)] if values is not None else numpy.empty(0)
    return median(told) if len(told) >= FEWEST_VALUES else None


def carry_it_alone(scene: Scene, worse: Sequence[Part], rest: Sequence[Part], span: Span) -> bool:
    """Return whether most of the rest is, over a span, as before the onset, or nearly so beside what the worse ones do.

    Where the rest got worse by half as much (in logarithms), or breaks the anomaly's limit itself, the difference
    between them is not what began at the onset. A rest whose past is not known is judged by the limit alone.
    """
    kind = latency_kind(scene, (*worse, *rest), span)
    own = [value for part in worse if (value := level_of(scene, part, kind, span)) is not None]
    healthy, told = 0, 0
    for part in rest:
        earlier, later = level_of(scene, part, kind, scene.before), level_of(scene, part, kind, span)
        if later is None or not own:
            continue
        told += 1
        floor = scene.least_notable
        unharmed = later <= floor or earlier is None or _rose_less(max(earlier, floor), later, max(own))
        healthy += unharmed and not scene.breaks_limit(later, is_mean=kind is LatencyKind.MEAN)
    return told == 0 or healthy > told / 2


def _rose_less(before: float, later: float, worse: float) -> bool:
    """Return whether a level rose by at most half of what lies between it and a worse one, in logarithms."""
    if later <= before:
        return True
    return before > 0 and worse > before and math.log(later / before) <= math.log(worse / before) / 2
