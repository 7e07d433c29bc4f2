import os
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from console.simulation.cluster import CONTEXT, ServedCluster, SimulatedCluster
from console.transport.kubernetes import Kr8sTransport, KubectlTransport
from tests.simulation.cluster.support import NOON, add_fraud

KUBECTL = Path(sys.executable).with_name("kubectl")


@pytest.fixture
def cluster() -> SimulatedCluster:
    """One deployment of three pods; its clock stands still."""
    cluster = SimulatedCluster(clock=lambda: NOON)
    add_fraud(cluster)
    return cluster


@pytest.fixture
def key_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where private keys may be; afterwards nothing may be left there, nor in the directory of temporary files."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    base = tmp_path / "keys"
    yield base
    assert list(temporary.iterdir()) == []
    assert not base.exists() or list(base.iterdir()) == []


@pytest.fixture
async def served(cluster: SimulatedCluster) -> AsyncIterator[ServedCluster]:
    async with cluster.serve() as served:
        yield served


@pytest.fixture
async def transport(served: ServedCluster, tmp_path: Path, key_base: Path) -> AsyncIterator[Kr8sTransport]:
    kubeconfig = tmp_path / "kubeconfig"
    served.write_kubeconfig(kubeconfig)
    transport = Kr8sTransport(kubeconfig, CONTEXT, key_directory=key_base, deadline_seconds=20)
    yield transport
    await transport.close()


@pytest.fixture
async def kubectl_transport(
    cluster: SimulatedCluster, tmp_path: Path, key_base: Path
) -> AsyncIterator[Callable[[float], KubectlTransport]]:
    """What makes a transport by kubectl with a deadline in seconds; the cluster is served by TLS for it."""
    made: list[KubectlTransport] = []
    async with cluster.serve(tls=True) as served:
        kubeconfig = tmp_path / "kubeconfig-tls"
        served.write_kubeconfig(kubeconfig)
        home = tmp_path / "home"
        home.mkdir()
        environment = {**os.environ, "HOME": str(home), "TMPDIR": str(tmp_path / "temporary")}

        def make(deadline_seconds: float = 20) -> KubectlTransport:
            transport = KubectlTransport(
                kubeconfig,
                CONTEXT,
                program=str(KUBECTL),
                deadline_seconds=deadline_seconds,
                environment=environment,
            )
            made.append(transport)
            return transport

        yield make
        for each in made:
            await each.close()


@pytest.fixture(params=["kr8s", "kubectl"])
def either(request: pytest.FixtureRequest) -> Kr8sTransport | KubectlTransport:
    """Both transports, one after the other: what holds for one must hold for the other."""
    if request.param == "kr8s":
        found: Kr8sTransport = request.getfixturevalue("transport")
        return found
    made: KubectlTransport = request.getfixturevalue("kubectl_transport")()
    return made
