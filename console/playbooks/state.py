"""Where a run stands: frozen, a fold of its events, and the questions that others ask about it."""

import hashlib
from enum import StrEnum

import msgspec

from console.domain.action import Commitment, Outcome, Plan
from console.domain.run import Delivery, StepState
from console.playbooks.condition import Scope, Truth, duration_of
from console.playbooks.document import Playbook
from console.playbooks.events import Started
from console.playbooks.steps import ActionStep, CheckStep, Step, WaitStep


class NotNow(Exception):
    """An event that the state of a run does not allow; the message says why, in one line."""


NOTHING_WAITS = "no plan waits for its key"


class Phase(StrEnum):
    """How far an action is, from its guards to the metrics that show whether it worked."""

    GUARDING = "guarding"
    PLANNING = "planning"
    PLANNED = "planned"
    HELD = "held"
    REHEARSED = "rehearsed"
    COMMITTING = "committing"
    ROLLING_OUT = "rolling_out"
    VERIFYING = "verifying"


WATCHING = frozenset({Phase.ROLLING_OUT, Phase.VERIFYING})
"""Phases of an action that was sent and whose effect is being watched."""


class Attempt(msgspec.Struct, frozen=True):
    """An action on its way, or the undo of one.

    `reason` says what blocks it or what the cluster reports; `committed_at` (it was confirmed, then sent) and
    `ready_at` (the rollout is done) are in UTC seconds. `confirmed` is the plan that a person confirmed when it was too
    old, while it is made anew. `index` is the place among the plans that were sent: of this one, of an undo that of the
    plan which it takes back.
    """

    step: str
    phase: Phase
    arguments: dict[str, int | str] = {}
    plan: Plan | None = None
    reason: str = ""
    committed_at: float = 0.0
    ready_at: float = 0.0
    confirmed: Plan | None = None
    index: int = 0


class SentPlan(msgspec.Struct, frozen=True):
    """A plan that was sent, what is known of it now, and whether it is known to be taken back.

    `undo_outcome` is what became of the undo that was watched last, None where none was.
    """

    step: str
    plan: Plan
    commitment: Commitment
    outcome: Outcome
    undone: bool = False
    undo_outcome: Outcome | None = None


class NoticePhase(StrEnum):
    """How far the messages of a step are."""

    PREPARING = "preparing"
    READY = "ready"
    SENDING = "sending"
    TOLD = "told"


class Notices(msgspec.Struct, frozen=True):
    """The messages of a step that notifies: to which `channels` they still go, and what became of those that went.

    `message` is the text as it was when they were prepared: what is sent is what was read.
    """

    channels: tuple[str, ...]
    phase: NoticePhase = NoticePhase.PREPARING
    message: str = ""
    plans: tuple[Plan, ...] = ()
    why_not: str = ""
    deliveries: tuple[Delivery, ...] = ()

    @property
    def hash(self) -> str:
        """Return the hash of the message and all that it goes to (12 hexadecimal digits), empty where there is none."""
        if not self.plans:
            return ""
        return hashlib.sha256(" ".join(plan.hash for plan in self.plans).encode()).hexdigest()[:12]

    @property
    def may_be_sent(self) -> bool:
        """Return whether a person may have them sent now."""
        return self.phase is NoticePhase.READY and bool(self.plans) and not self.why_not

    @property
    def failed(self) -> tuple[str, ...]:
        """Return the channels that are known not to have got the message: only to them it may be sent again."""
        if self.phase is not NoticePhase.TOLD:
            return ()
        return tuple(each.channel for each in self.deliveries if each.outcome is Outcome.NOT_APPLIED)


class StepRecord(msgspec.Struct, frozen=True):
    """What became of one step; `title` is set once its values are fixed, so that later evidence does not change it."""

    state: StepState = StepState.PENDING
    note: str = ""
    at: float | None = None
    title: str = ""


class RunState(msgspec.Struct, frozen=True):
    """A run at one instant.

    `given` are the parameters that people gave, by name. `values` are the last evidence that a step looked at, seen at
    `seen_at`; those of `partial` are known in part only, because some replicas or sources did not answer; `before` is
    the evidence when the last action was sent; `held` says since when the timed comparisons of the active step have
    been true. `undone_last` is the index in `sent` of the plan whose undo ended last. Whoever `taken_over` the run at
    an instant (UTC seconds) follows it since: what is watched has its whole time from then on.
    """

    started: Started
    followed_by: str
    active: str | None
    entered: float
    records: dict[str, StepRecord]
    checks: dict[str, Truth] = {}
    given: dict[str, int | str] = {}
    values: dict[str, float | None] = {}
    seen_at: float | None = None
    partial: tuple[str, ...] = ()
    before: dict[str, float | None] = {}
    held: dict[str, float] = {}
    attempt: Attempt | None = None
    undo: Attempt | None = None
    sent: tuple[SentPlan, ...] = ()
    undone_last: int | None = None
    notices: Notices | None = None
    taken_over: float = 0.0
    ended: float | None = None


def active_step(playbook: Playbook, state: RunState) -> Step | None:
    """Return the step that the run stands at, None when it has ended."""
    return None if state.active is None or state.ended is not None else playbook.step(state.active)


def wants_evidence(playbook: Playbook, state: RunState) -> bool:
    """Return whether the run goes on by looking at evidence."""
    step = active_step(playbook, state)
    if isinstance(step, CheckStep | WaitStep):
        return True
    return state.attempt is not None and state.attempt.phase in WATCHING | {Phase.GUARDING, Phase.PLANNED}


def is_decided_at_once(playbook: Playbook, state: RunState) -> bool:
    """Return whether one look at the evidence moves the run on: it stands at a check, or before its guards."""
    attempt = state.attempt
    is_unguarded = attempt is not None and attempt.phase is Phase.GUARDING and not attempt.reason
    return is_unguarded or isinstance(active_step(playbook, state), CheckStep)


def waits_for_the_system(playbook: Playbook, state: RunState) -> bool:
    """Return whether the run goes on by itself, with what is measured or what the executor answers."""
    under_way = WATCHING | {Phase.PLANNING, Phase.COMMITTING}
    return wants_evidence(playbook, state) or any(attempt.phase in under_way for attempt, _ in attempts(state))


def goes_on_otherwise(before: RunState, after: RunState) -> bool:
    """Return whether an event changed more than what the run saw last."""
    seen = msgspec.structs.replace(before, values=after.values, seen_at=after.seen_at, partial=after.partial)
    return seen != after


def deadline(playbook: Playbook, state: RunState) -> float | None:
    """Return the instant (UTC seconds) at which the active step has waited long enough, None where it does not wait."""
    step = active_step(playbook, state)
    if isinstance(step, WaitStep):
        return max(state.entered, state.taken_over) + duration_of(step.wait.timeout, state.started.durations)
    if isinstance(step, ActionStep) and state.attempt is not None and state.attempt.phase in WATCHING:
        return _end_of_watch(step, state, state.attempt)
    return None


def undo_deadline(playbook: Playbook, state: RunState) -> float | None:
    """Return the instant (UTC seconds) at which an undo was watched long enough, None while none is watched."""
    if state.undo is None or state.undo.phase not in WATCHING:
        return None
    step = playbook.step(state.undo.step)
    return _end_of_watch(step, state, state.undo) if isinstance(step, ActionStep) else None


def undoable(state: RunState) -> tuple[int, SentPlan] | None:
    """Return the newest plan that was sent and not taken back, with its place, when it can be taken back."""
    for index, sent in reversed(tuple(enumerate(state.sent))):
        if not sent.undone:
            return (index, sent) if sent.plan.undo is not None else None
    return None


def attempts(state: RunState) -> tuple[tuple[Attempt, bool], ...]:
    """Return what is under way, and whether it is an undo; an undo comes first."""
    both = ((state.undo, True), (state.attempt, False))
    return tuple((attempt, undo) for attempt, undo in both if attempt is not None)


def plan_in_hand(state: RunState) -> tuple[Attempt, bool] | None:
    """Return what waits for a person with its plan, and whether that is an undo; an undo comes first."""
    return next(
        (
            (attempt, undo)
            for attempt, undo in attempts(state)
            if attempt.plan is not None and attempt.phase in (Phase.PLANNED, Phase.HELD)
        ),
        None,
    )


def droppable(state: RunState) -> tuple[Attempt, bool] | None:
    """Return the plan that a person can still drop, in hand or being made, and whether it is that of an undo."""
    hand = plan_in_hand(state)
    return hand or next(((attempt, undo) for attempt, undo in attempts(state) if attempt.phase is Phase.PLANNING), None)


def is_undoing(state: RunState) -> bool:
    """Return whether an undo is on its way, from its planning to the end of its rollout."""
    return state.undo is not None and state.undo.phase is not Phase.HELD


def is_over(state: RunState) -> bool:
    """Return whether nothing can happen to the run any more by itself."""
    return state.ended is not None and not is_undoing(state)


def is_sending(state: RunState) -> bool:
    """Return whether a request may be on its way to the cluster, or a message to people."""
    is_telling = state.notices is not None and state.notices.phase is NoticePhase.SENDING
    return is_telling or any(attempt.phase is Phase.COMMITTING for attempt, _ in attempts(state))


def scope_of(state: RunState, values: dict[str, float | None], at: float) -> Scope:
    """Return what conditions look at: the values, with those before the last action as `NAME.before`."""
    before = {f"{name}.before": value for name, value in state.before.items() if "." not in name}
    return Scope(at, {**values, **before}, state.checks, state.held, state.started.durations)


def _end_of_watch(step: ActionStep, state: RunState, attempt: Attempt) -> float:
    return max(attempt.committed_at, state.taken_over) + duration_of(step.verify.timeout, state.started.durations)
