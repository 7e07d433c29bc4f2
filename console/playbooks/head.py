"""The head of a playbook: who it is and when it is offered. A summary reads no more of a playbook than this."""

from datetime import date
from typing import Annotated, Literal

import msgspec

from console.domain.anomaly import AnomalyKind, CauseKind, Severity
from console.domain.change import ChangeKind
from console.settings.written import ONE_OR_SEVERAL

# The descriptions end a message about a value that does not fit and are shown by editors.
# A `$` alone would let a line break follow.
Identifier = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$(?!\n)",
        max_length=60,
        description="lower-case words joined by - or _, at most 60 characters",
    ),
]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=1000, description="a text of 1 to 1000 characters")]
Title = Annotated[str, msgspec.Meta(min_length=1, max_length=160, description="a text of 1 to 160 characters")]
Key = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9]$(?!\n)", description="one lower-case letter or digit, as text")]
Duration = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(\$[a-z]+|(\d+(\.\d+)?(ms|[smhdw]))+)$(?!\n)",
        max_length=40,
        description="a duration such as 30s or 5m, or $confirm or $recover of the configured judgement",
    ),
]
Span = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^(\d+(\.\d+)?(ms|[smhdw]))+$(?!\n)", max_length=40, description="a duration such as 30s or 5m"
    ),
]
Url = Annotated[
    str,
    msgspec.Meta(
        pattern=r"^https?://([^\s{}]|\{\{ ?[a-z.]+ ?\}\})+$(?!\n)",
        max_length=500,
        description="an http:// or https:// address, in which {{ model.name }} and {{ model.id }} may stand",
    ),
]


class Link(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A page that helps."""

    title: Title
    url: Url


class Metadata(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who the playbook is: `version` grows with every change, `reviewed` is the day somebody last read it through."""

    id: Identifier
    version: Annotated[int, msgspec.Meta(ge=1)]
    title: Title
    owners: Annotated[tuple[Title, ...], msgspec.Meta(min_length=1)]
    reviewed: date
    links: tuple[Link, ...] = ()


class MatchAnomaly(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Anomalies that the playbook is for; `firing_for` is how long one must have lasted.

    `direction` asks for a value that is over (`high`) or under (`low`) what is expected of it. `max_burn` asks for
    errors that spend the error budget at no more than so many times the rate that would just use it up in its period.
    """

    kind: tuple[AnomalyKind, ...] = ()
    signal: tuple[str, ...] = ()
    direction: Literal["high", "low"] | None = None
    min_severity: Severity = Severity.WARNING
    max_severity: Severity = Severity.CRITICAL
    max_burn: Annotated[float, msgspec.Meta(gt=0, description="a number above 0")] | None = None
    firing_for: Duration | None = None


class MatchChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Something that changed shortly before the onset, `within` which at most."""

    kind: Annotated[tuple[ChangeKind, ...], msgspec.Meta(min_length=1)]
    within: Duration = "1h"


class MatchNot(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Models that the playbook is not for."""

    labels: dict[str, tuple[str, ...]] = {}
    serving: tuple[str, ...] = ()


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When the playbook is offered: every key that is given must match, the values of one key are alternatives.

    `causes` are explanations that the console found, `alerts` names of alerts that fire for the model (globs), `labels`
    maps a label of the model to its values (globs). `serving` names presets or kinds of workloads, `at_limit` signals
    of the model that are full or whose queue grows. `fleet_wide` asks for the same onset at many models. The playbook
    of the most certain cause is offered first, then the one that asks for most; `rank` orders equals.
    """

    anomaly: MatchAnomaly = MatchAnomaly()
    causes: tuple[CauseKind, ...] = ()
    change: MatchChange | None = None
    alerts: tuple[str, ...] = ()
    labels: dict[str, tuple[str, ...]] = {}
    serving: tuple[str, ...] = ()
    at_limit: tuple[str, ...] = ()
    fleet_wide: bool = False
    not_: MatchNot = msgspec.field(name="not", default=MatchNot())
    rank: Annotated[int, msgspec.Meta(ge=0, le=100)] = 50


Matches = Annotated[tuple[Match, ...], ONE_OR_SEVERAL, msgspec.Meta(min_length=1)]
"""Alternatives: a playbook is offered where one of them fits, and stands where the best one puts it."""


class Head(msgspec.Struct, frozen=True):
    """What a playbook says of itself before its steps."""

    metadata: Metadata
    match: Matches

    @property
    def id(self) -> str:
        """Return the id of the playbook."""
        return self.metadata.id
