"""The contract of actions, held by those on a Rollout."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

from console.actions.argo_rollouts.abort import Abort
from console.actions.argo_rollouts.promote import Promote
from console.actions.argo_rollouts.restart import Restart
from console.actions.argo_rollouts.retry import Retry
from console.actions.argo_rollouts.scale import Scale
from console.actions.argo_rollouts.undo import Undo
from console.actions.contract import Case, Lacking, Obligation, obligations
from console.simulation.cluster.argo_rollouts import ROLLOUTS
from console.simulation.cluster.resources import DEPLOYMENTS
from tests.actions.argo_rollouts.world import ROLLOUT, STEPS, RolloutWorld, a_rollout_world, with_version
from tests.actions.cluster_stand import ClusterStand, Edit


def asked(rollout: dict[str, Any]) -> object:
    """Return what a person may ask of a Rollout, without what its controller writes down."""
    status = rollout.get("status", {})
    return rollout["spec"], {name: status.get(name) or False for name in ("abort", "promoteFull")}


async def nothing(world: RolloutWorld) -> None:
    """Leave a world as it is."""


async def updating(world: RolloutWorld) -> None:
    """v42 is under way, and waits at a step."""
    world.release("v42")


async def aborted(world: RolloutWorld) -> None:
    """A colleague aborted the update to v42 a minute ago."""
    world.release("v42")
    await world.as_a_colleague({"status": {"abort": True}}, "status")
    world.wait()


async def promoted(world: RolloutWorld) -> None:
    """v42 is the stable version, which does not need the ConfigMap any more that v41 needs, and that is there."""
    await world.transport.create("/api/v1/namespaces/ml/configmaps", {"metadata": {"name": "features"}})
    await in_full(world, {"volumes": [{"name": "features", "configMap": {"name": "features"}}]})
    world.plane.change(ROLLOUTS, "ml", "fraud", lambda held: with_version(held, "v42"))
    await in_full(world, {"volumes": None})


async def in_full(world: RolloutWorld, pods: dict[str, Any]) -> None:
    """Release other pods, without steps."""
    await world.as_a_colleague({"spec": {"template": {"spec": pods}}})
    world.wait()
    await world.as_a_colleague({"status": {"promoteFull": True}}, "status")
    world.wait()


async def referencing(world: RolloutWorld) -> None:
    """The template is that of Deployment `ml/fraud-model`, of which v42 is the stable version."""
    labels = {"app": "fraud", "version": "v41"}
    world.cluster.add_deployment(
        namespace="ml", name="fraud-model", replicas=0, image="registry/fraud:v41", labels=labels, created=1.0
    )
    reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "fraud-model"}
    await world.as_a_colleague({"spec": {"template": None, "workloadRef": reference}})
    world.wait()
    world.plane.change(DEPLOYMENTS, "ml", "fraud-model", lambda held: with_version(held, "v42"))
    world.wait()
    await world.as_a_colleague({"status": {"promoteFull": True}}, "status")
    world.wait()


class Changing(msgspec.Struct, frozen=True, kw_only=True):
    """One action on Rollout `ml/fraud`, of which v41 is stable unless more is prepared."""

    action: Any
    arguments: Mapping[str, object] = {}
    steps: Sequence[dict[str, Any]] = STEPS
    prepared: Callable[[RolloutWorld], Awaitable[None]] = nothing
    path: str = ROLLOUT
    plural: str = "rollouts"
    subresource: str = ""
    edit: Edit
    later: Edit | None = None
    lacking: Lacking = Lacking()

    @contextlib.asynccontextmanager
    async def stand(self) -> AsyncIterator[ClusterStand]:
        with tempfile.TemporaryDirectory() as directory:
            async with a_rollout_world(Path(directory), steps=self.steps) as world:
                await self.prepared(world)
                yield ClusterStand(
                    action=world.action(self.action),
                    occasion=world.occasion,
                    arguments=self.arguments,
                    cluster=world.cluster,
                    transport=world.transport,
                    clock=world.clock,
                    path=self.path,
                    resource=("patch", self.plural, self.subresource),
                    edit=self.edit,
                    later=self.later,
                    part=asked,
                )


def with_image(image: str, container: str = "fraud") -> Edit:
    """Return that a colleague asks for another image."""
    containers = [{"name": container, "image": image}]
    told = f"template.spec.containers[{container}].image is {image} now, not registry/fraud:v4"
    return Edit({"spec": {"template": {"spec": {"containers": containers}}}}, told)


CHANGING = {
    "scale": Changing(
        action=Scale,
        arguments={"replicas": 6},
        subresource="scale",
        edit=Edit({"spec": {"replicas": 5}}, "replicas are 5 now, not ", "scale"),
    ),
    "abort": Changing(
        action=Abort,
        prepared=updating,
        subresource="status",
        edit=Edit({"status": {"abort": True}}, "status.abort is true now, it was not set", "status"),
        later=Edit({"status": {"abort": False}}, "status.abort", "status"),
    ),
    "retry": Changing(
        action=Retry,
        prepared=aborted,
        subresource="status",
        edit=Edit({"status": {"abort": False}}, "status.abort is false now, not true", "status"),
        later=Edit({"status": {"abort": True}}, "status.abort is true already (by kubectl at ", "status"),
    ),
    "undo": Changing(
        action=Undo,
        steps=({"setWeight": 50}, {"pause": {"duration": "10s"}}),
        prepared=promoted,
        edit=with_image("registry/fraud:v43"),
    ),
    "undo in a referenced Deployment": Changing(
        action=Undo,
        steps=({"setWeight": 50}, {"pause": {"duration": "10s"}}),
        prepared=referencing,
        path="/apis/apps/v1/namespaces/ml/deployments/fraud-model",
        plural="deployments",
        edit=with_image("registry/fraud:v43", container="fraud-model"),
    ),
    "promote": Changing(
        action=Promote,
        arguments={"how_far": "full"},
        prepared=updating,
        subresource="status",
        edit=Edit({"status": {"promoteFull": True}}, "status.promoteFull is true now", "status"),
        lacking=Lacking(undo="a promoted version has replaced the stable one"),
    ),
    "restart": Changing(
        action=Restart,
        edit=Edit({"spec": {"restartAt": "2025-11-22T04:00:00Z"}}, "now, it was not set"),
        lacking=Lacking(undo="pods that were replaced do not come back"),
    ),
}
CASES = [
    Case(name=name, action=each.action.specification.name, make=each.stand, lacking=each.lacking)
    for name, each in CHANGING.items()
]


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
