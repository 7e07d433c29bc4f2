"""A simulated cluster with Models of Seldon Core 2, over real HTTP, and what a console has to reach it."""

import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from console.actions.provider import Occasion
from console.domain.action import Plan
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.settings.settings import KubernetesSettings
from console.simulation.cluster import RecordedRequest, ResourceType, SimulatedCluster
from console.simulation.cluster.seldon import (
    EXPERIMENTS,
    MODELS,
    SERVERS,
    SeldonController,
    experiment_object,
    model_object,
    server_object,
)
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.world import START, Clock
from tests.simulation.cluster.planes import Plane

MODELS_PATH = "/apis/mlops.seldon.io/v1alpha1/namespaces/ml/models"
SERVERS_PATH = "/apis/mlops.seldon.io/v1alpha1/namespaces/ml/servers"
EXPERIMENTS_PATH = "/apis/mlops.seldon.io/v1alpha1/namespaces/ml/experiments"
MERGE = "application/merge-patch+json"
A = TypeVar("A")


class SeldonWorld(msgspec.Struct):
    """Models `iris` and `iris2` on a Server of two replicas, and Experiment `split` that shares their traffic."""

    clock: Clock
    cluster: SimulatedCluster
    plane: Plane
    transport: Kr8sTransport
    settings: KubernetesSettings
    sent: list[Plan] = []

    def action(self, kind: Callable[..., A], **more: Any) -> A:
        return kind(self.transport, self.settings, self.clock, settle_seconds=0.0, **more)

    async def past(self, target_uid: str) -> Sequence[Plan]:
        """Return what a journal would tell, newest first."""
        return [plan for plan in reversed(self.sent) if plan.target.uid == target_uid]

    def wait(self, seconds: float = 10.0) -> None:
        self.clock.now += seconds
        self.cluster.advance()
        self.cluster.forget_requests()

    def spec(self, resource: ResourceType, name: str) -> dict[str, Any]:
        return dict(self.plane.get(resource, "ml", name)["spec"])

    async def as_a_colleague(self, path: str, body: dict[str, Any]) -> None:
        await self.transport.patch(path, body, content_type=MERGE, dry_run=False, field_manager="kubectl")
        self.cluster.forget_requests()

    @property
    def mutations(self) -> list[RecordedRequest]:
        return [request for request in self.cluster.requests if request.mutates]


def occasion(
    name: str = "iris",
    namespace: str | None = "ml",
    presets: tuple[str, ...] = ("seldon-core-2",),
    labels: dict[str, str] | None = None,
) -> Occasion:
    """Return that an action is planned for a model that the metrics of Seldon name."""
    placed = {"namespace": namespace} if namespace is not None else {}
    model = Model(name, Label(name), {**placed, **(labels or {})})
    return Occasion(ModelView(model, Status.CRITICAL, {}, presets=presets), by="ann@bastion")


@contextlib.asynccontextmanager
async def a_seldon_world(directory: Path) -> AsyncIterator[SeldonWorld]:
    clock = Clock()
    cluster = SimulatedCluster(clock)
    for resource in (MODELS, SERVERS, EXPERIMENTS):
        cluster.add_resource(resource)
    plane = Plane(cluster, lambda made: SeldonController(made, broken=("gs://broken/",)))
    cluster.add_object(SERVERS, server_object("ml", "mlserver", replicas=2), created=START - 3600)
    for name in ("iris", "iris2"):
        made = model_object("ml", name, storage_uri=f"gs://models/{name}/1", server="mlserver", maxReplicas=4)
        cluster.add_object(MODELS, made, created=START - 3600)
    cluster.add_object(EXPERIMENTS, experiment_object("ml", "split", {"iris": 90, "iris2": 10}), created=START - 3600)
    async with cluster.serve() as served:
        kubeconfig = directory / "kubeconfig"
        served.write_kubeconfig(kubeconfig)
        transport = Kr8sTransport(kubeconfig, "simulated", key_directory=directory, deadline_seconds=2.0)
        settings = KubernetesSettings(context="simulated", write=True, max_replicas=20)
        try:
            yield SeldonWorld(clock, cluster, plane, transport, settings, [])
        finally:
            await transport.close()
