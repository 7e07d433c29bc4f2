"""Models whose predictions are logged, for the tests of the renderers."""

import msgspec

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Incident, PlaybookOffer, Severity, Status
from console.domain.signal import (
    DATA_QUALITY,
    FEATURE_DRIFT,
    MODEL_QUALITY,
    PREDICTION_DRIFT,
    Direction,
    Reading,
    Signal,
    State,
)
from console.domain.snapshot import ModelView, Snapshot
from tests.headless.fleets import AT, PROMETHEUS, healthy

ACCURACY = Signal("model_quality", "accuracy", "1", Direction.LOW)


def broken_age() -> Anomaly:
    """A column that a pipeline fills with nulls."""
    return Anomaly(
        id="churn/data_quality",
        kind=AnomalyKind.DATA_QUALITY,
        signal="data_quality",
        severity=Severity.CRITICAL,
        onset=AT - 2460,
        summary="`age` null in 62 % of rows, expected 1 %",
        unit="ratio",
        value=0.62,
        causes=(Cause(CauseKind.UPSTREAM_DATA, 0.9, "sharp onset, inputs of all versions"),),
        playbooks=(PlaybookOffer("upstream-data-broken", "Find what broke the inputs"),),
    )


def drifted_income() -> Anomaly:
    """A column whose population moved."""
    return Anomaly(
        id="churn/feature_drift",
        kind=AnomalyKind.FEATURE_DRIFT,
        signal="feature_drift",
        severity=Severity.WARNING,
        onset=AT - 300,
        summary="`income` drifts, PSI 0.31: 18–25k 4 % → 19 %",
        unit="psi",
        value=0.31,
    )


def predicted(name: str, *anomalies: Anomaly, status: Status = Status.CRITICAL) -> ModelView:
    """A model with all signals of its log, and some anomalies."""
    view = healthy(
        name,
        status,
        feature_drift=Reading(FEATURE_DRIFT, State.OK, 0.31, 0.02, feature="income", seen=AT),
        prediction_drift=Reading(PREDICTION_DRIFT, State.NOT_ENOUGH_DATA, detail="31 rows, 50 are needed"),
        data_quality=Reading(DATA_QUALITY, State.OK, 0.62, feature="age", seen=AT),
        model_quality=Reading(ACCURACY, State.OK, 0.81, 0.95, 0.9, seen=AT - 7_200),
    )
    incident = Incident(name, AT - 2460, anomalies) if anomalies else None
    return msgspec.structs.replace(view, incident=incident)


def fleet_with_logs() -> Snapshot:
    """A model whose inputs broke, and one that is well."""
    waiting = Reading(MODEL_QUALITY, State.NOT_ENOUGH_DATA, detail="no labels yet")
    still = Reading(FEATURE_DRIFT, State.OK, 0.01, 0.01, feature="hour", seen=AT)
    well = healthy("ads", feature_drift=still, data_quality=Reading(DATA_QUALITY, State.OK, 0.0), model_quality=waiting)
    return Snapshot(AT, (PROMETHEUS,), (predicted("churn", broken_age(), drifted_income()), well))
