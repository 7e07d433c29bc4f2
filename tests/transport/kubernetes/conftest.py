from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from console.simulation.cluster import CONTEXT, ServedCluster, SimulatedCluster
from console.transport.kubernetes import Kr8sTransport
from tests.simulation.cluster.support import NOON, add_fraud


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
