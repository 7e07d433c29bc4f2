"""The language of playbooks, typed: what a file of `kind: Playbook` may say.

Values for machines are typed or whole-value references (`$latency.objective`); `{{ latency }}` stands in texts only.
"""

from typing import Annotated, Final, Literal

import msgspec

from console.domain.anomaly import Severity
from console.playbooks.condition import Condition
from console.playbooks.evidence import EvidenceSource
from console.playbooks.head import Head, Identifier, Matches, Metadata, Span, Text
from console.playbooks.parameter import Parameter
from console.playbooks.steps import Step

API_VERSION: Final = "incident-console/v1"


class Guard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be true before an action is planned and again before it is sent; unknown blocks like false."""

    require: Condition
    otherwise: Text


class MaxRuns(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many actions of the playbook may be sent for one target within a time."""

    count: Annotated[int, msgspec.Meta(ge=1, le=100)]
    per: Span


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far and how often the actions of this playbook may go; the configuration's own limits hold as well.

    `cooldown` is how long a target is left alone after an action of this playbook was sent, `max_runs` how many of them
    it gets within a time. Both are counted in the journal, whoever acted; an undo always passes.
    """

    max_replicas: Annotated[int, msgspec.Meta(ge=1)] = 20
    max_factor: Annotated[float, msgspec.Meta(gt=1, le=10)] = 2.0
    cooldown: Span | None = None
    max_runs: MaxRuns | None = None


class ApprovalsWhen(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where approvals are asked for: models with one of these values of each label (globs), at least this severity."""

    labels: dict[str, tuple[str, ...]] = {}
    min_severity: Severity = Severity.WARNING


class Approvals(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many people must agree to a plan before it is sent; an approval is for one plan, by its hash.

    With `not_self` whoever sends the plan does not count. An approval that is older than `expires` counts no more.
    """

    count: Annotated[int, msgspec.Meta(ge=1, le=5)] = 1
    not_self: bool = True
    expires: Span = "30m"
    when: ApprovalsWhen = ApprovalsWhen()


class Playbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"api_version": "apiVersion"}):
    """A playbook: when it applies, what to look at, what to do, and how to know that it worked."""

    api_version: Literal["incident-console/v1"]
    kind: Literal["Playbook"]
    metadata: Metadata
    match: Matches
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    params: dict[Identifier, Parameter] = {}
    evidence: dict[Identifier, EvidenceSource] = {}
    guards: tuple[Guard, ...] = ()
    limits: Limits = Limits()
    approvals: Approvals | None = None

    @property
    def id(self) -> str:
        """Return the id of the playbook."""
        return self.metadata.id

    @property
    def head(self) -> Head:
        """Return what the playbook says of itself before its steps."""
        return Head(self.metadata, self.match)

    def step(self, step_id: str) -> Step:
        """Return a step.

        Raises:
            KeyError: the playbook has no such step.
        """
        for step in self.steps:
            if step.id == step_id:
                return step
        raise KeyError(step_id)
