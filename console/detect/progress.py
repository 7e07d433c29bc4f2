"""How far an anomaly is at an instant: new, ongoing, recovering or recovered."""

from collections.abc import Mapping

import msgspec

from console.detect.breach import Breach
from console.domain.anomaly import Anomaly, AnomalyKind, Progress
from console.domain.signal import FROM_PREDICTIONS, Reading

NEW_SECONDS = 900.0
"""How long after its onset an anomaly that has not come back is new."""
NEW_SECONDS_OF_LOGS = 7_200.0
"""The same of what logged predictions tell, which is judged by the hour."""

_FROM_PREDICTIONS = frozenset(signal.name for signal in FROM_PREDICTIONS)


def with_breach(anomaly: Anomaly, breach: Breach, at: float) -> Anomaly:
    """Return the anomaly with the course of its breach as it is at an instant (UTC seconds)."""
    return msgspec.structs.replace(
        anomaly,
        onset=breach.onset,
        onset_is_earlier=breach.is_earlier,
        progress=progress_of(breach, at),
        recovering_since=breach.recovering_since,
        returns=breach.returns,
        ended=breach.ended,
        last_seen=breach.last_seen if breach.ended is None else None,
    )


def progress_of(breach: Breach, at: float) -> Progress:
    """Return how far a breach is at an instant (UTC seconds)."""
    if breach.ended is not None:
        return Progress.RECOVERED
    if breach.recovering_since is not None:
        return Progress.RECOVERING
    return Progress.NEW if at - breach.onset < NEW_SECONDS and not breach.returns else Progress.ONGOING


def by_age(anomaly: Anomaly, at: float) -> Anomaly:
    """Return an anomaly of which only the onset is known as it is at an instant (UTC seconds): new or ongoing."""
    is_of_a_log = anomaly.signal in _FROM_PREDICTIONS
    is_new = at - anomaly.onset < (NEW_SECONDS_OF_LOGS if is_of_a_log else NEW_SECONDS)
    return msgspec.structs.replace(anomaly, progress=Progress.NEW if is_new else Progress.ONGOING)


def unseen(anomaly: Anomaly, readings: Mapping[str, Reading], answered: float | None = None) -> Anomaly:
    """Return an anomaly whose source does not answer: whether it still holds is not known since it was seen last.

    Where no reading says when that was, it is when the source `answered` (UTC seconds).
    """
    reading = readings.get(anomaly.signal) if anomaly.signal is not None else None
    seen = [reading.seen] if reading is not None else [each.seen for each in readings.values()]
    last_seen = max((instant for instant in seen if instant is not None), default=answered or anomaly.onset)
    if anomaly.is_over or anomaly.last_seen is not None or anomaly.kind is AnomalyKind.ALERT:
        return anomaly
    return msgspec.structs.replace(anomaly, last_seen=last_seen)
