"""A simulated cluster with Rollout `ml/fraud`, over real HTTP, and what a console has to reach it."""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from console.actions.provider import Occasion
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.snapshot import ModelView
from console.settings.settings import KubernetesSettings
from console.simulation.cluster import RecordedRequest, ResourceType, SimulatedCluster
from console.simulation.cluster.argo_rollouts import ANALYSIS_RUNS, ROLLOUTS, RolloutController, rollout_object
from console.simulation.cluster.resources import REPLICA_SETS
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.world import START, Clock
from tests.simulation.cluster.planes import Plane

ROLLOUT = "/apis/argoproj.io/v1alpha1/namespaces/ml/rollouts/fraud"
STEPS: tuple[dict[str, Any], ...] = ({"setWeight": 25}, {"pause": {}}, {"setWeight": 50}, {"pause": {}})
MERGE = "application/merge-patch+json"
A = TypeVar("A")


class RolloutWorld(msgspec.Struct):
    """Rollout `ml/fraud` of four pods, whose version v41 is stable."""

    clock: Clock
    cluster: SimulatedCluster
    plane: Plane
    transport: Kr8sTransport
    settings: KubernetesSettings

    def action(self, kind: Callable[..., A]) -> A:
        return kind(self.transport, self.settings, self.clock, settle_seconds=0.0)

    def wait(self, seconds: float = 60.0) -> dict[str, Any]:
        self.clock.now += seconds
        self.cluster.advance()
        self.cluster.forget_requests()
        return dict(self.live["status"])

    def release(self, version: str) -> dict[str, Any]:
        self.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: with_version(rollout, version))
        return self.wait()

    async def as_a_colleague(self, body: dict[str, Any], subresource: str = "") -> None:
        path = f"{ROLLOUT}/{subresource}" if subresource else ROLLOUT
        await self.transport.patch(path, body, content_type=MERGE, dry_run=False, field_manager="kubectl")
        self.cluster.forget_requests()

    @property
    def live(self) -> dict[str, Any]:
        return self.plane.get(ROLLOUTS, "ml", "fraud")

    @property
    def mutations(self) -> list[RecordedRequest]:
        return [request for request in self.cluster.requests if request.mutates]

    @property
    def occasion(self) -> Occasion:
        metadata = self.live["metadata"]
        workload = Workload("simulated", "ml", "Rollout", "fraud", metadata["uid"], replicas=4, ready=4)
        view = ModelView(Model("fraud", Label("fraud")), Status.CRITICAL, {}, workload=WorkloadFinding(workload))
        return Occasion(view, by="ann@bastion")

    def analysed(self, phase: str, message: str = "") -> dict[str, Any]:
        """Let the newest analysis come to an end, and wait a little."""
        run = self.plane.list(ANALYSIS_RUNS, "ml")[-1]["metadata"]["name"]
        ended = {"phase": phase} | ({"message": message} if message else {})
        self.plane.change(ANALYSIS_RUNS, "ml", run, lambda held: held.update(status=ended))
        return self.wait()

    def versions(self) -> dict[str, int]:
        """Return how many pods each version is asked to run."""
        held = self.plane.list(REPLICA_SETS, "ml")
        counts = [
            (each["spec"]["template"]["metadata"]["labels"]["version"], each["spec"]["replicas"]) for each in held
        ]
        return {version: count for version, count in counts if count}


def with_version(held: dict[str, Any], version: str) -> None:
    template = held["spec"]["template"]
    template["spec"]["containers"][0]["image"] = f"registry/fraud:{version}"
    template["metadata"]["labels"]["version"] = version


@contextlib.asynccontextmanager
async def a_rollout_world(
    directory: Path,
    *,
    resource: ResourceType = ROLLOUTS,
    steps: Sequence[dict[str, Any]] = STEPS,
    blue_green: dict[str, Any] | None = None,
) -> AsyncIterator[RolloutWorld]:
    clock = Clock()
    cluster = SimulatedCluster(clock)
    cluster.add_resource(resource)
    cluster.add_resource(ANALYSIS_RUNS)
    plane = Plane(cluster, RolloutController)
    image, labels = "registry/fraud:v41", {"version": "v41"}
    made = rollout_object("ml", "fraud", replicas=4, image=image, labels=labels, steps=steps, blue_green=blue_green)
    cluster.add_object(resource, made, created=START - 3600)
    async with cluster.serve() as served:
        kubeconfig = directory / "kubeconfig"
        served.write_kubeconfig(kubeconfig)
        transport = Kr8sTransport(kubeconfig, "simulated", key_directory=directory, deadline_seconds=2.0)
        settings = KubernetesSettings(context="simulated", write=True, max_replicas=20)
        world = RolloutWorld(clock, cluster, plane, transport, settings)
        world.wait()
        try:
            yield world
        finally:
            await transport.close()
