"""One real Alertmanager a test, with two alerts of `fraud` under one name and one of another model."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.actions.alertmanager.world import World, a_world, at
from tests.faults.lying_proxy import LyingProxy
from tests.services import Alertmanager, Servers


@pytest.fixture
def alertmanager(servers: Servers) -> Alertmanager:
    """An Alertmanager in which `fraud` is slow on two pods."""
    server = servers.alertmanager()
    server.fire("ModelLatencyHigh", {"model": "fraud", "pod": "a"})
    server.fire("ModelLatencyHigh", {"model": "fraud", "pod": "b"})
    server.fire("ModelLatencyHigh", {"model": "churn"})
    return server


@pytest.fixture
async def proxy(alertmanager: Alertmanager) -> AsyncIterator[LyingProxy]:
    """What stands before that Alertmanager, and passes on everything until it is told to lie."""
    async with LyingProxy(alertmanager.url) as standing_before:
        yield standing_before


@pytest.fixture
async def world(proxy: LyingProxy) -> AsyncIterator[World]:
    """The actions on that Alertmanager, through the proxy."""
    async with AsyncExitStack() as closing:
        yield a_world(closing, at(proxy.url))
