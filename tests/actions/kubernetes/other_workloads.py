"""Stands of the contract for what is no plain Deployment: a StatefulSet, and a workload that KEDA scales."""

import contextlib
import tempfile
from collections.abc import AsyncIterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from console.actions.contract import Case
from console.actions.kubernetes.roll_back import ROLL_BACK, RollBack
from console.actions.kubernetes.scale import SCALE, Scale
from console.actions.kubernetes.workload_action import WorkloadAction
from console.domain.model import Workload
from console.simulation.cluster.keda import PAUSED_REPLICAS, SCALED_OBJECTS, add_keda
from console.sources.cluster.resolve import Sought, resolve_workloads
from tests.actions.cluster_stand import MERGE, ClusterStand, Edit
from tests.actions.kubernetes.world import START, World, a_world, occasion

STATEFUL_SET = "/apis/apps/v1/namespaces/ml/statefulsets/eta"
SCALED_OBJECT = "/apis/keda.sh/v1alpha1/namespaces/ml/scaledobjects/fraud"


def with_image(version: str) -> Edit:
    """Return that a colleague releases a version of `eta`."""
    containers = [{"name": "eta", "image": f"registry/eta:{version}"}]
    body = {"spec": {"template": {"metadata": {"labels": {"version": version}}, "spec": {"containers": containers}}}}
    return Edit(body, f"template.metadata.labels.version is {version} now, not v4")


async def found(world: World, name: str, *pods: str) -> Workload:
    """Return a workload as a console finds it by its pods."""
    finding = (await resolve_workloads(world.transport, {name: Sought("ml", pods)}))[name]
    assert finding.workload is not None, finding.reason
    return finding.workload


async def stand_in(
    world: World,
    action: type[WorkloadAction],
    workload: Workload,
    arguments: Mapping[str, object],
    path: str,
    resource: tuple[str, str],
    edit: Edit,
) -> ClusterStand:
    """Return a stand in a world, from which on requests count."""
    world.cluster.forget_requests()
    return ClusterStand(
        action=action(world.transport, world.settings, world.clock, settle_seconds=0.0),
        occasion=occasion(workload),
        arguments=arguments,
        cluster=world.cluster,
        transport=world.transport,
        clock=world.clock,
        path=path,
        resource=("patch", *resource),
        edit=edit,
    )


@contextlib.asynccontextmanager
async def stateful(
    action: type[WorkloadAction], arguments: Mapping[str, object], subresource: str, edit: Edit
) -> AsyncIterator[ClusterStand]:
    """StatefulSet `ml/eta` of two pods was released as v41, and runs v42."""
    with tempfile.TemporaryDirectory() as directory:
        async with a_world(Path(directory)) as world:
            world.cluster.add_stateful_set(
                namespace="ml",
                name="eta",
                replicas=2,
                image="registry/eta:v41",
                labels={"version": "v41"},
                created=START - 3600,
            )
            released = with_image("v42").body
            await world.transport.patch(STATEFUL_SET, dict(released), content_type=MERGE, dry_run=False)
            for _ in range(4):
                world.clock.now += 60
                world.cluster.advance()
            workload = await found(world, "eta", "eta-0", "eta-1")
            yield await stand_in(world, action, workload, arguments, STATEFUL_SET, ("statefulsets", subresource), edit)


@contextlib.asynccontextmanager
async def under_keda(annotations: Mapping[str, str], edit: Edit) -> AsyncIterator[ClusterStand]:
    """A ScaledObject with some annotations keeps Deployment `ml/fraud` between two and eight replicas."""
    with tempfile.TemporaryDirectory() as directory:
        async with a_world(Path(directory)) as world:
            add_keda(world.cluster)
            triggers = [{"type": "prometheus", "metadata": {}}]
            bounds = {"minReplicaCount": 2, "maxReplicaCount": 8, "triggers": triggers}
            document = {
                "metadata": {"name": "fraud", "namespace": "ml", "annotations": {**annotations}},
                "spec": {"scaleTargetRef": {"name": "fraud"}, **bounds},
            }
            world.cluster.add_object(SCALED_OBJECTS, document)
            world.clock.now += 60
            world.cluster.advance()
            workload = await found(world, "fraud", *(pod.name for pod in world.cluster.pods("ml", "fraud")))
            stand = await stand_in(world, Scale, workload, {"replicas": 6}, SCALED_OBJECT, ("scaledobjects", ""), edit)
            yield msgspec.structs.replace(stand, part=bounds_and_marks)


def bounds_and_marks(document: dict[str, Any]) -> object:
    return document["spec"], document["metadata"]["annotations"]


CASES = (
    Case(
        name="scale a StatefulSet",
        action=SCALE.name,
        make=partial(
            stateful, Scale, {"replicas": 4}, "scale", Edit({"spec": {"replicas": 3}}, "replicas are 3 now, not ")
        ),
    ),
    Case(
        name="roll back a StatefulSet",
        action=ROLL_BACK.name,
        make=partial(stateful, RollBack, {}, "", with_image("v43")),
    ),
    Case(
        name="scale what KEDA scales",
        action=SCALE.name,
        make=partial(under_keda, {}, Edit({"spec": {"minReplicaCount": 4}}, "minReplicaCount is 4 now, not ")),
    ),
    Case(
        name="scale what KEDA holds",
        action=SCALE.name,
        make=partial(
            under_keda,
            {PAUSED_REPLICAS: "3"},
            Edit({"metadata": {"annotations": {PAUSED_REPLICAS: "4"}}}, f"annotation {PAUSED_REPLICAS} is 4 now, not "),
        ),
    ),
)
