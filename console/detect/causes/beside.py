"""Parts of a model beside each other at the same time: which is worse than the rest, by requests that both got."""

import math
from collections.abc import Sequence

import msgspec
import numpy

from console.detect.causes.levels import (
    FEWEST_VALUES,
    SUPERIOR,
    Counted,
    Numbers,
    Span,
    counted,
    numbers_in,
    requests_in,
    superiority,
    values_in,
)
from console.detect.causes.scene import Measure, Scene
from console.domain.circumstances import Part
from console.domain.quantity import format_quantity

FEWEST_REQUESTS = 30.0
"""Requests that a part must have had in a span before its latency is compared."""
SLOWER = 1.5
"""The factor over its neighbours from which a part is slower: below it machines differ."""
ALIKE = 1.25
"""The factor up to which parts are alike."""
FAILS_MORE = 3.0
"""The factor over its neighbours from which a part fails more."""
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
    return _by_latency(scene, part, others, span)


def _by_errors(part: Part, others: Sequence[Part], span: Span) -> Standing | None:
    own = counted(part.traffic, part.error_ratio, span)
    each = [count for other in others if (count := counted(other.traffic, other.error_ratio, span)) is not None]
    if own is None or not each or own.requests < FEWEST_REQUESTS:
        return None
    rest = sum(each, start=Counted(0.0, 0.0))
    if rest.requests < FEWEST_REQUESTS or own.failed + rest.failed < FEWEST_FAILURES:
        return None
    worse = own.failed >= FEWEST_FAILURES and own.fails_more_than(rest, FAILS_MORE, CERTAIN)
    # Alike means that a part which fails as much as the model does would have shown: a few failures are expected of it.
    expected = rest.ratio * own.requests
    alike = expected >= FEWEST_FAILURES and own.ratio <= 2 * rest.ratio
    return Standing(Measure.ERRORS, own.ratio, rest.ratio, worse, alike)


def _by_latency(scene: Scene, part: Part, others: Sequence[Part], span: Span) -> Standing | None:
    series = scene.latency_of(part)
    if series is None or requests_of(part, span) < FEWEST_REQUESTS:
        return None
    rest = [values for other in others if (values := _latencies(scene, other, span)) is not None]
    if not rest:
        return None
    mine = values_in(series, span)
    shortest = min(len(mine), *(len(values) for values in rest))
    theirs = _median_over_parts([values[-shortest:] for values in rest])
    mine = mine[-shortest:]
    both = ~numpy.isnan(mine) & ~numpy.isnan(theirs)
    if both.sum() < FEWEST_VALUES:
        return None
    own, other = float(numpy.median(mine[both])), float(numpy.median(theirs[both]))
    ratio = own / other if other > 0 else math.inf
    worse = ratio >= SLOWER and superiority(mine[both], theirs[both]) >= SUPERIOR
    return Standing(Measure.LATENCY, own, other, worse, ratio <= ALIKE)


def _latencies(scene: Scene, part: Part, span: Span) -> Numbers | None:
    series = scene.latency_of(part)
    if series is None or requests_of(part, span) < FEWEST_REQUESTS:
        return None
    return values_in(series, span)


def _median_over_parts(rows: Sequence[Numbers]) -> Numbers:
    stacked = numpy.stack(rows)
    told = ~numpy.isnan(stacked).all(axis=0)
    median = numpy.full(stacked.shape[1], math.nan)
    median[told] = numpy.nanmedian(stacked[:, told], axis=0)
    return median


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


def level_of(scene: Scene, part: Part, span: Span) -> float | None:
    """Return the latency (seconds) or the error ratio of a part over a span, None where too little tells it."""
    if scene.measure is Measure.ERRORS:
        found = counted(part.traffic, part.error_ratio, span)
        return found.ratio if found is not None and found.requests >= FEWEST_REQUESTS else None
    values = _latencies(scene, part, span)
    told = values[~numpy.isnan(values)] if values is not None else ()
    return float(numpy.median(told)) if len(told) >= FEWEST_VALUES else None
