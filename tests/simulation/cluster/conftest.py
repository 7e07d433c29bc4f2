from collections.abc import AsyncIterator

import httpx
import pytest

from console.simulation.cluster import SimulatedCluster
from tests.simulation.cluster.support import FakeClock, add_fraud


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def cluster(clock: FakeClock) -> SimulatedCluster:
    """One deployment of three ready pods on nodes with room for twelve."""
    cluster = SimulatedCluster(clock=clock, pod_start_seconds=8.0, pods_per_node=4)
    add_fraud(cluster)
    return cluster


@pytest.fixture
async def client(cluster: SimulatedCluster) -> AsyncIterator[httpx.AsyncClient]:
    async with cluster.serve() as served:
        headers = {"Authorization": f"Bearer {served.token}"}
        async with httpx.AsyncClient(base_url=served.url, headers=headers) as client:
            yield client
