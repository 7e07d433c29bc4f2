import time
from collections.abc import AsyncIterator

import pytest

from tests.faults.lying_proxy import LyingProxy
from tests.faults.stage import a_fleet
from tests.services import Prometheus, Servers


@pytest.fixture(scope="session")
def fleet(session_servers: Servers) -> Prometheus:
    """A Prometheus that nobody harms: faults are put before it."""
    return session_servers.prometheus(history=a_fleet(time.time()))


@pytest.fixture
async def proxy(fleet: Prometheus) -> AsyncIterator[LyingProxy]:
    """What stands before that Prometheus."""
    async with LyingProxy(fleet.url) as proxy:
        yield proxy
