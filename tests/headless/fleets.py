"""Snapshots for the tests of the renderers."""

import math

import msgspec

from console.domain.alert import Alert
from console.domain.anomaly import (
    Anomaly,
    AnomalyKind,
    Cause,
    CauseKind,
    Incident,
    PlaybookOffer,
    Progress,
    Severity,
    Status,
)
from console.domain.label import Label
from console.domain.link import Link
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.shared_incident import Common, SharedIncident
from console.domain.signal import (
    ERROR_RATIO,
    LATENCY_MEAN,
    LATENCY_P50,
    LATENCY_P99,
    QUEUE,
    SATURATION,
    TRAFFIC,
    Reading,
    State,
)
from console.domain.snapshot import ModelView, Oddity, Snapshot, order_worst_first
from console.domain.source import SourceReport

AT = 1795317614.0
"""2026-11-22T03:20:14Z"""
PROMETHEUS = SourceReport("prometheus", Status.OK, 0.08, baselines="3 of 7 days")


def healthy(name: str, status: Status = Status.OK, **readings: Reading) -> ModelView:
    """A model with three signals in order, with other or further readings by signal name."""
    usual = {
        "traffic": Reading(TRAFFIC, State.OK, 1204.0, expected=1190.0),
        "error_ratio": Reading(ERROR_RATIO, State.OK, 0.0, expected=0.0, objective=0.001),
        "latency_p99": Reading(LATENCY_P99, State.OK, 0.05, expected=0.05),
    }
    return ModelView(Model(name, Label(name)), status, usual | readings)


def broken(name: str, anomaly: Anomaly, status: Status = Status.CRITICAL) -> ModelView:
    """A model with one anomaly."""
    return ModelView(Model(name, Label(name)), status, {}, incident=Incident(name, anomaly.onset, (anomaly,)))


def fraud() -> ModelView:
    """A model whose p99 broke with a new version."""
    anomaly = Anomaly(
        id="fraud/latency_p99",
        kind=AnomalyKind.LATENCY,
        signal="latency_p99",
        severity=Severity.CRITICAL,
        onset=AT - 719,
        summary="p99 2.40 s, expected 0.31 s",
        unit="s",
        value=2.4,
        expected=0.31,
        objective=0.5,
        evidence=("version v42 since 03:07:35 UTC",),
        causes=(
            Cause(CauseKind.NEW_VERSION, 0.93, "v42 since 03:08, p99 2.6 s against 0.3 s on v41"),
            Cause(CauseKind.BAD_REPLICA, 0.05, "1 of 6 replicas is slower than the others"),
        ),
        playbooks=(
            PlaybookOffer("roll-back-version", "Roll back to the last good version", CauseKind.NEW_VERSION),
            PlaybookOffer("bad-replica", "Take a bad replica out of service", CauseKind.BAD_REPLICA),
        ),
    )
    workload = Workload("prod-eu", "ml", "Deployment", "fraud", "uid-1", replicas=6, ready=6)
    return ModelView(
        Model("fraud", Label("fraud"), {"namespace": "ml"}),
        Status.CRITICAL,
        {
            "traffic": Reading(TRAFFIC, State.OK, 412.0, expected=405.0),
            "error_ratio": Reading(ERROR_RATIO, State.OK, 0.002, expected=0.001, objective=0.001),
            "latency_p50": Reading(LATENCY_P50, State.NOT_EXPORTED, detail="only means are exported"),
            "latency_p99": Reading(LATENCY_P99, State.OK, 2.4, expected=0.31, objective=0.5),
            "saturation": Reading(SATURATION, State.STALE, 0.61, seen=AT - 554, detail="had data, has none now"),
            "queue": Reading(QUEUE, State.PARTIAL, 3.0, detail="1 of its scrape targets down"),
        },
        versions={"v42": 0.9, "v41": 0.1},
        incident=Incident("fraud", anomaly.onset, (anomaly,)),
        workload=WorkloadFinding(workload),
        budget="budget for 30 days gone in 1 d 4 h",
        oddities=(Oddity("queue", AT - 300, "queue 3, usual at this hour 0 to 1"),),
        links=(
            Link("runbook of ModelLatencyHigh", "https://wiki.example/latency_(p99)"),
            Link("runbook of Other", "javascript:alert(1)", opens=False),
            Link("Grafana | dashboard", "https://grafana.example/d/abc?var-model=fraud&from=1795314014000"),
        ),
    )


def eta() -> ModelView:
    """A model with two anomalies, none of which has a cause."""
    slow = Anomaly(
        id="eta/latency_p99",
        kind=AnomalyKind.LATENCY,
        signal="latency_p99",
        severity=Severity.WARNING,
        onset=AT - 372,
        onset_is_earlier=True,
        summary="p99 0.41 s, expected 0.22 s",
        unit="s",
        value=0.41,
        expected=0.22,
        objective=math.nan,
        evidence=("traffic 2.6× its usual 46/s",),
        playbooks=(
            PlaybookOffer("scale-out", "Add replicas", CauseKind.UNKNOWN, ties=("look-around",)),
            PlaybookOffer("look-around", "Look around", CauseKind.UNKNOWN, ties=("scale-out",)),
            PlaybookOffer("wait-and-see", "Wait"),
        ),
    )
    full = Anomaly(
        id="eta/saturation",
        kind=AnomalyKind.SATURATION,
        signal="saturation",
        severity=Severity.WARNING,
        onset=AT - 300,
        summary="saturation 97 %, objective 90 %",
    )
    return ModelView(
        Model("eta", Label("eta")),
        Status.WARNING,
        {"latency_mean": Reading(LATENCY_MEAN, State.NO_TRAFFIC, detail="no requests")},
        incident=Incident("eta", slow.onset, (slow, full)),
        workload=WorkloadFinding(None, "two Deployments own its pods"),
    )


def ocr() -> ModelView:
    """A model whose data vanished."""
    anomaly = Anomaly(
        id="ocr/missing_data",
        kind=AnomalyKind.MISSING_DATA,
        signal=None,
        severity=Severity.WARNING,
        onset=AT - 554,
        summary="no samples since 03:11:00 UTC",
        evidence=("2 scrape targets of it down",),
        playbooks=(PlaybookOffer("metrics-missing", "Find out where the metrics went"),),
    )
    return broken("ocr", anomaly, Status.UNKNOWN)


def states() -> Snapshot:
    """A fleet whose anomalies are at all stages."""
    (slow,) = fraud().anomalies
    slow = msgspec.structs.replace(slow, causes=())
    calm = {"summary": "p99 0.30 s, expected 0.31 s", "value": 0.3, "recovering_since": AT - 45}

    def with_slow(name: str, **changes: object) -> ModelView:
        anomaly = msgspec.structs.replace(slow, id=f"{name}/latency_p99", **changes)
        return broken(name, anomaly, Status.OK if anomaly.is_over else Status.CRITICAL)

    views = (
        with_slow("began", onset=AT - 75, progress=Progress.NEW),
        with_slow("calming", progress=Progress.RECOVERING, **calm),
        with_slow("calm", progress=Progress.RECOVERED, **(calm | {"recovering_since": AT - 245, "ended": AT - 245})),
        with_slow("flaps", onset=AT - 2400, returns=3),
        with_slow("lost", onset=AT - 2400, last_seen=AT - 600, value=None),
        healthy("ads"),
    )
    return Snapshot(AT, (PROMETHEUS,), order_worst_first(views))


def fleet_wide() -> Snapshot:
    """A fleet in which a machine took models with it."""
    (slow,) = fraud().anomalies
    names = ("churn", "ctr", "eta", "ocr")
    views = [
        broken(name, msgspec.structs.replace(slow, id=f"{name}/latency_p99", onset=AT - 719 + 10 * number, causes=()))
        for number, name in enumerate(names)
    ]
    views += [healthy(name) for name in ("ads", "fraud", "search", "spam", "tts", "vision")]
    shared = SharedIncident(
        common=Common("node", "gpu-3"),
        onset=AT - 719,
        severity=Severity.CRITICAL,
        model_ids=names,
        spared=("tts",),
        others=5,
        others_well=5,
        summary="4 of 5 models on node gpu-3 since 03:08:15 UTC",
        evidence=("5 of 5 on other nodes are well", "what broke: latency", "not affected there: tts"),
    )
    return Snapshot(AT, (PROMETHEUS,), order_worst_first(views), shared_incidents=(shared,))


def alert() -> Alert:
    """An alert that fires for fraud."""
    return Alert(Label("ModelLatencyHigh"), {"model": "fraud"}, "critical", "firing", AT - 492, model_id="fraud")


def fleet() -> Snapshot:
    """A fleet in which something of everything is wrong, and two models are well."""
    views = (healthy("ads"), fraud(), eta(), ocr(), healthy("搜索"))
    return Snapshot(AT, (PROMETHEUS,), order_worst_first(views), (alert(),))
