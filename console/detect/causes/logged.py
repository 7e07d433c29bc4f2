"""Why anomalies of logged predictions began, where their own log names no cause: beside each other and the metrics.

`console.detect.drift.causes` has tested what the log itself tells. What it leaves open are outputs that drift alone and
a quality that fell.
"""

from collections.abc import Sequence

import msgspec

from console.detect.causes.competition import causes_of
from console.detect.causes.finding import Fact, Finding
from console.detect.causes.weights import FactKey
from console.domain.anomaly import Anomaly, AnomalyKind, CauseKind
from console.domain.change import Change, ChangeKind
from console.domain.label import harmless
from console.domain.moments import clock_time

BUCKET = 3600.0
"""Seconds of a window of the log: its anomalies are told from the start of the window in which they began."""
SLACK = 600.0
"""Seconds by which the two clocks, of the log and of the metrics, may differ."""
_OPEN = frozenset({AnomalyKind.PREDICTION_DRIFT, AnomalyKind.MODEL_QUALITY})


def explain_logged(anomalies: tuple[Anomaly, ...], changes: Sequence[Change]) -> tuple[Anomaly, ...]:
    """Return the anomalies of a model; those of its log that have no cause yet with one, `unknown` if need be."""
    return tuple(
        msgspec.structs.replace(anomaly, causes=causes_of(_examine(anomaly, anomalies, changes)))
        if anomaly.kind in _OPEN and not anomaly.causes
        else anomaly
        for anomaly in anomalies
    )


def began_in_window(instant: float, logged: float) -> bool:
    """Return whether what happened at an instant fell into the window of the log whose start is `logged`."""
    return logged - SLACK <= instant <= logged + BUCKET + SLACK


def _examine(anomaly: Anomaly, anomalies: Sequence[Anomaly], changes: Sequence[Change]) -> tuple[Finding, ...]:
    return (
        _release(anomaly, changes),
        _inputs(anomaly, anomalies, AnomalyKind.DATA_QUALITY, CauseKind.UPSTREAM_DATA, FactKey.INPUTS_BROKEN),
        _inputs(anomaly, anomalies, AnomalyKind.FEATURE_DRIFT, CauseKind.POPULATION_SHIFT, FactKey.INPUTS_MOVED),
    )


def _release(anomaly: Anomaly, changes: Sequence[Change]) -> Finding:
    near = [
        change
        for change in changes
        if change.kind in (ChangeKind.VERSION, ChangeKind.ROLLOUT) and began_in_window(change.at, anomaly.onset)
    ]
    if not near:
        return Finding(CauseKind.NEW_VERSION, untestable="releases of that hour")
    words = f"{harmless(near[-1].detail)} at {clock_time(near[-1].at)}, within the hour in which it began"
    return Finding(CauseKind.NEW_VERSION, (Fact(FactKey.RELEASED_IN_WINDOW, words),))


def _inputs(
    anomaly: Anomaly, anomalies: Sequence[Anomaly], kind: AnomalyKind, cause: CauseKind, key: FactKey
) -> Finding:
    for other in anomalies:
        if other.kind is kind and abs(other.onset - anomaly.onset) <= BUCKET:
            return Finding(cause, (Fact(key, f"{other.summary}, since the same time"),))
    words = "no input is broken" if kind is AnomalyKind.DATA_QUALITY else "no input moved"
    return Finding(cause, (Fact(FactKey.INPUTS_WHOLE, words),))
