"""A playbook that is being followed for one model."""

from enum import StrEnum

import msgspec

from console.domain.action import Commitment, Outcome, Plan
from console.domain.link import Link
from console.domain.load_curve import CapacityFinding
from console.domain.typed_value import Takes


class StepKind(StrEnum):
    """The six kinds of steps."""

    CHECK = "check"
    DECIDE = "decide"
    ACTION = "action"
    MANUAL = "manual"
    WAIT = "wait"
    NOTIFY = "notify"


class StepState(StrEnum):
    """Where a step is."""

    PENDING = "pending"
    ACTIVE = "active"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    UNKNOWN = "unknown"


class Choice(msgspec.Struct, frozen=True):
    """One answer that a step takes now: the key that gives it and what it says."""

    key: str
    label: str
    goto: str | None = None
    suggested: bool = False
    sends: bool = False
    """Its key sends something, so it is armed like that of a plan."""


class Evidence(msgspec.Struct, frozen=True):
    """A named value that a step looks at; None is unknown. `text` is the value as a person reads it."""

    name: str
    title: str
    value: float | None
    text: str


class StepView(msgspec.Struct, frozen=True):
    """One step of a run as the screen shows it; `note` says what was seen, chosen or done."""

    id: str
    kind: StepKind
    title: str
    state: StepState = StepState.PENDING
    note: str = ""
    at: float | None = None


class Asked(msgspec.Struct, frozen=True):
    """A value that the active step needs and that only a person can give: `GiveParameter` answers.

    `expected` says what it takes, in words; `options` are all that it takes, where these are a few words. `present` is
    the value of now, where it is known; one that is not `required` may be left empty. `proposed` is what the evidence
    names: it counts only when a person takes it. `takes` is what is looked at while it is typed: of `options` that
    change by the minute, another one may be typed than those that were known.
    """

    name: str
    title: str
    expected: str
    options: tuple[str, ...] = ()
    present: str = ""
    required: bool = True
    proposed: str = ""
    takes: Takes = Takes()


class Delivery(msgspec.Struct, frozen=True):
    """What became of a message to one channel; no outcome but applied means that it arrived."""

    channel: str
    outcome: Outcome
    detail: str


class Notice(msgspec.Struct, frozen=True):
    """What a step that notifies would send from here, and what became of it.

    `hash` stands for the message and all that it goes to; `why_not` says why it cannot be sent from here.
    """

    channels: tuple[str, ...]
    hash: str = ""
    why_not: str = ""
    deliveries: tuple[Delivery, ...] = ()


class Undoing(msgspec.Struct, frozen=True):
    """The undo that was asked for last: under way, held back for a reason, or ended with an outcome.

    It is verified where what was changed is seen to be back, not verified where it is applied and that was not seen.
    """

    is_under_way: bool = False
    why_not: str = ""
    outcome: Outcome | None = None


class Note(msgspec.Struct, frozen=True):
    """What a person wrote down at an instant (UTC seconds); `follow_up` is work that is left for later."""

    at: float
    by: str
    text: str
    follow_up: bool = False


class Run(msgspec.Struct, frozen=True):
    """A playbook followed for one model: its steps, where it stands and what it waits for.

    `plan` is there while an action waits for its key; `undo` while the last committed action can be undone.
    """

    id: str
    playbook_id: str
    playbook_version: int
    title: str
    owners: tuple[str, ...]
    model_id: str
    incident_id: str | None
    started: float
    by: str
    steps: tuple[StepView, ...]
    active: str | None
    evidence: tuple[Evidence, ...] = ()
    choices: tuple[Choice, ...] = ()
    plan: Plan | None = None
    undo: Plan | None = None
    undoing: Undoing | None = None
    """How far an undo is, None where none was asked for."""
    sent: str | None = None
    """The hash of the plan that was sent last, or is on its way."""
    is_planning: bool = False
    """A plan is being made, perhaps anew after its key: `CancelPlan` drops it."""
    commitment: Commitment | None = None
    taken_back: Outcome | None = None
    """What became of the undo of the plan that was sent last; None where no undo of it has ended."""
    reasons: tuple[str, ...] = ()
    """Why the plan's numbers are what they are, in words."""
    capacity: CapacityFinding = CapacityFinding()
    """What a replica carries, where the playbook computes how many are needed."""
    progress: str | None = None
    """What a wait or a verification sees now, and how long it still waits."""
    message: str | None = None
    """Why the last command was refused, in one line."""
    ended: float | None = None
    action: str | None = None
    """The one action that is done without a playbook, by its name; None where a playbook is followed."""
    asked_as: str | None = None
    """The word by which whoever asked for the action here knows the run again."""
    is_rehearsal: bool = False
    """Everything is done but what changes a system."""
    followed_by: str | None = None
    """Who follows it on a console that is open, None where nobody does: then it can be taken up."""
    left_by: str | None = None
    """Who followed it last, while nobody does."""
    rests_since: float | None = None
    """When something happened in it last (UTC seconds), while nobody follows it."""
    is_mine: bool = True
    """This console follows it; of the others, it shows how far they are."""
    approvals_needed: int = 0
    """How many other people must agree before the plan may be sent."""
    approved_by: tuple[str, ...] = ()
    """Who agreed to the plan that waits for its key."""
    approved_until: float | None = None
    """When the first of them counts no more (UTC seconds), None where that never happens."""
    notice: Notice | None = None
    """The message of the active step, where it notifies."""
    notes: tuple[Note, ...] = ()
    asked: tuple[Asked, ...] = ()
    links: tuple[Link, ...] = ()
    """Pages that the playbook names."""

    @property
    def active_step(self) -> StepView | None:
        """Return the step that the run stands at, None when it has ended."""
        return next((step for step in self.steps if step.id == self.active), None)
