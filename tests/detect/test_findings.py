import msgspec

from console.detect.findings import PredictionFindings, onto, untold
from console.domain.anomaly import Anomaly, AnomalyKind, Incident, Severity, Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.signal import DATA_QUALITY, FEATURE_DRIFT, LATENCY_P99, TRAFFIC, Reading, State
from console.domain.snapshot import ModelView

FRAUD = Model("fraud", Label("fraud"))
ADS = Model("ads", Label("ads"))
AT = 10_000.0
HEALTHY = Reading(TRAFFIC, State.OK, 40.0)


def anomaly(kind: AnomalyKind, signal: str, severity: Severity, onset: float) -> Anomaly:
    return Anomaly(f"fraud/{signal}", kind, signal, severity, onset, f"{signal} broke")


NULLS = anomaly(AnomalyKind.DATA_QUALITY, "data_quality", Severity.CRITICAL, 100.0)
SLOW = anomaly(AnomalyKind.LATENCY, "latency_p99", Severity.WARNING, 50.0)
FINDING = PredictionFindings(
    FRAUD,
    {
        "data_quality": Reading(DATA_QUALITY, State.OK, 0.62, seen=9_000.0, feature="age"),
        "feature_drift": Reading(FEATURE_DRIFT, State.NOT_ENOUGH_DATA),
    },
    (NULLS,),
)


def view(model: Model, *anomalies: Anomaly) -> ModelView:
    incident = Incident(model.id, min(each.onset for each in anomalies), anomalies) if anomalies else None
    status = Status.WARNING if anomalies else Status.OK
    return ModelView(model, status, {"traffic": HEALTHY}, incident=incident)


def test_broken_data_makes_a_healthy_looking_model_critical_and_first() -> None:
    first, second = onto([view(ADS), view(FRAUD)], [FINDING], AT)
    assert (first.model, first.status, second.status) == (FRAUD, Status.CRITICAL, Status.OK)
    assert list(first.readings) == ["traffic", "data_quality", "feature_drift"]
    assert first.incident == Incident("fraud", 100.0, (NULLS,))


def test_one_model_has_one_incident_from_the_first_onset_worst_first() -> None:
    (found,) = onto([view(FRAUD, SLOW)], [FINDING], AT)
    assert found.incident == Incident("fraud", 50.0, (NULLS, SLOW))


def test_what_the_log_said_before_does_not_stay_when_it_says_otherwise() -> None:
    (broken,) = onto([view(FRAUD)], [FINDING], AT)
    mended = PredictionFindings(FRAUD, {"data_quality": Reading(DATA_QUALITY, State.OK, 0.0)})
    (found,) = onto([broken], [mended], AT)
    assert (found.status, found.incident) == (Status.OK, None)


def test_a_model_that_has_no_view_is_left_out() -> None:
    (found,) = onto([view(ADS)], [FINDING], AT)
    assert found == view(ADS)


def test_a_store_that_is_down_leaves_its_last_values_and_anomalies_and_no_health() -> None:
    (found,) = untold([FINDING], "connection refused")
    assert {reading.state for reading in found.readings.values()} == {State.SOURCE_DOWN}
    assert found.readings["data_quality"].value == 0.62
    assert found.anomalies == (msgspec.structs.replace(NULLS, last_seen=9_000.0),)
    quiet = PredictionFindings(FRAUD, {"feature_drift": Reading(FEATURE_DRIFT, State.OK, 0.02)})
    (unknown,) = onto([view(FRAUD)], untold([quiet], "connection refused"), AT)
    assert unknown.status is Status.UNKNOWN


def test_latency_is_none_of_the_log_s_business() -> None:
    slow = {"latency_p99": Reading(LATENCY_P99, State.OK, 2.4)}
    (found,) = onto([ModelView(FRAUD, Status.OK, slow)], [FINDING], AT)
    assert found.readings["latency_p99"].value == 2.4
