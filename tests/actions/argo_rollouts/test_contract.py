"""The contract of actions, held by those on a Rollout."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest

from console.actions.argo_rollouts.abort import Abort
from console.actions.argo_rollouts.promote import Promote
from console.actions.argo_rollouts.restart import Restart
from console.actions.argo_rollouts.scale import Scale
from console.actions.contract import Case, Lacking, Obligation, obligations
from tests.actions.argo_rollouts.world import ROLLOUT, a_rollout_world
from tests.actions.cluster_stand import ClusterStand, Edit


def asked(rollout: dict[str, Any]) -> object:
    """Return what a person may ask of a Rollout, without what its controller writes down."""
    status = rollout.get("status", {})
    return rollout["spec"], {name: status.get(name) or False for name in ("abort", "promoteFull")}


class Changing(msgspec.Struct, frozen=True, kw_only=True):
    """One action on Rollout `ml/fraud`, of which v41 is stable."""

    action: Any
    arguments: Mapping[str, object] = {}
    update: str | None = None
    subresource: str
    edit: Edit
    later: Edit | None = None
    lacking: Lacking = Lacking()

    @contextlib.asynccontextmanager
    async def stand(self) -> AsyncIterator[ClusterStand]:
        with tempfile.TemporaryDirectory() as directory:
            async with a_rollout_world(Path(directory)) as world:
                if self.update is not None:
                    world.release(self.update)
                yield ClusterStand(
                    action=world.action(self.action),
                    occasion=world.occasion,
                    arguments=self.arguments,
                    cluster=world.cluster,
                    transport=world.transport,
                    clock=world.clock,
                    path=ROLLOUT,
                    resource=("patch", "rollouts", self.subresource),
                    edit=self.edit,
                    later=self.later,
                    part=asked,
                )


CHANGING = {
    "scale": Changing(
        action=Scale,
        arguments={"replicas": 6},
        subresource="scale",
        edit=Edit({"spec": {"replicas": 5}}, "replicas are 5 now, not ", "scale"),
    ),
    "abort": Changing(
        action=Abort,
        update="v42",
        subresource="status",
        edit=Edit({"status": {"abort": True}}, "status.abort is true now, it was not set", "status"),
        later=Edit({"status": {"abort": False}}, "status.abort", "status"),
    ),
    "promote": Changing(
        action=Promote,
        arguments={"how_far": "full"},
        update="v42",
        subresource="status",
        edit=Edit({"status": {"promoteFull": True}}, "status.promoteFull is true now", "status"),
        lacking=Lacking(undo="a promoted version has replaced the stable one"),
    ),
    "restart": Changing(
        action=Restart,
        subresource="",
        edit=Edit({"spec": {"restartAt": "2025-11-22T04:00:00Z"}}, "now, it was not set"),
        lacking=Lacking(undo="pods that were replaced do not come back"),
    ),
}
CASES = [Case(name=name, make=each.stand, lacking=each.lacking) for name, each in CHANGING.items()]


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
