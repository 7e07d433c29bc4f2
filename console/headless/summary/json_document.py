"""A snapshot as the JSON document `incident-console/summary/1`; within a version fields are only ever added."""

import math
from typing import Any

import msgspec

from console.domain.alert import Alert
from console.domain.anomaly import Anomaly
from console.domain.moments import rfc3339
from console.domain.signal import Reading, State
from console.domain.snapshot import ModelView, Snapshot

SCHEMA = "incident-console/summary/1"

_STATES_WITH_A_VALUE = frozenset({State.OK, State.PARTIAL, State.NOT_ENOUGH_DATA})
_FIRST_BEYOND_THE_BASIC_PLANE = 0x10000


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
            }
            for source in snapshot.sources
        ],
        "models": [_model(view) for view in snapshot.models],
        "alerts": [_alert(alert) for alert in snapshot.alerts],
    }
    return _escaped(msgspec.json.encode(document).decode()) + "\n"


def _model(view: ModelView) -> dict[str, Any]:
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
        "signals": {name: _reading(reading) for name, reading in view.readings.items()},
        "anomalies": [_anomaly(anomaly) for anomaly in view.anomalies],
    }


def _reading(reading: Reading) -> dict[str, Any]:
    """Return a reading; an old value never stands where a current one is expected."""
    is_current = reading.state in _STATES_WITH_A_VALUE
    return {
        "value": _number(reading.value) if is_current else None,
        "unit": reading.signal.unit,
        "state": reading.state,
        "expected": _number(reading.expected),
        "objective": _number(reading.objective),
        "limit": _number(reading.limit),
        "last_value": _number(reading.value),
        "seen": rfc3339(reading.seen) if reading.seen is not None else None,
        "detail": reading.detail,
    }


def _anomaly(anomaly: Anomaly) -> dict[str, Any]:
    return {
        "id": anomaly.id,
        "kind": anomaly.kind,
        "signal": anomaly.signal,
        "severity": anomaly.severity,
        "since": rfc3339(anomaly.onset),
        "since_is_earlier": anomaly.onset_is_earlier,
        "value": _number(anomaly.value),
        "unit": anomaly.unit,
        "expected": _number(anomaly.expected),
        "objective": _number(anomaly.objective),
        "limit": _number(anomaly.limit),
        "summary": anomaly.summary,
        "evidence": anomaly.evidence,
        "causes": [
            {"kind": cause.kind, "confidence": _number(cause.confidence), "detail": cause.detail}
            for cause in anomaly.causes
        ],
        "playbooks": [{"id": playbook.id, "title": playbook.title} for playbook in anomaly.playbooks],
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


def _number(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _escaped(document: str) -> str:
    """Return JSON in which every character that is not printable is an escape; it means the same to a parser."""
    if document.isprintable():
        return document
    return "".join(character if character.isprintable() else _escape(character) for character in document)


def _escape(character: str) -> str:
    code = ord(character)
    if code < _FIRST_BEYOND_THE_BASIC_PLANE:
        return f"\\u{code:04x}"
    high, low = divmod(code - _FIRST_BEYOND_THE_BASIC_PLANE, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
