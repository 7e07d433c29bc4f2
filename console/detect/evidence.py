"""Facts that stand beside an anomaly: load, saturation, and what changed shortly before its onset."""

import msgspec

from console.detect.at_limit import RESOURCES, is_near_limit, is_queueing
from console.detect.case import Case
from console.domain.anomaly import Anomaly, AnomalyKind
from console.domain.change import Change, ChangeKind
from console.domain.moments import clock_time
from console.domain.quantity import format_quantity, times
from console.domain.signal import QUEUE, TRAFFIC

_UNUSUAL_TRAFFIC = 1.3
_SECONDS_BEFORE_ONSET = 900.0
_LOAD_KINDS = frozenset({AnomalyKind.LATENCY, AnomalyKind.ERRORS, AnomalyKind.SATURATION})


def with_evidence(anomaly: Anomaly, case: Case, changes: tuple[Change, ...]) -> Anomaly:
    """Return the anomaly with the facts of load and change behind those that it already carries."""
    if anomaly.kind not in _LOAD_KINDS:
        return anomaly
    facts = (*anomaly.evidence, *_load(case, anomaly), *_changes_before(anomaly, changes))
    return msgspec.structs.replace(anomaly, evidence=facts)


def _load(case: Case, anomaly: Anomaly) -> list[str]:
    facts = []
    traffic, usual = case.last(TRAFFIC), case.expected(TRAFFIC)
    if traffic is not None and usual and traffic / usual >= _UNUSUAL_TRAFFIC:
        facts.append(f"traffic {times(traffic / usual)} its usual {format_quantity(usual, TRAFFIC.unit)}")
    for signal in RESOURCES:
        value = case.last(signal)
        if is_near_limit(value) and anomaly.signal != signal.name:
            facts.append(f"{signal.title} {format_quantity(value, signal.unit)}")
    queue = case.last(QUEUE)
    if queue is not None and is_queueing(queue, case.expected(QUEUE)):
        facts.append(f"{format_quantity(round(queue), QUEUE.unit)} requests waiting")
    return facts


def _changes_before(anomaly: Anomaly, changes: tuple[Change, ...]) -> list[str]:
    newest_first = reversed([c for c in changes if 0 <= anomaly.onset - c.at + 60 <= _SECONDS_BEFORE_ONSET])
    return [_in_words(change) for change in newest_first]


def _in_words(change: Change) -> str:
    subject = f"version {change.detail}" if change.kind is ChangeKind.VERSION else change.detail
    return f"{subject} since {clock_time(change.at)} UTC"
