"""A simulated cluster in which KServe serves `ml/scoring`, over real HTTP, and what a console has to reach it."""

import contextlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from console.actions.provider import Occasion
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model, Owner, Workload, WorkloadFinding
from console.domain.snapshot import ModelView
from console.settings.settings import KubernetesSettings
from console.simulation.cluster import RecordedRequest, SimulatedCluster
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.world import START, Clock
from tests.simulation.cluster.inference import SCORING, SERVICES, add_scoring

DEPLOYMENTS = "/apis/apps/v1/namespaces/ml/deployments"
MERGE = "application/merge-patch+json"
A = TypeVar("A")


class KServeWorld(msgspec.Struct):
    """InferenceService `ml/scoring`, and a console that knows one of its Deployments as the model's workload."""

    clock: Clock
    cluster: SimulatedCluster
    transport: Kr8sTransport
    settings: KubernetesSettings

    def action(self, kind: Callable[..., A]) -> A:
        return kind(self.transport, self.settings, self.clock, settle_seconds=0.0)

    def wait(self, seconds: float = 60.0) -> None:
        self.clock.now += seconds
        self.cluster.advance()
        self.cluster.forget_requests()

    async def change(self, spec: dict[str, Any], path: str = SCORING) -> None:
        """Change a spec as a colleague would with kubectl, and give the controllers a minute."""
        await self.patch({"spec": spec}, path)

    async def patch(self, body: dict[str, Any], path: str = SCORING) -> None:
        await self.transport.patch(path, body, content_type=MERGE, dry_run=False, field_manager="kubectl")
        self.wait()

    async def make_anew(self) -> None:
        """Delete the InferenceService and make it again as it was, under another uid."""
        live = await self.transport.get(SCORING)
        await self.transport.delete(SCORING, uid=live["metadata"]["uid"], dry_run=False)
        metadata = {name: live["metadata"][name] for name in ("name", "namespace", "annotations")}
        await self.transport.create(SERVICES, {**live, "metadata": metadata})
        self.cluster.forget_requests()

    async def live(self) -> dict[str, Any]:
        found = await self.transport.get(SCORING)
        self.cluster.forget_requests()
        return found

    async def predictor(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.live())["spec"]["predictor"]
        return found

    async def deployments(self) -> dict[str, dict[str, Any]]:
        items = (await self.transport.get(DEPLOYMENTS))["items"]
        self.cluster.forget_requests()
        return {item["metadata"]["name"]: item for item in items}

    async def replicas(self) -> dict[str, int]:
        return {name: found["spec"]["replicas"] for name, found in (await self.deployments()).items()}

    async def shares(self) -> dict[str, int]:
        targets = (await self.live())["status"]["components"]["predictor"]["traffic"]
        return {target["revisionName"].removeprefix("scoring-predictor-"): target["percent"] for target in targets}

    async def occasion(self, name: str | None = None, *, owned: bool = True) -> Occasion:
        deployments = await self.deployments()
        found = deployments[name if name is not None else max(deployments)]
        metadata = (await self.live())["metadata"]
        owner = Owner("serving.kserve.io/v1beta1", "InferenceService", "scoring", metadata["uid"]) if owned else None
        count = found["spec"]["replicas"]
        workload = Workload(
            "simulated", "ml", "Deployment", found["metadata"]["name"], found["metadata"]["uid"], count, count
        )
        workload = msgspec.structs.replace(workload, owner=owner)
        view = ModelView(Model("scoring", Label("scoring")), Status.CRITICAL, {}, workload=WorkloadFinding(workload))
        return Occasion(view, by="ann@bastion")

    @property
    def mutations(self) -> list[RecordedRequest]:
        return [request for request in self.cluster.requests if request.mutates]


@contextlib.asynccontextmanager
async def a_kserve_world(directory: Path, predictor: dict[str, Any], **options: Any) -> AsyncIterator[KServeWorld]:
    clock = Clock(START - 600)
    cluster = SimulatedCluster(clock)
    add_scoring(cluster, predictor, **options)
    async with cluster.serve() as served:
        kubeconfig = directory / "kubeconfig"
        served.write_kubeconfig(kubeconfig)
        transport = Kr8sTransport(kubeconfig, "simulated", key_directory=directory, deadline_seconds=2.0)
        settings = KubernetesSettings(context="simulated", write=True, max_replicas=20)
        world = KServeWorld(clock, cluster, transport, settings)
        world.wait()
        try:
            yield world
        finally:
            await transport.close()
