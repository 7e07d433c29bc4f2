"""What a playbook looks at, read from a snapshot: values for its conditions, and texts for the screen."""

import math
from collections.abc import Mapping

import msgspec

from console.detect.capacity import CurveFinding, capacity_of, latency_of
from console.domain.anomaly import Severity, Status
from console.domain.change import ChangeKind
from console.domain.load_curve import CapacityFinding
from console.domain.moments import in_words
from console.domain.quantity import format_quantity
from console.domain.run import Evidence
from console.domain.signal import SATURATION, TRAFFIC, Reading, State
from console.domain.snapshot import ModelView, Snapshot
from console.engine.blamed_pod import blamed_pod
from console.engine.change_evidence import changes_seen
from console.playbooks.document import Playbook
from console.playbooks.evidence import (
    HEADLINE,
    AnomalyEvidence,
    ChangeEvidence,
    ComputedEvidence,
    EvidenceSource,
    QueryEvidence,
    SignalEvidence,
    WorkloadEvidence,
)
from console.playbooks.sizing import Demand, replicas_for

REFRESHES_MISSED = 3
LEEWAY = 30.0
"""Seconds that a snapshot may lag behind the clock by its grid and by slow sources."""

_MOST_NAMED = 2
_NO_ANSWERS: Mapping[str, "Answer"] = {}
_STATE_IN_WORDS = {
    State.NO_TRAFFIC: "no traffic",
    State.NO_DATA: "no data",
    State.STALE: "no data any more",
    State.PARTIAL: "known in part only",
    State.NOT_EXPORTED: "not exported",
    State.NOT_ENOUGH_DATA: "not enough data",
    State.ERROR: "cannot be read",
    State.SOURCE_DOWN: "its source is down",
}


class Observation(msgspec.Struct, frozen=True):
    """The evidence at the instant of a snapshot (UTC seconds).

    What is not known is None among `values`; `partial` names those that are known in part only.
    """

    at: float
    values: dict[str, float | None]
    evidence: tuple[Evidence, ...]
    fresh_for: float
    partial: tuple[str, ...] = ()
    capacity: CapacityFinding = CapacityFinding()
    """What a replica carries, where the playbook computes how many are needed."""
    blamed_pod: str | None = None
    """The pod that the likeliest cause blames, where it is one."""


class Answer(msgspec.Struct, frozen=True):
    """What a query said, in words as well; None is unknown, `is_partial` that a part of the servers did not answer."""

    value: float | None
    text: str
    is_partial: bool = False


NOT_ASKED = Answer(None, "unknown: not read yet")


def fresh_for(snapshot: Snapshot) -> float:
    """Return for how many seconds a snapshot speaks for the present."""
    return REFRESHES_MISSED * snapshot.refresh_seconds + LEEWAY


def observe_evidence(
    playbook: Playbook,
    snapshot: Snapshot,
    model_id: str,
    max_replicas: int,
    now: float,
    *,
    was_resized: bool = False,
    found: CurveFinding | None = None,
    answers: Mapping[str, Answer] = _NO_ANSWERS,
) -> Observation:
    """Return the evidence of a playbook for a model.

    Everything is unknown when the snapshot is older than it may be at `now` (UTC seconds) or does not hold the model.
    `was_resized` says that the console itself changed its replicas since the normal traffic was measured; `found` is
    how its latency grew with the load of a replica, None where nobody has looked; `answers` are those of the playbook's
    queries, by name.
    """
    view = snapshot.find(model_id)
    age = now - snapshot.taken_at if snapshot.live else 0.0
    values: dict[str, float | None] = {}
    capacity = CapacityFinding()
    evidence = []
    for name, source in playbook.evidence.items():
        if view is None:
            seen = Evidence(name, _title(source, view), None, "the model is not there any more")
        elif age > fresh_for(snapshot):
            seen = Evidence(name, _title(source, view), None, f"not read for {in_words(age)}")
        elif isinstance(source, ComputedEvidence):
            capacity = capacity_of(found, view) if found is not None else capacity
            demand = _demand(view, capacity, was_resized=was_resized)
            most = min(max_replicas, playbook.limits.max_replicas)
            sizing = replicas_for(demand, playbook.limits.max_factor, most)
            number = f"{sizing.replicas}: " if sizing.replicas is not None else "unknown: "
            seen = Evidence(name, _title(source, view), sizing.replicas, number + sizing.reason)
        elif isinstance(source, QueryEvidence):
            answer = answers.get(name, NOT_ASKED)
            seen = Evidence(name, _title(source, view), answer.value, answer.text)
        elif isinstance(source, ChangeEvidence):
            seen = Evidence(name, _title(source, view), *changes_seen(source, view, snapshot.at))
        elif isinstance(source, AnomalyEvidence):
            seen = Evidence(name, _title(source, view), *_anomalies(source, view))
        else:
            seen = _read(name, source, view, values)
        values[name] = seen.value
        evidence.append(seen)
    partial = _partial(playbook, view, values) if view is not None else ()
    partial += tuple(name for name, answer in answers.items() if answer.is_partial and values[name] is not None)
    blamed = blamed_pod(view) if view is not None and age <= fresh_for(snapshot) else None
    return Observation(snapshot.taken_at, values, tuple(evidence), fresh_for(snapshot), partial, capacity, blamed)


def limit_in_words(reading: Reading) -> str | None:
    """Return what a value is judged by, an objective where somebody promised one: `objective 0.50 s`."""
    if reading.limit is None:
        return None
    word = "limit" if reading.objective is None else "objective"
    return f"{word} {format_quantity(reading.limit, reading.signal.unit)}"


def _read(
    name: str, source: SignalEvidence | WorkloadEvidence, view: ModelView, values: dict[str, float | None]
) -> Evidence:
    title = _title(source, view)
    if isinstance(source, WorkloadEvidence):
        return _of_workload(name, title, source, view)
    reading = _reading(source.signal, view)
    if reading is None:
        return Evidence(name, title, None, "not exported")
    values[f"{name}.expected"] = _finite(reading.expected)
    values[f"{name}.objective"] = _finite(reading.limit)
    return Evidence(name, title, _current(reading), _told(reading))


def _partial(playbook: Playbook, view: ModelView, values: dict[str, float | None]) -> tuple[str, ...]:
    """Return the names of the evidence that has a value of which a part is missing."""
    signals = {name: source.signal for name, source in playbook.evidence.items() if isinstance(source, SignalEvidence)}
    readings = {name: _reading(signal, view) for name, signal in signals.items()}
    return tuple(
        name
        for name, reading in readings.items()
        if reading is not None and reading.state is State.PARTIAL and values[name] is not None
    )


def _title(source: EvidenceSource, view: ModelView | None) -> str:
    if source.title is not None:
        return source.title
    match source:
        case SignalEvidence():
            reading = _reading(source.signal, view) if view is not None else None
            return reading.signal.title if reading is not None else source.signal.replace("_", " ")
        case WorkloadEvidence():
            return "replicas asked for" if source.workload == "replicas" else "replicas ready"
        case ComputedEvidence():
            return "replicas needed"
        case QueryEvidence():
            return "query"
        case ChangeEvidence():
            return f"changes of {' or '.join(source.change)}"
        case AnomalyEvidence():
            return "anomalies" if source.anomalies == "standing" else "critical anomalies"


def _reading(signal: str, view: ModelView) -> Reading | None:
    name = latency_of(view) if signal == HEADLINE else signal
    return view.readings.get(name) if name is not None else None


def _current(reading: Reading | None) -> float | None:
    """Return a value that is current, in part or as a whole; a stale one is unknown."""
    return _finite(reading.value) if reading is not None and reading.state in (State.OK, State.PARTIAL) else None


def _finite(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _told(reading: Reading) -> str:
    unit = reading.signal.unit
    value = _current(reading)
    if value is None:
        return f"unknown: {reading.detail or _STATE_IN_WORDS[reading.state]}"
    told = format_quantity(value, unit, at_least=reading.at_least)
    limit = limit_in_words(reading)
    if limit is not None:
        told += f", {limit}"
    elif reading.expected is not None:
        told += f", normally {format_quantity(reading.expected, unit)}"
    if reading.state is State.PARTIAL:
        told += f" ({_STATE_IN_WORDS[reading.state]}: {reading.detail})" if reading.detail else " (known in part only)"
    return told


def _anomalies(source: AnomalyEvidence, view: ModelView) -> tuple[float | None, str]:
    """Return how many anomalies stand, and which; none is unknown where the model cannot be judged."""
    found = [each for each in view.standing if source.anomalies == "standing" or each.severity is Severity.CRITICAL]
    if not found and view.status is Status.UNKNOWN:
        return None, "unknown: too little is known of the model"
    told = "; ".join(each.summary for each in found[:_MOST_NAMED])
    return len(found), f"{len(found)}: {told}" if told else "0"


def _of_workload(name: str, title: str, source: WorkloadEvidence, view: ModelView) -> Evidence:
    finding = view.workload
    if finding is None or finding.workload is None:
        reason = finding.reason if finding is not None and finding.reason else "no workload is known"
        return Evidence(name, title, None, f"unknown: {reason}")
    value = finding.workload.replicas if source.workload == "replicas" else finding.workload.ready
    return Evidence(name, title, value, str(value))


def _demand(view: ModelView, capacity: CapacityFinding, *, was_resized: bool) -> Demand:
    workload = view.workload.workload if view.workload is not None else None
    replicas = workload.replicas if workload is not None else None
    has_changed = any(change.kind is ChangeKind.REPLICAS for change in view.changes)
    traffic, saturation = view.readings.get(TRAFFIC.name), view.readings.get(SATURATION.name)
    return Demand(
        replicas=replicas,
        traffic=_current(traffic),
        expected_traffic=traffic.expected if traffic is not None else None,
        saturation=_current(saturation),
        expected_saturation=saturation.expected if saturation is not None else None,
        is_steady=not was_resized and not has_changed and view.replicas == replicas,
        ready=workload.ready if workload is not None else None,
        need=capacity.need,
        measured=capacity.in_words() if capacity.need is not None else "",
    )
