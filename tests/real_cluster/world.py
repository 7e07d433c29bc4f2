"""Deployment `fraud` in a namespace of a real cluster, and what a console has to reach it."""

import contextlib
import secrets
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec

from console.domain.model import Workload
from console.settings.settings import KubernetesSettings
from console.simulation.cluster.served import CONTEXT, ServedCluster
from console.sources.cluster.resolve import Sought, resolve_workloads
from console.transport.kubernetes import Kr8sTransport
from tests.actions.kubernetes.world import Clock
from tests.real_cluster.access import Access
from tests.real_cluster.real_cluster import RealCluster
from tests.real_cluster.relay import Relay

_NEXT_SECOND = 1.1
"""Of what happened within the same second servers keep no order."""


class RunningClock(Clock):
    """The time of the cluster, ahead of it by as much as a test let pass at once."""

    def __init__(self) -> None:
        self._ahead = 0.0
        super().__init__(time.time())

    @property
    def now(self) -> float:
        return time.time() + self._ahead

    @now.setter
    def now(self, now: float) -> None:
        self._ahead = now - time.time()


class RealWorld(msgspec.Struct):
    """A cluster in which Deployment `fraud` runs three replicas of v41, after v40."""

    clock: Clock
    cluster: RealCluster
    transport: Kr8sTransport
    settings: KubernetesSettings
    fraud: Workload
    minor: int

    @staticmethod
    def wait_a_second() -> None:
        time.sleep(_NEXT_SECOND)


@contextlib.asynccontextmanager
async def a_real_world(admin: Access, user: Access, name: str, node: str) -> AsyncIterator[RealWorld]:
    """Make a namespace with a Deployment in it; `name` is that of the user, `node` where its pods are to run."""
    namespace, relay = f"{name}-{secrets.token_hex(3)}", Relay(user.client)
    cluster = RealCluster(admin, relay, namespace=namespace, user=name, node=node)
    with tempfile.TemporaryDirectory() as directory:
        cluster.set_up()
        try:
            before = {"image": "registry/fraud:v40", "version": "v40"}
            cluster.add_deployment(name="fraud", replicas=3, image="registry/fraud:v41", version="v41", before=before)
            async with relay.serve() as url:
                kubeconfig = Path(directory) / "kubeconfig"
                ServedCluster(url=url, token="none", certificate=b"").write_kubeconfig(kubeconfig)
                transport = Kr8sTransport(kubeconfig, CONTEXT, key_directory=Path(directory))
                try:
                    yield await _world(cluster, transport, namespace, admin.minor)
                finally:
                    await transport.close()
        finally:
            cluster.tear_down()


async def _world(cluster: RealCluster, transport: Kr8sTransport, namespace: str, minor: int) -> RealWorld:
    pods = tuple(pod.name for pod in cluster.pods(namespace, "fraud"))
    finding = (await resolve_workloads(transport, {"fraud": Sought(namespace, pods)}))["fraud"]
    assert finding.workload is not None, finding.reason
    return RealWorld(
        clock=RunningClock(),
        cluster=cluster,
        transport=transport,
        settings=KubernetesSettings(context=CONTEXT, write=True, max_replicas=20),
        fraud=finding.workload,
        minor=minor,
    )
