"""Which pod is proposed to a person: the one that the likeliest cause blames, and none where that is not certain."""

import pytest

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Incident, Progress, Severity, Status
from console.domain.label import Label
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.snapshot import ModelView
from console.engine.blamed_pod import blamed_pod

KNOWN = WorkloadFinding(Workload("simulated", "ml", "Deployment", "fraud", "u-1", replicas=3, ready=3))


def blames(*replicas: str, kind: CauseKind = CauseKind.BAD_REPLICA) -> Cause:
    return Cause(kind, 0.9, "worse than the others", replicas=replicas)


def anomaly(*causes: Cause, signal: str = "latency_p99", progress: Progress = Progress.ONGOING) -> Anomaly:
    kind = AnomalyKind.LATENCY
    return Anomaly(f"fraud/{signal}", kind, signal, Severity.CRITICAL, 0.0, "slow", causes=causes, progress=progress)


def view_of(*anomalies: Anomaly, workload: WorkloadFinding | None = KNOWN) -> ModelView:
    incident = Incident("fraud", 0.0, anomalies)
    return ModelView(Model("fraud", Label("fraud")), Status.CRITICAL, {}, incident=incident, workload=workload)


def test_the_pod_that_every_anomaly_blames_is_proposed() -> None:
    slow, failing = (anomaly(blames("fraud-5f6d-x2x7k"), signal=signal) for signal in ("latency_p99", "error_ratio"))
    assert blamed_pod(view_of(slow, failing)) == "fraud-5f6d-x2x7k"


@pytest.mark.parametrize(
    "anomalies",
    [
        (),
        (anomaly(),),
        (anomaly(blames("fraud-5f6d-a", "fraud-5f6d-b")),),
        (anomaly(blames("fraud-5f6d-a")), anomaly(blames("fraud-5f6d-b"), signal="error_ratio")),
        (anomaly(blames("fraud-5f6d-a", kind=CauseKind.NEW_VERSION)),),
        (anomaly(blames(kind=CauseKind.NEW_VERSION), blames("fraud-5f6d-a")),),
        (anomaly(blames("fraud-5f6d-a"), progress=Progress.RECOVERED),),
        (anomaly(blames("10.0.0.1:8080")),),
        (anomaly(blames("10.0.0.1")),),
        (anomaly(blames("eta-5f6d-a")),),
        (anomaly(blames("fraud-a\x1b[2J")),),
        (anomaly(blames("fraud-a; rm -rf ~")),),
    ],
)
def test_without_certainty_none_is_proposed(anomalies: tuple[Anomaly, ...]) -> None:
    assert blamed_pod(view_of(*anomalies)) is None


@pytest.mark.parametrize("workload", [None, WorkloadFinding(None, "no pods")])
def test_none_is_proposed_where_no_workload_is_known(workload: WorkloadFinding | None) -> None:
    assert blamed_pod(view_of(anomaly(blames("fraud-5f6d-a")), workload=workload)) is None
