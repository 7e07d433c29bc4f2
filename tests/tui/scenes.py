"""Snapshots, details and runs as an engine publishes them, at one instant; the scripted engine plays them."""

import math
from array import array

from console.domain.action import Commitment, FieldChange, Outcome, Plan, Request, RiskTier, Undo
from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, AnomalyKind, Incident, PlaybookOffer, Severity, Status
from console.domain.change import Change, ChangeKind
from console.domain.label import Label
from console.domain.link import Link
from console.domain.load_curve import CapacityFinding, LoadCurve, LoadPoint, need_of
from console.domain.model import Model, Target, Workload, WorkloadFinding
from console.domain.run import Choice, Evidence, Run, StepKind, StepState, StepView
from console.domain.series import Grid, Series
from console.domain.signal import (
    ERROR_RATIO,
    LATENCY_P50,
    LATENCY_P95,
    LATENCY_P99,
    QUEUE,
    SATURATION,
    TRAFFIC,
    Reading,
    Signal,
    State,
)
from console.domain.snapshot import ModelDetail, ModelView, Panel, Snapshot, order_worst_first
from console.domain.source import SourceReport

AT = 1795317614.0
"""2026-11-22T03:20:14Z"""
STEP = 15.0
POINTS = 241
CONTEXT = "prod-eu"
ONSET = AT - 719
ROLL_BACK = PlaybookOffer("roll-back-version", "Roll back to the last good version")
SCALE_OUT = PlaybookOffer("scale-out", "Scale out the serving replicas")


def series(before: float, after: float, *, onset: float = ONSET, wobble: float = 0.05) -> Series:
    """A series of an hour that goes from one level to another within four minutes."""
    grid = Grid.until(AT, (POINTS - 1) * STEP, STEP)
    values = array("d")
    for index in range(grid.count):
        share = min(1.0, max(0.0, (grid.instant(index) - onset) / 240))
        level = before + (after - before) * share
        values.append(level * (1 + wobble * math.sin(index * 1.7)))
    return Series(grid, values)


def ok(signal: Signal, value: float, expected: float | None = None, objective: float | None = None) -> Reading:
    return Reading(signal, State.OK, value, expected=expected, objective=objective, seen=AT)


def healthy(name: str, traffic: float = 1204.0) -> ModelView:
    return ModelView(
        Model(name, Label(name)),
        Status.OK,
        {
            "traffic": ok(TRAFFIC, traffic, traffic),
            "error_ratio": ok(ERROR_RATIO, 0.0, 0.0, 0.001),
            "latency_p99": ok(LATENCY_P99, 0.05, 0.05),
            "saturation": ok(SATURATION, 0.31),
        },
        versions={"v88": 1.0},
        headline_signal="latency_p99",
        headline=series(0.05, 0.05),
        replicas=3,
    )


def links(seconds: int) -> tuple[Link, ...]:
    """Links of a model over the last so many seconds; one of them is no page."""
    start, end = int(AT) - seconds, int(AT)
    return (
        Link("runbook of ModelLatencyHigh", "https://wiki.example/runbooks/latency"),
        Link("runbook of ModelSlow", "see page 7 of the binder", opens=False),
        Link("Grafana dashboard", f"https://grafana.example/d/abc?var-model=fraud&from={start}000&to={end}000"),
    )


def fraud() -> ModelView:
    """A model whose p99 broke with a new version."""
    slow = Anomaly(
        id="fraud/latency_p99",
        kind=AnomalyKind.LATENCY,
        signal="latency_p99",
        severity=Severity.CRITICAL,
        onset=ONSET,
        summary="p99 2.40 s, expected 0.31 s",
        unit="s",
        value=2.4,
        expected=0.31,
        objective=0.5,
        evidence=("version v42 since 03:07:35 UTC, 40 s before", "traffic and errors are as usual"),
        playbooks=(ROLL_BACK, SCALE_OUT),
    )
    workload = Workload("prod-eu", "ml", "Deployment", "fraud", "uid-1", replicas=3, ready=3)
    return ModelView(
        Model("fraud", Label("fraud"), {"namespace": "ml"}),
        Status.CRITICAL,
        {
            "traffic": ok(TRAFFIC, 412.0, 405.0),
            "error_ratio": ok(ERROR_RATIO, 0.002, 0.001, 0.001),
            "latency_p50": ok(LATENCY_P50, 0.21, 0.11),
            "latency_p95": ok(LATENCY_P95, 1.6, 0.24),
            "latency_p99": ok(LATENCY_P99, 2.4, 0.31, 0.5),
            "saturation": ok(SATURATION, 0.61, 0.5, 0.9),
            "queue": Reading(QUEUE, State.PARTIAL, 3.0, detail="1 of its scrape targets down"),
        },
        versions={"v42": 0.9, "v41": 0.1},
        changes=(Change(ChangeKind.VERSION, ONSET - 40, "v42"),),
        incident=Incident("fraud", ONSET, (slow,)),
        workload=WorkloadFinding(workload),
        replicas=3,
        headline_signal="latency_p99",
        headline=series(0.31, 2.4),
        budget="the error budget of 30 days is gone in 1 d 4 h",
        links=links(3600),
    )


def eta() -> ModelView:
    """A model with too much to do."""
    slow = Anomaly(
        id="eta/latency_p99",
        kind=AnomalyKind.LATENCY,
        signal="latency_p99",
        severity=Severity.WARNING,
        onset=AT - 372,
        summary="p99 0.41 s, expected 0.22 s",
        unit="s",
        value=0.41,
        expected=0.22,
        objective=0.4,
        evidence=("traffic 2.6× its usual 46/s",),
        playbooks=(SCALE_OUT,),
    )
    full = Anomaly(
        id="eta/saturation",
        kind=AnomalyKind.SATURATION,
        signal="saturation",
        severity=Severity.WARNING,
        onset=AT - 300,
        summary="saturation 97 %, objective 90 %",
        onset_is_earlier=True,
        playbooks=(SCALE_OUT,),
    )
    return ModelView(
        Model("eta", Label("eta")),
        Status.WARNING,
        {
            "traffic": ok(TRAFFIC, 120.0, 46.0),
            "error_ratio": ok(ERROR_RATIO, 0.0, 0.0, 0.001),
            "latency_p99": ok(LATENCY_P99, 0.41, 0.22, 0.4),
            "saturation": ok(SATURATION, 0.97, 0.5, 0.9),
        },
        versions={"v19": 1.0},
        incident=Incident("eta", AT - 372, (slow, full)),
        workload=WorkloadFinding(None, "two deployments own its pods"),
        replicas=6,
        headline_signal="latency_p99",
        headline=series(0.22, 0.41, onset=AT - 372),
    )


def ocr() -> ModelView:
    """A model whose data vanished."""
    missing = Anomaly(
        id="ocr/missing_data",
        kind=AnomalyKind.MISSING_DATA,
        signal=None,
        severity=Severity.WARNING,
        onset=AT - 554,
        summary="no samples since 03:11:00 UTC",
        evidence=("2 scrape targets of it down",),
    )
    stale = {
        signal.name: Reading(signal, State.STALE, 0.4, seen=AT - 554, detail="had data, has none now")
        for signal in (TRAFFIC, ERROR_RATIO, LATENCY_P99)
    }
    return ModelView(Model("ocr", Label("ocr")), Status.UNKNOWN, stale, incident=Incident("ocr", AT - 554, (missing,)))


PROMETHEUS = SourceReport("prometheus", Status.OK, 0.08)
ALERTMANAGER = SourceReport("alertmanager", Status.OK, 0.012)


def fleet(*further: ModelView, sequence: int = 0, at: float = AT, **fields: object) -> Snapshot:
    """A fleet in which something of everything is wrong, and two models are well."""
    views = (healthy("ads"), fraud(), eta(), ocr(), healthy("搜索", 87.0), *further)
    given = {"context": "prod-eu", "read_only": False, **fields}
    return Snapshot(at, (PROMETHEUS, ALERTMANAGER), order_worst_first(views), sequence=sequence, **given)  # type: ignore[arg-type]  # fields of a test's own choice


def detail(view: ModelView | None = None) -> ModelDetail:
    """The last hour of a model."""
    shown = view or fraud()
    latency = {
        "latency_p99": series(0.31, 2.4),
        "latency_p95": series(0.24, 1.6),
        "latency_p50": series(0.11, 0.21),
    }
    readings = shown.readings
    return ModelDetail(
        at=AT,
        start=AT - 3600,
        end=AT,
        view=shown,
        panels=(
            Panel(LATENCY_P99, latency, readings["latency_p99"], 0.5, "objective 0.50 s"),
            Panel(
                ERROR_RATIO, {"error_ratio": series(0.001, 0.002)}, readings["error_ratio"], 0.001, "objective 0.1 %"
            ),
            Panel(TRAFFIC, {"traffic": series(405, 412)}, readings["traffic"]),
            Panel(SATURATION, {"saturation": series(0.5, 0.61)}, readings["saturation"], 0.9, "objective 90 %"),
        ),
        changes=(
            Change(ChangeKind.VERSION, ONSET - 40, "v42"),
            Change(ChangeKind.ALERT, AT - 492, "alert ModelLatencyHigh"),
        ),
        alerts=(Alert(Label("ModelLatencyHigh"), {}, "critical", "firing", AT - 492, model_id="fraud"),),
        links=links(7200),
    )


def capacity() -> CapacityFinding:
    """The replicas of fraud carry 100/s each within its objective, and get 137/s."""
    told = ((40, 0.2), (60, 0.21), (70, 0.23), (80, 0.27), (90, 0.36), (100, 0.5), (110, 0.9), (125, 1.7))
    curve = LoadCurve("latency_p99", tuple(LoadPoint(float(load), latency, 40) for load, latency in told), 7.0)
    need = need_of(curve, 0.5, 412.0, 3)
    return CapacityFinding(curve, None, traffic=412.0, replicas=3, latency=2.4, objective=0.5, need=need)


EVIDENCE = (
    Evidence("latency", "latency", 2.4, "2.40 s"),
    Evidence("traffic", "traffic", 412.0, "412/s"),
    Evidence("saturation", "saturation", 0.61, "61 %"),
    Evidence("ready", "replicas ready", None, "unknown"),
)
STEPS = (
    StepView("demand", StepKind.CHECK, "Is there more to do than usual, or no headroom left?"),
    StepView("decide", StepKind.DECIDE, "What explains the latency?"),
    StepView("scale", StepKind.ACTION, "scale fraud to 6 replicas"),
    StepView("hold", StepKind.WAIT, "Does it stay?"),
    StepView("close", StepKind.MANUAL, "Open a ticket - put the replicas back when the demand is back to normal."),
)
CHOICES = (
    Choice("s", "too few replicas for the demand - scale out", "scale", suggested=True),
    Choice("e", "something else - look elsewhere", "elsewhere"),
)


def _steps(states: dict[str, tuple[StepState, str]]) -> tuple[StepView, ...]:
    return tuple(
        StepView(step.id, step.kind, step.title, *states[step.id], at=AT - 20) if step.id in states else step
        for step in STEPS
    )


def run(states: dict[str, tuple[StepState, str]], active: str | None, *, run_id: str = "7f3a", **fields: object) -> Run:
    """A run of scale-out for fraud."""
    return Run(
        id=run_id,
        playbook_id="scale-out",
        playbook_version=1,
        title="Scale out the serving replicas",
        owners=("the team that serves the model",),
        model_id="fraud",
        incident_id="fraud@2026-11-22T03:08:15Z",
        started=AT - 30,
        by="ann@bastion",
        steps=_steps(states),
        active=active,
        evidence=EVIDENCE,
        **fields,  # type: ignore[arg-type]  # fields of a test's own choice
    )


CHECKED = {"demand": (StepState.DONE, "true: traffic 412/s, normally 405/s; saturation 61 %, limit 90 %")}
DECIDED = {**CHECKED, "decide": (StepState.DONE, "scale out")}


def deciding() -> Run:
    """A run that waits for a person to decide."""
    note = "More replicas help when requests wait for each other; not when every single request has become slow."
    return run({**CHECKED, "decide": (StepState.ACTIVE, note)}, "decide", choices=CHOICES)


def plan(tier: RiskTier = RiskTier.BOUNDED, *, to: int = 6, refusals: tuple[str, ...] = ()) -> Plan:
    """A plan that scales fraud."""
    target = Target("prod-eu", "ml", "Deployment", "fraud", "uid-1")
    path = "/apis/apps/v1/namespaces/ml/deployments/fraud/scale"
    body = [
        {"op": "test", "path": "/metadata/uid", "value": "uid-1"},
        {"op": "test", "path": "/spec/replicas", "value": 3},
        {"op": "replace", "path": "/spec/replicas", "value": to},
    ]
    back = [{"op": "replace", "path": "/spec/replicas", "value": 3}]
    return Plan(
        action="kubernetes.scale",
        title=f"scale deployment ml/fraud to {to} replicas",
        confirm=f"scale to {to}",
        model_id="fraud",
        target=target,
        request=Request("PATCH", path, "application/json-patch+json", body),
        changes=(FieldChange("replicas", "3", str(to)),),
        tier=tier,
        made_at=AT - 4,
        dry_run="accepted by the server",
        undo=Undo(
            "scale back to 3 replicas",
            (FieldChange("replicas", str(to), "3"),),
            Request("PATCH", path, "application/json-patch+json", back),
        ),
        watch=("latency under 0.50 s for 1 min, within 15 min",),
        notes=("no autoscaler owns the replica count",),
        refusals=refusals,
        command=f"kubectl --context prod-eu -n ml scale deployment/fraud --replicas={to}",
    )


def planned(shown: Plan | None = None) -> Run:
    """A run whose plan waits for its key."""
    choice = Choice("x", "skip this action", "elsewhere")
    return run({**DECIDED, "scale": (StepState.ACTIVE, "")}, "scale", choices=(choice,), plan=shown or plan())


def verifying() -> Run:
    """A run whose plan was sent and is being watched."""
    return run(
        {**DECIDED, "scale": (StepState.ACTIVE, "")},
        "scale",
        choices=(Choice("x", "go on without verification", "elsewhere"),),
        undo=plan(),
        commitment=Commitment(Outcome.APPLIED, "the server took it, generation 18", AT - 10),
        progress="latency 0.61 s, wanted under 0.50 s for 1 min; 14 min left",
    )


def ended() -> Run:
    """A run that is over."""
    states = {**DECIDED, "scale": (StepState.DONE, "verified"), "hold": (StepState.DONE, "true")}
    states["close"] = (StepState.DONE, "done")
    return run(
        states,
        None,
        undo=plan(),
        commitment=Commitment(Outcome.VERIFIED, "the server took it, generation 18", AT - 300),
        ended=AT - 5,
    )
