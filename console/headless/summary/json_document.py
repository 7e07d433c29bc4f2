"""A snapshot as the JSON document `incident-console/summary/1`; within a version fields are only ever added."""

from typing import Any

from console.domain.alert import Alert
from console.domain.anomaly import Anomaly
from console.domain.moments import rfc3339
from console.domain.shared_incident import SharedIncident
from console.domain.signal import FROM_PREDICTIONS, MODEL_QUALITY, Reading, State
from console.domain.snapshot import ModelView, Snapshot
from console.headless.json_text import json_text, number

SCHEMA = "incident-console/summary/1"

_STATES_WITH_A_VALUE = frozenset({State.OK, State.PARTIAL, State.NOT_ENOUGH_DATA})


def summary_json(snapshot: Snapshot) -> str:
    """Return the document on one line that ends with a newline.

    Numbers are numbers, NaN and infinity are null, times are RFC 3339 in UTC. Names are what they are, raw; characters
    that could steer a terminal are escaped.
    """
    document = {
        "schema": SCHEMA,
        "at": rfc3339(snapshot.at),
        "status": snapshot.status,
        "sources": [
            {
                "name": source.name,
                "status": source.status,
                "seconds": source.seconds,
                "detail": source.detail,
                "partial": source.partial,
                "replica": source.replica,
                "missing_members": source.missing_members,
                "baselines": source.baselines,
            }
            for source in snapshot.sources
        ],
        "shared_incidents": [_shared(shared) for shared in snapshot.shared_incidents],
        "models": [_model(view, snapshot.shared_by(view.model.id)) for view in snapshot.models],
        "alerts": [_alert(alert) for alert in snapshot.alerts],
    }
    return json_text(document)


def _shared(shared: SharedIncident) -> dict[str, Any]:
    return {
        "id": shared.id,
        "kind": shared.common.kind,
        "name": shared.common.name,
        "severity": shared.severity,
        "since": rfc3339(shared.onset),
        "models": shared.model_ids,
        "spared": shared.spared,
        "others": shared.others,
        "others_well": shared.others_well,
        "summary": shared.summary,
        "evidence": shared.evidence,
    }


def _model(view: ModelView, shared: SharedIncident | None) -> dict[str, Any]:
    workload = view.workload.workload if view.workload else None
    return {
        "id": view.model.id,
        "name": view.model.name.raw,
        "labels": view.model.labels,
        "status": view.status,
        "versions": view.versions,
        "workload": {"kind": workload.kind, "namespace": workload.namespace, "name": workload.name}
        if workload
        else None,
        "incident": view.incident.id if view.incident else None,
        "shared_incident": shared.id if shared is not None else None,
        "signals": {name: _reading(reading) for name, reading in view.readings.items()},
        "anomalies": [_anomaly(anomaly, _incident_of(anomaly, view)) for anomaly in view.anomalies],
        "changes": [{"kind": each.kind, "at": rfc3339(each.at), "detail": each.detail} for each in view.changes],
        "not_read": view.not_read,
        "oddities": [{"signal": odd.signal, "since": rfc3339(odd.since), "detail": odd.fact} for odd in view.oddities],
        "acknowledged": {"by": taken.by, "at": rfc3339(taken.at)} if (taken := view.acknowledged) is not None else None,
        "notes": [
            {"at": rfc3339(note.at), "by": note.by, "text": note.text, "follow_up": note.follow_up}
            for note in view.notes
        ],
        "links": [{"title": link.title, "url": link.url} for link in view.links if link.opens],
    }


def _reading(reading: Reading) -> dict[str, Any]:
    """Return a reading; an old value never stands where a current one is expected."""
    is_current = reading.state in _STATES_WITH_A_VALUE
    return {
        "value": number(reading.value) if is_current else None,
        "unit": reading.signal.unit,
        "state": reading.state,
        "expected": number(reading.expected),
        "objective": number(reading.objective),
        "limit": number(reading.limit),
        "last_value": number(reading.value),
        "seen": _time(reading.seen),
        "detail": reading.detail,
        "at_least": reading.at_least,
        **_of_predictions(reading),
    }


def _of_predictions(reading: Reading) -> dict[str, Any]:
    """Return what only the signals of logged predictions have: the column they speak of, and the metric of quality."""
    if reading.signal.name == MODEL_QUALITY.name:
        return {"metric": reading.signal.title}
    return {"feature": reading.feature} if reading.signal in FROM_PREDICTIONS else {}


def _incident_of(anomaly: Anomaly, view: ModelView) -> str | None:
    return next((incident.id for incident in view.incidents if anomaly in incident.anomalies), None)


def _anomaly(anomaly: Anomaly, incident: str | None) -> dict[str, Any]:
    return {
        "id": anomaly.id,
        "kind": anomaly.kind,
        "signal": anomaly.signal,
        "severity": anomaly.severity,
        "since": rfc3339(anomaly.onset),
        "since_is_earlier": anomaly.onset_is_earlier,
        "incident": incident,
        "progress": anomaly.progress,
        "returns": anomaly.returns,
        "recovering_since": _time(anomaly.recovering_since),
        "ended": _time(anomaly.ended),
        "last_seen": _time(anomaly.last_seen),
        "value": number(anomaly.value),
        "at_least": anomaly.at_least,
        "unit": anomaly.unit,
        "expected": number(anomaly.expected),
        "objective": number(anomaly.objective),
        "limit": number(anomaly.limit),
        "summary": anomaly.summary,
        "evidence": anomaly.evidence,
        "causes": [
            {
                "kind": cause.kind,
                "confidence": number(cause.confidence),
                "detail": cause.detail,
                "evidence": cause.evidence,
            }
            for cause in anomaly.causes
        ],
        "playbooks": [
            {"id": playbook.id, "title": playbook.title, "cause": playbook.cause, "ties": playbook.ties}
            for playbook in anomaly.playbooks
        ],
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "name": alert.name.raw,
        "model": alert.model_id,
        "severity": alert.severity,
        "state": alert.state,
        "since": rfc3339(alert.since),
        "labels": alert.labels,
        "fingerprint": alert.fingerprint,
        "runbook_url": alert.runbook_url,
        "dashboard_url": alert.dashboard_url,
        "generator_url": alert.generator_url,
        "silenced": alert.silenced,
    }


def _time(instant: float | None) -> str | None:
    return rfc3339(instant) if instant is not None else None
