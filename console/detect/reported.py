"""Drift that another tool has judged already: its word is an anomaly here."""

from collections.abc import Iterable, Mapping

from console.detect.findings import PredictionFindings
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.label import harmless
from console.domain.model import Model
from console.domain.quantity import format_quantity
from console.domain.signal import Reading

_LONGEST_NAME = 60


def judge_reported(model: Model, readings: Iterable[Reading], since: Mapping[str, float]) -> PredictionFindings:
    """Return what reports say of a model; `since` holds when (UTC seconds) a signal, by name, was first told broken."""
    told = tuple(readings)
    anomalies = tuple(_anomaly(model, one, since[one.signal.name]) for one in told if one.signal.name in since)
    return PredictionFindings(model, {one.signal.name: one for one in told}, anomalies)


def _anomaly(model: Model, reading: Reading, onset: float) -> Anomaly:
    kind = AnomalyKind(reading.signal.name)
    unit = reading.signal.unit
    what = f"`{harmless(reading.feature, _LONGEST_NAME)}`" if reading.feature is not None else "the data"
    broke = "is broken" if kind is AnomalyKind.DATA_QUALITY else "drifted"
    limit = f", limit {format_quantity(reading.limit, unit)}" if reading.limit else ""
    return Anomaly(
        id=f"{model.id}/{kind.value}",
        kind=kind,
        signal=reading.signal.name,
        severity=Severity.WARNING,
        onset=onset,
        summary=f"{what} {broke}: {format_quantity(reading.value, unit)}{limit}",
        unit=unit,
        value=reading.value,
        expected=reading.expected,
        limit=reading.limit,
        evidence=(reading.detail,) if reading.detail else (),
    )
