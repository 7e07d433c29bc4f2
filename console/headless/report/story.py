"""An incident told from its first sign to its end: frozen values that every format of a report renders."""

import msgspec

from console.domain.action import FieldChange, Outcome
from console.domain.anomaly import Anomaly, Cause, Severity
from console.domain.change import Change
from console.domain.link import Link
from console.domain.run import StepKind, StepState
from console.journal.incident_events import Course


class Moment(msgspec.Struct, frozen=True):
    """One line of a timeline: what happened at an instant (UTC seconds), and who did it; None where nobody did.

    `kind` says what sort of thing it was: `onset`, `opened`, `changed`, `acknowledged`, `note`, `change`, `run`,
    `step`, `action`, `outcome`, `verified`, `approved`, `recovered`.
    """

    at: float
    kind: str
    text: str
    by: str | None = None


class Times(msgspec.Struct, frozen=True):
    """The instants of an incident (UTC seconds); None is what did not happen, or is not known.

    `mitigated_by` says in words what is taken for the mitigation.
    """

    onset: float
    opened: float
    acknowledged: float | None = None
    mitigated: float | None = None
    recovered: float | None = None
    onset_is_earlier: bool = False
    recovered_at_latest: bool = False
    mitigated_by: str | None = None

    def since_onset(self, instant: float | None) -> float | None:
        """Return how many seconds after the onset an instant is, never below 0; None where there is none."""
        return max(0.0, instant - self.onset) if instant is not None else None


class Impact(msgspec.Struct, frozen=True):
    """What one signal came to: its worst value, when (UTC seconds), and how long it was beyond its limit (seconds).

    `beyond` counts only what was recorded; `at_least` says that the worst may be any more.
    """

    signal: str
    title: str
    unit: str
    worst: float | None
    worst_at: float | None
    limit: float | None
    expected: float | None
    objective: float | None
    beyond: float | None
    at_least: bool = False


class Requests(msgspec.Struct, frozen=True):
    """How many requests there were and how many failed within what was recorded of an incident.

    `budget_spent` is the share of the error budget of 30 days (ratio) that the failed ones took, None without one.
    """

    served: float
    failed: float
    budget_spent: float | None = None


class ToldCause(msgspec.Struct, frozen=True):
    """An explanation as it was told at an instant (UTC seconds), of the anomaly that `about` names."""

    at: float
    about: str
    cause: Cause


class StepTold(msgspec.Struct, frozen=True):
    """A step of a run: what it was, what became of it and why; `at` (UTC seconds) is when."""

    id: str
    kind: StepKind | None
    title: str
    state: StepState
    note: str = ""
    at: float | None = None


class ActionTold(msgspec.Struct, frozen=True):
    """What was sent to a system: before → after, by whom, and what became of it.

    `outcome` is the newest word on it. `undoes` is the title of what it took back; `undone_at` says when it was taken
    back itself. `command` is the same operation as a person would type it, `notes` are what
    the plan said before the key.
    """

    intent_id: str
    at: float
    by: str
    step_id: str
    title: str
    target: str
    changes: tuple[FieldChange, ...]
    request: str
    tier: int
    outcome: Outcome
    detail: str
    command: str | None = None
    verified_at: float | None = None
    undoes: str | None = None
    undone_at: float | None = None
    can_be_undone: bool = False
    notes: tuple[str, ...] = ()


class RunTold(msgspec.Struct, frozen=True):
    """A playbook that was followed: by whom, from when until when (UTC seconds; None: it is open), with what result.

    `unexplained` says why its steps are not told, None where they are.
    """

    id: str
    playbook_id: str
    playbook_version: int
    title: str
    owners: tuple[str, ...]
    by: str
    started: float
    ended: float | None
    is_rehearsal: bool = False
    steps: tuple[StepTold, ...] = ()
    actions: tuple[ActionTold, ...] = ()
    links: tuple[Link, ...] = ()
    standing_at: str | None = None
    cooldown: float | None = None
    """For how many seconds its playbook leaves a target alone after an action; None where it need not."""
    unexplained: str | None = None


class FollowUp(msgspec.Struct, frozen=True):
    """Work that is left: what, and where that comes from."""

    text: str
    source: str


class IncidentStory(msgspec.Struct, frozen=True):
    """Everything that a report tells; `written` is when it was (UTC seconds)."""

    id: str
    written: float
    model_id: str
    model_name: str
    severity: Severity
    times: Times
    opened_by: str
    anomalies: tuple[Anomaly, ...]
    versions: dict[str, float] = {}
    context: str | None = None
    budget: str | None = None
    acknowledged_by: str | None = None
    people: tuple[str, ...] = ()
    impacts: tuple[Impact, ...] = ()
    requests: Requests | None = None
    courses: tuple[Course, ...] = ()
    causes: tuple[ToldCause, ...] = ()
    changes: tuple[Change, ...] = ()
    timeline: tuple[Moment, ...] = ()
    runs: tuple[RunTold, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    links: tuple[Link, ...] = ()
    likeliest: Cause | None = None
    """The first cause that was told last of the worst anomaly: what is over is told without one."""

    @property
    def is_open(self) -> bool:
        """Return whether it is not known to be over."""
        return self.times.recovered is None
