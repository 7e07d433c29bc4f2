"""A stand of the contract for the deletion of a pod, whose name is another object's once it is gone."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from console.actions.kubernetes.delete_pod import DeletePod
from tests.actions.cluster_stand import ClusterStand, Edit
from tests.actions.kubernetes.world import a_world, occasion


class PodStand(ClusterStand, kw_only=True):
    """One of three pods is to go."""

    async def state(self) -> object:
        """Return which pods there are by their uids, and which of them end."""
        pods = (await self.transport.get(self.path.rpartition("/")[0]))["items"]
        return {pod["metadata"]["uid"]: pod["metadata"].get("deletionTimestamp") for pod in pods}

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
            name = world.cluster.pods("ml", "fraud")[0].name
            yield PodStand(
                action=DeletePod(world.transport, world.settings, world.clock, settle_seconds=0.0),
                occasion=occasion(world.fraud),
                arguments={"pod": name},
                cluster=world.cluster,
                transport=world.transport,
                clock=world.clock,
                path=f"/api/v1/namespaces/ml/pods/{name}",
                resource=("delete", "pods", ""),
                edit=Edit({}, f"pod {name} ends already"),
            )
