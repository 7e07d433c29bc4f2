"""Alerts that other people's rules raised, attached to the models they speak of."""

from collections.abc import Iterable

import msgspec

from console.detect.case import Case
from console.detect.progress import by_age
from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.label import harmless
from console.domain.model import Model

MODEL_LABELS = ("model", "model_name")
"""Alert labels that may name a model, the first that is there counts."""
CRITICAL_SEVERITIES = frozenset({"critical", "page", "emergency", "error", "high"})


def attach(alerts: Iterable[Alert], models: Iterable[Model]) -> tuple[Alert, ...]:
    """Return the alerts, each with the id of the one model that its labels name, where they name exactly one."""
    by_name: dict[str, list[Model]] = {}
    for model in models:
        by_name.setdefault(model.name.raw, []).append(model)
    return tuple(msgspec.structs.replace(alert, model_id=_model_of(alert, by_name)) for alert in alerts)


def _model_of(alert: Alert, by_name: dict[str, list[Model]]) -> str | None:
    name = next((alert.labels[label] for label in MODEL_LABELS if alert.labels.get(label)), None)
    namesakes = by_name.get(name, []) if name else []
    fitting = [
        model
        for model in namesakes
        if all(alert.labels.get(key, value) == value for key, value in model.labels.items())
    ]
    return fitting[0].id if len(fitting) == 1 else None


def judge_alerts(case: Case, alerts: Iterable[Alert]) -> list[Anomaly]:
    """Return an anomaly per firing alert of the model that nobody silenced."""
    found: dict[str, Anomaly] = {}
    for alert in alerts:
        if alert.model_id != case.model_id or alert.silenced or alert.state != "firing":
            continue
        anomaly = Anomaly(
            id=_anomaly_id(case.model_id, alert.name.raw),
            kind=AnomalyKind.ALERT,
            signal=None,
            severity=_severity(alert),
            onset=alert.since,
            summary=f"alert {alert.name.shown} is firing",
            evidence=(harmless(alert.summary),) if alert.summary else (),
        )
        known = found.get(anomaly.id)
        if known is None or (anomaly.severity is Severity.CRITICAL, -anomaly.onset) > (
            known.severity is Severity.CRITICAL,
            -known.onset,
        ):
            found[anomaly.id] = by_age(anomaly, case.at)
    return list(found.values())


def alert_name(anomaly: Anomaly, model_id: str) -> str | None:
    """Return the raw name of the alert that is an anomaly of a model, None where the anomaly is none."""
    return anomaly.id.removeprefix(_anomaly_id(model_id, "")) if anomaly.kind is AnomalyKind.ALERT else None


def _anomaly_id(model_id: str, name: str) -> str:
    return f"{model_id}/alert/{name}"


def _severity(alert: Alert) -> Severity:
    return Severity.CRITICAL if (alert.severity or "").lower() in CRITICAL_SEVERITIES else Severity.WARNING
