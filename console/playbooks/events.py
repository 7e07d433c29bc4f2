"""What can happen to a run, as values: a run's state is the fold of its events, so they explain it."""

import msgspec

from console.domain.action import Commitment, Plan
from console.domain.run import Delivery


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event"):
    """What every event tells: when it happened (UTC seconds)."""

    at: float


class ServedBy(msgspec.Struct, frozen=True):
    """The cluster object that served the model when its run began, raw; commands in texts name it."""

    context: str
    namespace: str
    kind: str
    name: str


class Started(Event, frozen=True, kw_only=True, tag="started"):
    """Somebody began to follow the playbook for a model; `durations` (seconds) are those of the judgement.

    A rehearsal does everything but what changes a system. `action` names the one action that is done without a
    playbook: the playbook is made for it.
    """

    run_id: str
    playbook_id: str
    playbook_version: int
    model_id: str
    model_name: str
    by: str
    incident_id: str | None = None
    rehearsal: bool = False
    durations: dict[str, float] = {}
    served_by: ServedBy | None = None
    action: str | None = None


class EvidenceSeen(Event, frozen=True, kw_only=True, tag="evidence"):
    """Values of the variables at an instant; what held before holds on if that was at most `fresh_for` seconds ago.

    `partial` names the values that are known in part only.
    """

    values: dict[str, float | None]
    fresh_for: float
    partial: tuple[str, ...] = ()


class Chosen(Event, frozen=True, kw_only=True, tag="chosen"):
    """A person gave the active step one of its choices, and may have said why."""

    step: str
    key: str
    reason: str = ""


class ParameterGiven(Event, frozen=True, kw_only=True, tag="parameter"):
    """A person gave a parameter its value, for the rest of the run or until it is given another."""

    name: str
    value: int | str


class PlanReady(Event, frozen=True, kw_only=True, tag="plan_ready"):
    """The executor made the plan that was asked for; `undo` tells the plan of an undo from that of a step."""

    step: str
    plan: Plan
    undo: bool = False


class PlanFailed(Event, frozen=True, kw_only=True, tag="plan_failed"):
    """The executor could not make the plan."""

    step: str
    reason: str
    undo: bool = False


class PlanDropped(Event, frozen=True, kw_only=True, tag="plan_dropped"):
    """A person did not want the plan that waited for its key, or that was being made."""

    step: str
    undo: bool = False


class PlanOutdated(Event, frozen=True, kw_only=True, tag="plan_outdated"):
    """A person confirmed a plan that is too old to be sent; it is made anew with the same arguments."""

    step: str
    plan_hash: str
    undo: bool = False


class Committing(Event, frozen=True, kw_only=True, tag="committing"):
    """A person confirmed the plan that was shown; the executor is being asked to send it."""

    step: str
    plan_hash: str
    undo: bool = False


class Rehearsed(Event, frozen=True, kw_only=True, tag="rehearsed"):
    """A person confirmed the plan that was shown in a rehearsal: nothing is sent."""

    step: str
    plan_hash: str


class CommitRefused(Event, frozen=True, kw_only=True, tag="commit_refused"):
    """The executor sent nothing."""

    step: str
    reason: str
    undo: bool = False


class Committed(Event, frozen=True, kw_only=True, tag="committed"):
    """The executor sent the request; what came of it may be unknown."""

    step: str
    commitment: Commitment
    undo: bool = False


class RolloutSeen(Event, frozen=True, kw_only=True, tag="rollout"):
    """How far the cluster is: `done` None is unknown, `failed` says why it cannot get there."""

    step: str
    done: bool | None
    failed: str | None
    text: str
    undo: bool = False


class NoticesReady(Event, frozen=True, kw_only=True, tag="notices_ready"):
    """The messages of a step were prepared, a plan for each channel; `why_not` says why they cannot be sent."""

    step: str
    message: str
    plans: tuple[Plan, ...] = ()
    why_not: str = ""


class NoticesSent(Event, frozen=True, kw_only=True, tag="notices_sent"):
    """The messages of a step were sent, or not; what became of each."""

    step: str
    deliveries: tuple[Delivery, ...]


class TimedOut(Event, frozen=True, kw_only=True, tag="timed_out"):
    """The active step waited as long as it may; with `undo`, the undo of a step's action was watched so long."""

    step: str
    undo: bool = False


class UndoAsked(Event, frozen=True, kw_only=True, tag="undo_asked"):
    """A person wants the plan of the last action's undo."""

    step: str


class TakenOver(Event, frozen=True, kw_only=True, tag="taken_over"):
    """Somebody goes on with the run on another console, or after the first one ended; `by` is who says so."""

    by: str


class Ended(Event, frozen=True, kw_only=True, tag="ended"):
    """A person left the run before its end."""


AttemptEvent = (
    PlanReady
    | PlanFailed
    | PlanDropped
    | PlanOutdated
    | Rehearsed
    | Committing
    | CommitRefused
    | Committed
    | RolloutSeen
)
"""What becomes of an action, or of its undo, until its effect is seen."""

MachineEvent = (
    Started
    | EvidenceSeen
    | Chosen
    | ParameterGiven
    | AttemptEvent
    | NoticesReady
    | NoticesSent
    | TimedOut
    | UndoAsked
    | TakenOver
    | Ended
)
