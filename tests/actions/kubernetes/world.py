"""A simulated cluster over real HTTP, the transport to it and the action under test."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Sequence
from pathlib import Path

import msgspec
import pytest

from console.actions.kubernetes.scale import Scale
from console.actions.provider import Occasion
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.snapshot import ModelView
from console.settings.settings import KubernetesSettings
from console.simulation.cluster.api import Api
from console.simulation.cluster.kubernetes_release import KubernetesRelease
from console.simulation.cluster.messages import Answer, RecordedRequest, Request
from console.simulation.cluster.simulated_cluster import Release, SimulatedCluster
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.transport.kubernetes import Kr8sTransport

START = 1_763_781_600.0
SCALE_PATH = "/apis/apps/v1/namespaces/ml/deployments/fraud/scale"


class Clock:
    """A time that only moves when a test moves it."""

    def __init__(self, now: float = START) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def occasion(workload: Workload) -> Occasion:
    """Return that an action is planned for `fraud`, which a workload serves."""
    view = ModelView(Model("fraud", Label("fraud")), Status.CRITICAL, {}, workload=WorkloadFinding(workload))
    return Occasion(view, by="ann@bastion")


class World(msgspec.Struct):
    """A cluster in which Deployment `ml/fraud` runs three replicas, and what a console has to reach it."""

    clock: Clock
    cluster: SimulatedCluster
    transport: Kr8sTransport
    settings: KubernetesSettings
    fraud: Workload
    minor: int = 36

    def action(self, settings: KubernetesSettings | None = None) -> Scale:
        return Scale(self.transport, settings or self.settings, self.clock, settle_seconds=0.0)

    @property
    def mutations(self) -> list[RecordedRequest]:
        return [request for request in self.cluster.requests if request.mutates]

    @property
    def patches(self) -> list[RecordedRequest]:
        return [request for request in self.cluster.requests if request.method == "PATCH"]

    def settled_replicas(self) -> int:
        """Give the controllers a second, and count the pods."""
        self.clock.now += 1
        return len(self.cluster.pods("ml", "fraud"))

    def first_commit(self, monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
        """Return an event that is set when the next request arrives that changes something."""
        arrived, answer = asyncio.Event(), Api.answer

        def watch(api: Api, request: Request) -> Answer:
            if request.method == "PATCH" and not request.dry_run:
                arrived.set()
            return answer(api, request)

        monkeypatch.setattr(Api, "answer", watch)
        return arrived

    async def scale_as_a_colleague(self, replicas: int) -> None:
        body = {"spec": {"replicas": replicas}}
        await self.transport.patch(
            SCALE_PATH, body, content_type="application/merge-patch+json", dry_run=False, field_manager="kubectl"
        )
        self.cluster.forget_requests()


@contextlib.asynccontextmanager
async def a_world(
    directory: Path, *, replicas: int = 3, pods_per_node: int = 20, earlier: Sequence[Release] = (), minor: int = 36
) -> AsyncIterator[World]:
    clock = Clock()
    cluster = SimulatedCluster(clock, pods_per_node=pods_per_node, kubernetes=KubernetesRelease(minor))
    cluster.add_deployment(
        namespace="ml",
        name="fraud",
        replicas=replicas,
        image="registry/fraud:v41",
        labels={"version": "v41"},
        created=START - 3600,
        earlier=earlier,
    )
    async with cluster.serve() as served:
        kubeconfig = directory / "kubeconfig"
        served.write_kubeconfig(kubeconfig)
        transport = Kr8sTransport(kubeconfig, "simulated", key_directory=directory, deadline_seconds=2.0)
        try:
            pods = tuple(pod.name for pod in cluster.pods("ml", "fraud"))
            finding = (await resolve_workloads(transport, {"fraud": Sought("ml", pods)}))["fraud"]
            assert finding.workload is not None, finding.reason
            cluster.forget_requests()
            yield World(
                clock=clock,
                cluster=cluster,
                transport=transport,
                settings=KubernetesSettings(context="simulated", write=True, max_replicas=20),
                fraud=finding.workload,
                minor=minor,
            )
        finally:
            await transport.close()
