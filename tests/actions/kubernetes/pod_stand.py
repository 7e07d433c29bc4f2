"""A stand of the contract for the deletion of a pod, whose name is another object's once it is gone."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from console.actions.kubernetes.delete_pod import DeletePod
from tests.actions.cluster_stand import ClusterStand, Edit
from tests.actions.kubernetes.place import Place
from tests.actions.kubernetes.world import a_world, occasion


class PodStand(ClusterStand, kw_only=True):
    """One of three pods is to go; `pods` are the names of all, the ones that replace them have others."""

    pods: frozenset[str]

    async def state(self) -> object:
        """Return which of the first pods stay, by their uids: others may come at any time."""
        found = (await self.transport.get(self.path.rpartition("/")[0]))["items"]
        staying = (pod["metadata"] for pod in found if "deletionTimestamp" not in pod["metadata"])
        return {metadata["uid"] for metadata in staying if metadata["name"] in self.pods}

    async def remove(self) -> None:
        await super().remove()
        await self.pass_time(60.0)  # it ends within its grace period

    async def _change(self, edit: Edit) -> str:
        held = await self.transport.get(self.path)
        await self.transport.delete(self.path, uid=held["metadata"]["uid"])
        return edit.told


@contextlib.asynccontextmanager
async def a_pod_stand() -> AsyncIterator[PodStand]:
    with tempfile.TemporaryDirectory() as directory:
        async with a_world(Path(directory)) as world:
            yield pod_stand_in(world)


def pod_stand_in(world: Place) -> PodStand:
    namespace = world.fraud.namespace
    names = [pod.name for pod in world.cluster.pods(namespace, "fraud")]
    name = names[0]
    return PodStand(
        pods=frozenset(names),
        action=DeletePod(world.transport, world.settings, world.clock, settle_seconds=0.0),
        occasion=occasion(world.fraud),
        arguments={"pod": name},
        cluster=world.cluster,
        transport=world.transport,
        clock=world.clock,
        path=f"/api/v1/namespaces/{namespace}/pods/{name}",
        resource=("delete", "pods", ""),
        edit=Edit({}, f"pod {name} ends already"),
    )
