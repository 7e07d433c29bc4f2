"""What every test of a cause reads: one anomaly, what surrounds it, and the spans of time that are compared."""

from enum import StrEnum

import msgspec

from console.detect.case import Case
from console.detect.causes.levels import Shift, Span, level, shift
from console.domain.anomaly import Anomaly, AnomalyKind
from console.domain.circumstances import Circumstances, Part
from console.domain.series import Series
from console.domain.signal import ERROR_RATIO, LATENCY_MEAN, TRAFFIC

LOOK_BACK = 3600.0
"""Seconds before an onset whose median is what was before, whatever changed in the younger half of them."""
LEAD = 300.0
"""Seconds before an onset that count to neither side: rates are over five minutes, and limits are broken late."""
LONGEST_AFTER = 1800.0
"""Seconds after an onset that are compared: later, what people and autoscalers did is in it."""
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
    """

    case: Case
    anomaly: Anomaly
    anomalies: tuple[Anomaly, ...]
    circumstances: Circumstances
    measure: Measure
    before: Span
    after: Span
    since: Span

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

    def latency_of(self, part: Part) -> Series | None:
        """Return the latency of a part that says most of this anomaly: of the same kind, if it has any."""
        mean_first = self.anomaly.signal == LATENCY_MEAN.name
        for series in (part.latency, part.latency_high) if mean_first else (part.latency_high, part.latency):
            if series is not None and series.last_seen() is not None:
                return series
        return None


def scene_of(case: Case, anomaly: Anomaly, anomalies: tuple[Anomaly, ...], circumstances: Circumstances) -> Scene:
    """Return the scene of an anomaly."""
    onset = anomaly.onset
    end = min(anomaly.recovering_since or case.at, onset + LONGEST_AFTER)
    settled = onset + min((end - onset) / 2, LEAD)
    return Scene(
        case=case,
        anomaly=anomaly,
        anomalies=anomalies,
        circumstances=circumstances,
        measure=_measure(case, anomaly),
        before=Span(onset - LOOK_BACK, onset - LEAD),
        after=Span(settled, end),
        since=Span(onset, end),
    )


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
