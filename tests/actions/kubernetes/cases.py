"""The actions of the Kubernetes provider, and what a colleague does to the same field."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path

import msgspec

from console.actions.contract import Case, Lacking
from console.actions.kubernetes.cordon import Cordon
from console.actions.kubernetes.delete_pod import DELETE_POD
from console.actions.kubernetes.patching_action import PatchingAction
from console.actions.kubernetes.pause import Pause, Resume
from console.actions.kubernetes.restart import Restart
from console.actions.kubernetes.roll_back import RollBack
from console.actions.kubernetes.scale import Scale
from console.actions.kubernetes.stop_rollout import StopRollout
from console.simulation.cluster.simulated_cluster import Release
from tests.actions.cluster_stand import ClusterStand, Edit
from tests.actions.kubernetes import other_workloads
from tests.actions.kubernetes.place import Place
from tests.actions.kubernetes.pod_stand import a_pod_stand
from tests.actions.kubernetes.world import START, a_world, occasion

ANOTHER_IMAGE = Edit(
    {"spec": {"template": {"spec": {"containers": [{"name": "fraud", "image": "registry/fraud:v43"}]}}}},
    "template.spec.containers[fraud].image is registry/fraud:v43 now, not registry/fraud:v4",
)
RESTARTED = {"spec": {"template": {"metadata": {"annotations": {"kubectl.kubernetes.io/restartedAt": "today"}}}}}
BEFORE = Release(image="registry/fraud:v40", labels={"version": "v40"}, created=START - 7200)


def deployment(world: Place) -> str:
    return f"/apis/apps/v1/namespaces/{world.fraud.namespace}/deployments/fraud"


def autoscaler(world: Place) -> str:
    version = "v2" if world.minor >= 23 else "v2beta2"
    return f"/apis/autoscaling/{version}/namespaces/{world.fraud.namespace}/horizontalpodautoscalers/fraud"


async def nothing(world: Place) -> None:
    """Leave a world as it is."""


async def some_time_ago(world: Place) -> None:
    """Everything was made in an earlier second: of what happened within the same one servers keep no order."""
    world.clock.now += 1


async def autoscaled(world: Place) -> None:
    """An autoscaler sets the count since a second."""
    world.cluster.add_autoscaler(namespace=world.fraud.namespace, deployment="fraud", minimum=2, maximum=8)
    world.clock.now += 1


async def rolling_out(world: Place) -> None:
    """A release is under way whose first pod is not ready yet."""
    world.cluster.roll_out(
        namespace=world.fraud.namespace, name="fraud", image="registry/fraud:v42", labels={"version": "v42"}
    )
    world.clock.now += 1


async def paused(world: Place) -> None:
    await world.transport.patch(
        deployment(world), {"spec": {"paused": True}}, content_type="application/merge-patch+json", dry_run=False
    )
    world.clock.now += 1


def a_pod(world: Place) -> str:
    return world.cluster.pods(world.fraud.namespace, "fraud")[0].name


def its_node(world: Place) -> str:
    return f"/api/v1/nodes/{world.cluster.pods(world.fraud.namespace, 'fraud')[0].node}"


class Patching(msgspec.Struct, frozen=True, kw_only=True):
    """One action under test in a world that is prepared for it."""

    action: type[PatchingAction]
    arguments: Callable[[Place], Mapping[str, object]] = lambda _: {}
    path: Callable[[Place], str] = deployment
    resource: tuple[str, str] = ("deployments", "")
    edit: Edit
    later: Edit | None = None
    prepared: Callable[[Place], Awaitable[None]] = nothing
    lacking: Lacking = Lacking()
    minor: int = 36

    @contextlib.asynccontextmanager
    async def stand(self) -> AsyncIterator[ClusterStand]:
        with tempfile.TemporaryDirectory() as directory:
            async with a_world(Path(directory), earlier=(BEFORE,), minor=self.minor) as world:
                yield await self.stand_in(world)

    async def stand_in(self, world: Place) -> ClusterStand:
        await self.prepared(world)
        world.cluster.forget_requests()
        governed = "fraud" if self.path is autoscaler else None
        return ClusterStand(
            action=self.action(world.transport, world.settings, world.clock, settle_seconds=0.0),
            occasion=occasion(msgspec.structs.replace(world.fraud, autoscaler=governed)),
            arguments=self.arguments(world),
            cluster=world.cluster,
            transport=world.transport,
            clock=world.clock,
            path=self.path(world),
            resource=("patch", *self.resource),
            edit=self.edit,
            later=self.later,
        )


PATCHING = {
    "scale": Patching(
        action=Scale,
        arguments=lambda _: {"replicas": 6},
        resource=("deployments", "scale"),
        edit=Edit({"spec": {"replicas": 4}}, "replicas are 4 now, not "),
    ),
    "scale an autoscaled workload": Patching(
        action=Scale,
        arguments=lambda _: {"replicas": 6},
        path=autoscaler,
        resource=("horizontalpodautoscalers", ""),
        edit=Edit({"spec": {"minReplicas": 4}}, "minReplicas are 4 now, not "),
        prepared=autoscaled,
    ),
    "scale over the most of an autoscaler": Patching(
        action=Scale,
        arguments=lambda _: {"replicas": 10},
        path=autoscaler,
        resource=("horizontalpodautoscalers", ""),
        edit=Edit({"spec": {"maxReplicas": 12}}, "maxReplicas are 12 now, not "),
        prepared=autoscaled,
    ),
    "roll back": Patching(action=RollBack, edit=ANOTHER_IMAGE),
    "stop a rollout": Patching(action=StopRollout, edit=ANOTHER_IMAGE, prepared=rolling_out),
    "restart": Patching(
        action=Restart,
        edit=Edit(RESTARTED, "template.metadata.annotations"),
        lacking=Lacking(undo="pods that were replaced do not come back"),
    ),
    "pause": Patching(
        action=Pause,
        edit=Edit({"spec": {"paused": True}}, "paused is true now, it was not set"),
        later=Edit({"spec": {"paused": None}}, "paused is not set already"),
    ),
    "resume": Patching(
        action=Resume,
        edit=Edit({"spec": {"paused": None}}, "paused is not set now, not true"),
        later=Edit({"spec": {"paused": True}}, "paused is true already (by kubectl at "),
        prepared=paused,
        lacking=Lacking(proof_of_effect="the cluster does not say who took a field away"),
    ),
    "cordon": Patching(
        action=Cordon,
        arguments=lambda world: {"pod": a_pod(world)},
        path=its_node,
        resource=("nodes", ""),
        edit=Edit({"spec": {"unschedulable": True}}, "unschedulable is true now, it was not set"),
        later=Edit({"spec": {"unschedulable": None}}, "unschedulable is not set already"),
        prepared=some_time_ago,
    ),
}
CASES = [
    *(
        Case(name=name, action=each.action.specification.name, make=each.stand, lacking=each.lacking)
        for name, each in PATCHING.items()
    ),
    Case(
        name="delete a pod",
        action=DELETE_POD.name,
        make=a_pod_stand,
        lacking=Lacking(undo="a pod that is gone does not come back"),
    ),
    *other_workloads.CASES,
]
