"""What every action can do, and how it says no."""

from collections.abc import Mapping
from typing import Protocol

import msgspec

from console.domain.action import Commitment, Plan
from console.domain.model import Workload


class ActionRefused(Exception):
    """Something is not done, for a reason that is told in one harmless line."""


class RolloutProgress(msgspec.Struct, frozen=True):
    """How far the cluster is with what was committed.

    `done` is None when that cannot be known now: nothing can be read, or somebody else changed it since. `failed` says
    why the system gave up on what was committed, else None.
    """

    done: bool | None
    failed: str | None
    text: str


class Action(Protocol):
    """One kind of operation on a real system."""

    @property
    def name(self) -> str:
        """Return the name that playbooks use: `kubernetes.scale`."""
        ...

    async def plan(
        self, model_id: str, target: Workload, arguments: Mapping[str, object], *, may_dry_run: bool
    ) -> Plan:
        """Return what would be done; what forbids it stands in the plan's refusals.

        Args:
            model_id: the model that the target serves.
            target: the workload, pinned by its uid.
            arguments: what the playbook asks for.
            may_dry_run: a console that only reads sends no write, not even one that changes nothing.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        ...

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the recorded inverse of a plan as a plan of its own; refused when the object has moved on.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        ...

    async def commit(self, plan: Plan) -> Commitment:
        """Send the request of a plan exactly once, and tell what came of it; no failure of the system raises."""
        ...

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell by reading whether the request of a plan, sent at a time (UTC seconds), was applied; sends nothing."""
        ...

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far the system is with a committed plan."""
        ...
