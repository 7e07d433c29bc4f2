"""The language of playbooks, typed: what a file of `kind: Playbook` may say.

Values for machines are typed or whole-value references (`$latency.objective`); `{{ latency }}` stands in texts only.
"""

from typing import Annotated, Literal

import msgspec

from console.playbooks.condition import Condition
from console.playbooks.evidence import EvidenceSource
from console.playbooks.head import Head, Identifier, Matches, Metadata, Text, Title
from console.playbooks.steps import Step

API_VERSION = "incident-console/v1"


class IntegerParameter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, tag="integer", tag_field="type"):
    """A whole number; a default outside of `min` and `max` refuses the action, it is never bent."""

    title: Title
    default: int | str
    min: int
    max: int


class Guard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What must be true before an action is planned and again before it is sent; unknown blocks like false."""

    require: Condition
    otherwise: Text


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How far the actions of this playbook may go; the configuration's own limits hold as well."""

    max_replicas: Annotated[int, msgspec.Meta(ge=1)] = 20
    max_factor: Annotated[float, msgspec.Meta(gt=1, le=10)] = 2.0


class Playbook(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"api_version": "apiVersion"}):
    """A playbook: when it applies, what to look at, what to do, and how to know that it worked."""

    api_version: Literal["incident-console/v1"]
    kind: Literal["Playbook"]
    metadata: Metadata
    match: Matches
    steps: Annotated[tuple[Step, ...], msgspec.Meta(min_length=1)]
    params: dict[Identifier, IntegerParameter] = {}
    evidence: dict[Identifier, EvidenceSource] = {}
    guards: tuple[Guard, ...] = ()
    limits: Limits = Limits()

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
