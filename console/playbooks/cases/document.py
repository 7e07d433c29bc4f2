"""The language of playbook tests, typed: what a file of `kind: PlaybookTest` may say."""

from typing import Annotated, Literal

import msgspec

from console.domain.action import Outcome
from console.playbooks.head import Identifier, Key, Span, Text, Title
from console.settings.written import ONE_OR_SEVERAL

UNKNOWN = "unknown"
Value = float | Literal["unknown"]
"""A number in the unit of the evidence (seconds, ratios), or `unknown`."""


class Lasting(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A value that lasts for some time."""

    value: Value
    for_: Span = msgspec.field(name="for")


OverTime = Value | Annotated[tuple[Value | Lasting, ...], msgspec.Meta(min_length=1)]
"""A value, or a list: one value for each refresh, or one that lasts for a time; the last of them stays."""


class ModelFacts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The model that the playbook is followed for."""

    name: Title = "model"
    id: Title = "model"


class ActionCourse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an action meets: whether it can be planned, what comes of its request, and what is measured from then on.

    `before` are the fields that the plan changes, as they are before; replicas of the workload that the playbook looks
    at are taken from its evidence. `ready_after` is how long the rollout takes, where it comes to its end.
    """

    refused: Text | None = None
    before: dict[str, int | str] = {}
    commit: Literal["applied", "not_applied", "unknown"] = "applied"
    rollout: Literal["ready", "failed", "never"] = "ready"
    ready_after: Span = "0s"
    evidence: dict[str, OverTime] = {}


class PlanExpected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields that a plan changes, before and after."""

    after: Annotated[dict[str, int | str], msgspec.Meta(min_length=1)]
    before: dict[str, int | str] = {}


class Expected(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must have come of a case; what is left out may be anything.

    `path` are the steps in the order in which they were reached, `end` where the run stands when nothing more happens:
    `end`, or the step that waits for a person. `suggested` is the key that a decision suggests (none: `null`),
    `blocked_by` stands in the reason for which an action is not planned or not sent, `notes` in what is told of a step.
    """

    path: tuple[str, ...] = ()
    end: str | None = None
    suggested: dict[str, str | None] = {}
    checks: dict[str, bool | Literal["unknown"]] = {}
    plan: dict[str, PlanExpected] = {}
    outcome: dict[str, Outcome] = {}
    blocked_by: Text | None = None
    skipped: tuple[str, ...] = ()
    notes: dict[str, Text] = {}


class Case(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way through a playbook: what is measured, what people answer, what becomes of actions, and what must follow.

    `answers` are keys, one for each time that a step asks. Without one a manual or notify step is done, a plan is
    confirmed (`y`), and a decision leaves the run standing.
    """

    name: Title
    expect: Expected
    model: ModelFacts = ModelFacts()
    evidence: dict[str, OverTime] = {}
    params: dict[Identifier, int | str] = {}
    answers: dict[str, Annotated[tuple[Key, ...], ONE_OR_SEVERAL, msgspec.Meta(min_length=1)]] = {}
    actions: dict[str, ActionCourse] = {}


class Durations(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `$confirm` and `$recover` stand for."""

    confirm: Span = "1m"
    recover: Span = "2m"


class PlaybookTest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"api_version": "apiVersion"}):
    """Cases of one playbook, which is named by its id; evidence comes every `refresh`."""

    api_version: Literal["incident-console/v1"]
    kind: Literal["PlaybookTest"]
    playbook: Identifier
    cases: Annotated[tuple[Case, ...], msgspec.Meta(min_length=1)]
    refresh: Span = "15s"
    durations: Durations = Durations()
