"""A run of the step machine that a test drives by hand."""

from console.domain.action import Commitment, FieldChange, Outcome, Plan, Request, RiskTier, Undo
from console.domain.model import Target
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
from console.playbooks.machine import advance, begin
from console.playbooks.state import Phase, RunState
from tests.playbooks.examples import whole

PLAYBOOK = whole()
TARGET = Target("prod", "ml", "Deployment", "fraud", "u1")
SLOW: dict[str, float | None] = {"p99": 2.0, "p99.objective": 0.5, "errors": 0.01, "replicas": 4.0, "wanted": 8.0}
FINE: dict[str, float | None] = {**SLOW, "p99": 0.2}
STARTED = Started(
    at=1000.0,
    run_id="r1",
    playbook_id="whole",
    playbook_version=3,
    model_id="ml/fraud",
    model_name="fraud",
    by="ann@bastion",
    durations={"confirm": 60.0, "recover": 120.0},
)


def request(before: int, after: int) -> Request:
    return Request("PATCH", "/scale", "application/json-patch+json", [{"test": before}, {"replace": after}])


def plan(replicas: int = 8, refusals: tuple[str, ...] = ()) -> Plan:
    changes = (FieldChange("replicas", "4", str(replicas)),)
    return Plan(
        action="kubernetes.scale",
        title=f"scale to {replicas}",
        confirm=f"scale to {replicas}",
        model_id="ml/fraud",
        target=TARGET,
        request=request(4, replicas),
        changes=changes,
        tier=RiskTier.BOUNDED,
        made_at=1000.0,
        dry_run="ok",
        undo=Undo("back to 4", changes, request(replicas, 4)),
        refusals=refusals,
    )


class Follower:
    """A run that is driven by hand; it keeps the events that were accepted."""

    def __init__(self) -> None:
        self.events: list[MachineEvent] = [STARTED]
        self.state: RunState = begin(PLAYBOOK, STARTED)

    def take(self, event: MachineEvent) -> RunState:
        self.state = advance(PLAYBOOK, self.state, event)
        self.events.append(event)
        return self.state

    def see(self, at: float, values: dict[str, float | None], fresh_for: float = 45.0) -> RunState:
        return self.take(EvidenceSeen(at=at, values=values, fresh_for=fresh_for))

    def commit(self, at: float, outcome: Outcome = Outcome.APPLIED) -> RunState:
        """Go all the way to the commit of the action."""
        self.see(at, SLOW)
        self.take(Chosen(at=at, step="pick", key="s"))
        self.see(at, SLOW)
        self.take(PlanReady(at=at, step="scale", plan=plan()))
        self.take(Committing(at=at, step="scale", plan_hash=plan().hash))
        return self.take(Committed(at=at, step="scale", commitment=Commitment(outcome, "sent", at)))

    def roll_out(self, at: float) -> RunState:
        return self.take(RolloutSeen(at=at, step="scale", done=True, failed=None, text="8 of 8 ready"))


def phase(state: RunState) -> Phase | None:
    return state.attempt.phase if state.attempt is not None else None
