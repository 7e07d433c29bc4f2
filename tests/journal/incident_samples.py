"""The journal of one night: an incident of `fraud` with a playbook that was followed, told by two consoles."""

import math
from functools import cache

import msgspec

from console.domain.action import Commitment, FieldChange, Outcome, Plan, Request, RiskTier, Undo
from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, PlaybookOffer, Progress, Severity
from console.domain.change import Change, ChangeKind
from console.domain.link import Link
from console.domain.model import Target
from console.journal.events import Event, Intent, OutcomeRecorded, RunLine, RunReference, Verification
from console.journal.incident_events import (
    Acknowledged,
    Course,
    IncidentChanged,
    IncidentClosed,
    IncidentOpened,
    Noted,
)
from console.journal.who import Who
from console.playbooks.document import Playbook
from console.playbooks.events import (
    Chosen,
    Committed,
    Committing,
    EvidenceSeen,
    MachineEvent,
    PlanReady,
    RolloutSeen,
    Started,
)
from console.playbooks.load import load_text
from console.playbooks.story import line_of

ANN, BOB = Who("ann", "bastion"), Who("bob", "laptop")
ONSET = 1_795_316_895.0
"""2026-11-22T03:08:15Z"""
ID = "fraud@2026-11-22T03:08:15Z"
RUN = "7f3"
MINUTE = 60.0
RECOVERED = ONSET + 31 * MINUTE
WRITTEN = ONSET + 8 * 3600.0

PLAYBOOK = """\
apiVersion: incident-console/v1
kind: Playbook
metadata:
  id: scale-out
  version: 3
  title: Scale out for the load
  owners: [ml-serving]
  reviewed: 2026-11-01
  links: [{title: How we size, url: "https://wiki.example/sizing"}]
match:
  anomaly: {kind: [latency]}
evidence:
  p99: {signal: latency_p99}
  errors: {signal: error_ratio}
  replicas: {workload: replicas}
params:
  replicas: {type: integer, title: replicas to run, default: 6, min: 1, max: 40}
steps:
  - id: slow
    title: Is it slow?
    check: {var: p99, op: ">", value: 0.5}
    say: p99 {{ p99 }}
    on_true: pick
    on_false: tell
    on_unknown: pick
  - id: pick
    decide: Is it the load?
    options:
      - {key: s, label: scale out, goto: scale}
      - {key: e, label: look elsewhere, goto: tell}
  - id: scale
    title: scale to {{ params.replicas }}
    action: kubernetes.scale
    with: {replicas: $params.replicas}
    verify:
      rollout: ready
      better: {var: p99, op: "<", value: 0.5, for: 30s}
      timeout: 10m
    on_verified: floor
    on_worse: tell
    on_timeout: tell
    on_skipped: tell
  - id: floor
    manual: Raise the floor of the autoscaler
    next: end
  - id: tell
    manual: Tell the team of the feature store
    next: end
"""


@cache
def playbook() -> Playbook:
    """The playbook that was followed."""
    loaded = load_text(PLAYBOOK, "scale-out.yaml").playbook
    assert loaded is not None
    return loaded


SURGE = Cause(CauseKind.TRAFFIC_SURGE, 0.71, "traffic 2.1× its usual since 03:07", ("every replica alike",))
RELEASE = Cause(CauseKind.NEW_VERSION, 0.18, "v42 since 02:55 serves 90 %", ("p99 of v41 rose as much",))


def latency(**changes: object) -> Anomaly:
    """The p99 that broke."""
    anomaly = Anomaly(
        id="fraud/latency_p99",
        kind=AnomalyKind.LATENCY,
        signal="latency_p99",
        severity=Severity.WARNING,
        onset=ONSET,
        summary="p99 1.10 s, objective 0.50 s",
        unit="s",
        value=1.1,
        expected=0.31,
        objective=0.5,
        limit=0.5,
        causes=(SURGE, RELEASE),
        playbooks=(PlaybookOffer("scale-out", "Scale out for the load"),),
    )
    return msgspec.structs.replace(anomaly, **changes)


def errors(**changes: object) -> Anomaly:
    """The errors that came ten minutes later."""
    anomaly = Anomaly(
        id="fraud/error_ratio",
        kind=AnomalyKind.ERRORS,
        signal="error_ratio",
        severity=Severity.CRITICAL,
        onset=ONSET + 10 * MINUTE,
        summary="errors 6 %, budget for 30 days gone in 12 h",
        unit="ratio",
        value=0.06,
        expected=0.001,
        objective=0.001,
        limit=0.0144,
    )
    return msgspec.structs.replace(anomaly, **changes)


def course(signal: str, unit: str, usual: float, broken: float, limit: float | None, at: float) -> Course:
    """A signal over the hour up to an instant, broken from the onset to the recovery; one point is missing."""
    start, step = at - 3600.0, 30.0
    instants = [start + step * index for index in range(121)]
    values = [_value(instant, usual, broken) for instant in instants]
    return Course(signal, unit, start, step, (*values[:40], None, *values[41:]), limit)


def _value(instant: float, usual: float, broken: float) -> float:
    """Return a value that rises within five minutes, stays, and falls within the five before the recovery."""
    risen = min(1.0, max(0.0, (instant - ONSET) / 300.0))
    fallen = min(1.0, max(0.0, (RECOVERED + 30.0 - instant) / 300.0))
    wave = 1.0 + 0.04 * math.sin(instant / 47.0)
    return float(f"{(usual + (broken - usual) * min(risen, fallen)) * wave:.5g}")


def courses(at: float) -> tuple[Course, ...]:
    """The three signals as a console knew them at an instant."""
    return (
        course("latency_p99", "s", 0.31, 2.4, 0.5, at),
        course("error_ratio", "ratio", 0.0004, 0.06, 0.0144, at),
        course("traffic", "1/s", 410.0, 860.0, None, at),
    )


def scale_plan(before: int, after: int, made_at: float) -> Plan:
    """A plan that scales `fraud`."""
    path = "/apis/apps/v1/namespaces/ml/deployments/fraud/scale"
    request = Request("PATCH", path, "application/json-patch+json", [{"op": "replace", "value": after}])
    back = (FieldChange("replicas", str(after), str(before)),)
    return Plan(
        action="kubernetes.scale",
        title=f"Scale fraud from {before} to {after} replicas",
        confirm=f"scale to {after}",
        model_id="fraud",
        target=Target("prod-eu", "ml", "Deployment", "fraud", "uid-1"),
        request=request,
        changes=(FieldChange("replicas", str(before), str(after)),),
        tier=RiskTier.BOUNDED,
        made_at=made_at,
        dry_run="accepted",
        undo=Undo("back", back, request),
        command=f"kubectl -n ml scale deployment/fraud --replicas={after}",
    )


def run_line(event: MachineEvent, who: Who = ANN) -> RunLine:
    """The line of an event of the run."""
    return line_of(event, who, RUN, playbook())


def run() -> list[Event]:
    """The run: it was slow, the load was blamed, six replicas came and helped; the floor was not raised."""
    began, plan = ONSET + 8 * MINUTE, scale_plan(3, 6, ONSET + 9 * MINUTE)
    slow = {"p99": 2.4, "errors": 0.02, "replicas": 3.0}
    well = {"p99": 0.32, "errors": 0.0004, "replicas": 6.0}
    reference = RunReference(RUN, "scale", "scale-out", 3, ID)
    sent = began + 2 * MINUTE

    def seen(at: float, values: dict[str, float | None]) -> RunLine:
        return run_line(EvidenceSeen(at=at, values=values, fresh_for=3600.0))

    started = Started(
        at=began,
        run_id=RUN,
        playbook_id="scale-out",
        playbook_version=3,
        model_id="fraud",
        model_name="fraud",
        by=ANN.shown,
        incident_id=ID,
        durations={"confirm": 60.0, "recover": 120.0},
    )
    commitment = Commitment(Outcome.APPLIED, "replicas are 6", sent + 1, "i1")
    return [
        run_line(started),
        seen(began + 1, dict(slow)),
        run_line(Chosen(at=began + 20, step="pick", key="s")),
        seen(began + 21, dict(slow)),
        run_line(PlanReady(at=began + 22, step="scale", plan=plan)),
        run_line(Committing(at=sent - 1, step="scale", plan_hash=plan.hash)),
        Intent(at=sent, who=ANN, intent_id="i1", reference=reference, plan=plan, plan_hash=plan.hash),
        OutcomeRecorded(
            at=sent + 1, who=ANN, intent_id="i1", run_id=RUN, outcome=Outcome.APPLIED, detail="replicas are 6"
        ),
        run_line(Committed(at=sent + 1, step="scale", commitment=commitment)),
        run_line(RolloutSeen(at=sent + 90, step="scale", done=True, failed=None, text="6 of 6 ready")),
        seen(sent + 100, dict(well)),
        seen(sent + 140, dict(well)),
        Verification(
            at=sent + 140,
            who=ANN,
            intent_id="i1",
            run_id=RUN,
            outcome=Outcome.VERIFIED,
            detail="verified: the metrics recovered",
        ),
    ]


def incident() -> list[Event]:
    """What the consoles and the people told of the incident itself."""
    return [
        IncidentOpened(
            at=ONSET + 105,
            who=ANN,
            incident_id=ID,
            model_id="fraud",
            model_name="fraud",
            onset=ONSET,
            anomalies=(latency(),),
            versions={"v42": 0.9, "v41": 0.1},
            context="prod-eu",
            courses=courses(ONSET + 105),
            changes=(
                Change(ChangeKind.VERSION, ONSET - 800, "v42 appeared, beside v41"),
                Change(ChangeKind.TRAFFIC, ONSET - 60, "traffic 2.1× its usual"),
            ),
            links=(Link("Dashboard of fraud", "https://grafana.example/d/fraud?from=1"),),
            budget="budget for 30 days gone in 12 h",
        ),
        IncidentOpened(  # the other console saw it as well, a second later
            at=ONSET + 106,
            who=BOB,
            incident_id=ID,
            model_id="fraud",
            model_name="fraud",
            onset=ONSET,
            anomalies=(latency(),),
        ),
        Acknowledged(at=ONSET + 7 * MINUTE, who=ANN, incident_id=ID),
        Noted(at=ONSET + 7.5 * MINUTE, who=ANN, text="checkout says carts time out", incident_id=ID),
        IncidentChanged(
            at=ONSET + 11 * MINUTE,
            who=BOB,
            incident_id=ID,
            anomalies=(errors(), latency(value=2.4, severity=Severity.CRITICAL)),
            detail="critical now; errors broke too",
        ),
        Noted(
            at=ONSET + 20 * MINUTE,
            who=BOB,
            text="ask marketing to tell us of campaigns",
            incident_id=ID,
            follow_up=True,
        ),
        IncidentClosed(
            at=RECOVERED + 2 * MINUTE,
            who=ANN,
            incident_id=ID,
            recovered=RECOVERED,
            courses=courses(RECOVERED + 2 * MINUTE),
            changes=(Change(ChangeKind.REPLICAS, ONSET + 11 * MINUTE, "3 → 6 replicas"),),
        ),
    ]


def night() -> tuple[Event, ...]:
    """The whole journal, in the order in which its lines were written."""
    return tuple(sorted([*incident(), *run()], key=lambda event: event.at))


def over(anomaly: Anomaly) -> Anomaly:
    """An anomaly that is told to be over."""
    return msgspec.structs.replace(anomaly, progress=Progress.RECOVERED, ended=RECOVERED)
