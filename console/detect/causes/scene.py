"""What every test of a cause reads: one anomaly, what surrounds it, and the spans of time that are compared."""

from enum import StrEnum

import msgspec

from console.detect.case import Case
from console.detect.causes.levels import Shift, Span, level, shift, turned_at
from console.domain.anomaly import Anomaly, AnomalyKind
from console.domain.circumstances import Circumstances
from console.domain.series import Series
from console.domain.signal import ERROR_RATIO, LATENCY_MEAN, TRAFFIC

LOOK_BACK = 3600.0
"""Seconds before an onset whose median is what was before, whatever changed in the younger half of them."""
LEAD = 300.0
"""Seconds before an onset that count to neither side: rates are over five minutes, and limits are broken late."""
LONGEST_AFTER = 1800.0
"""Seconds after an onset that are compared: later, what people and autoscalers did is in it."""
_POINTS_OF_A_SPAN = 4
"""Points that each of the spans holds at least: what is old is read at steps of up to an hour."""
OLDEST = 900.0
"""Seconds from the start of what is known that stand for what was before an anomaly that is older."""
WORSE = 1.5
"""The factor from which on an anomaly got worse, and by which a dependency is slower."""
LEAST_ERRORS = 0.01
"""The error ratio below which a part is not called broken: a few failures are everywhere."""
DAY = 86_400.0
SEASON = 1800.0
"""Seconds around the same time of yesterday whose median is what this hour usually has."""


class Measure(StrEnum):
    """In what a model's parts are compared."""

    LATENCY = "latency"
    ERRORS = "errors"


class Scene(msgspec.Struct, frozen=True):
    """One anomaly of a model and everything that may explain it.

    `before` and `after` are the spans that are compared, `since` all the time from the onset to the end of the anomaly.
    `turn` is when the anomaly's own signal went to where it is: the onset, or later where it only got worse then. An
    anomaly that is older than all that is known is looked at from its turn on.
    """

    case: Case
    anomaly: Anomaly
    anomalies: tuple[Anomaly, ...]
    circumstances: Circumstances
    measure: Measure
    before: Span
    after: Span
    since: Span
    turn: float
    lead: float = LEAD
    """Seconds within which two events are at the same time: those of rates, or a step of an old incident."""

    @property
    def onset(self) -> float:
        """Return when the anomaly began (UTC seconds)."""
        return self.since.start

    def of_model(self, signal: str) -> Series | None:
        """Return a signal of the whole model at the finest points that reach before the onset."""
        fine = self.case.history.fine.get(signal)
        if fine is not None and fine.grid.start <= self.before.end - LEAD:
            return fine
        return self.case.history.as_far_back(signal) or fine

    def traffic_of_season(self) -> float | None:
        """Return requests per second at the same time of the day before, None where that is not known."""
        middle = (self.after.start + self.after.end) / 2 - DAY
        return level(
            self.case.history.as_far_back(TRAFFIC.name), Span(middle - SEASON / 2 - LEAD, middle + SEASON / 2 + LEAD)
        )

    def moved(self, series: Series | None) -> Shift | None:
        """Return how a series moved over the onset."""
        return shift(series, self.before, self.after)

    @property
    def least_notable(self) -> float:
        """Return what nobody notices: an error ratio that a part may have by chance; no latency."""
        return LEAST_ERRORS if self.measure is Measure.ERRORS else 0.0

    def breaks_limit(self, value: float, *, is_mean: bool) -> bool:
        """Return whether a latency of a part breaks what the model's latency broke, where both are of one kind."""
        limit, signal = self.anomaly.limit, self.anomaly.signal
        if self.measure is Measure.ERRORS or limit is None or signal is None or not signal.startswith("latency_"):
            return False
        return value > limit and is_mean == (signal == LATENCY_MEAN.name)


def scene_of(case: Case, anomaly: Anomaly, anomalies: tuple[Anomaly, ...], circumstances: Circumstances) -> Scene:
    """Return the scene of an anomaly."""
    end = anomaly.recovering_since or case.at
    turn, is_older = _turn(case, anomaly, end)
    onset = turn if is_older else anomaly.onset
    step = circumstances.grid.step
    lead = max(LEAD, step)
    shortest = lead + _POINTS_OF_A_SPAN * step
    last = min(end, turn + max(LONGEST_AFTER, shortest))
    return Scene(
        case=case,
        anomaly=anomaly,
        anomalies=anomalies,
        circumstances=circumstances,
        measure=_measure(case, anomaly),
        before=Span(onset - max(LOOK_BACK, shortest), onset - lead),
        after=Span(turn + min((last - turn) / 2, lead), last),
        since=Span(onset, last),
        turn=turn,
        lead=lead,
    )


def _turn(case: Case, anomaly: Anomaly, end: float) -> tuple[float, bool]:
    """Return when the anomaly's signal went to its newest level, and whether the onset is older than what is known.

    It is not before the onset, unless that lies before all that is known: then it is when it last got worse by far.
    """
    series = case.history.fine.get(anomaly.signal or "")
    if series is None:
        return anomaly.onset, False
    newest = Span(max(anomaly.onset, end - LEAD), end)
    earlier = Span(anomaly.onset - LOOK_BACK, anomaly.onset - LEAD)
    is_older = earlier.end < series.grid.start
    if is_older:
        earlier = Span(series.grid.start, series.grid.start + OLDEST)
    moved = shift(series, earlier, newest)
    if moved is None or not moved.rose(WORSE):
        return anomaly.onset, False
    turned = turned_at(series, moved, Span(earlier.start, end))
    if turned is None:
        return anomaly.onset, False
    return max(turned, anomaly.onset), is_older


def _measure(case: Case, anomaly: Anomaly) -> Measure:
    if anomaly.kind is AnomalyKind.ERRORS:
        return Measure.ERRORS
    if anomaly.kind is not AnomalyKind.ALERT:
        return Measure.LATENCY
    before, after = Span(anomaly.onset - LOOK_BACK, anomaly.onset - LEAD), Span(anomaly.onset, case.at)
    headline = case.headline()
    slower = shift(case.history.fine.get(headline.name), before, after) if headline else None
    failing = shift(case.history.fine.get(ERROR_RATIO.name), before, after)
    more_failures = failing is not None and failing.after >= 0.01 and failing.rose(2)
    return Measure.ERRORS if more_failures and not (slower and slower.rose(1.5)) else Measure.LATENCY
