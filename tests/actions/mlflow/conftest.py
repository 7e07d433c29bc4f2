"""A registry with versions of `fraud`: a fake that speaks the protocol, or with --real-mlflow the real one."""

from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack

import pytest

from tests.actions.mlflow.fake_mlflow import FakeMlflow
from tests.actions.mlflow.world import Registry, World, a_world, at
from tests.faults.lying_proxy import LyingProxy
from tests.services.mlflow import Mlflow


@pytest.fixture(scope="session")
def mlflow_url(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str | None]:
    """The address of a real MLflow that runs as long as the session, None where a fake does."""
    with ExitStack() as stack:
        is_real = request.config.getoption("--real-mlflow")
        yield stack.enter_context(Mlflow(tmp_path_factory.mktemp("mlflow"))).url if is_real else None


@pytest.fixture
async def registry(mlflow_url: str | None) -> AsyncIterator[Registry]:
    """A registry of a model with three versions, in which `champion` points to version 1 and nothing else does."""
    async with AsyncExitStack() as stack:
        url = mlflow_url or (await stack.enter_async_context(FakeMlflow())).url
        found = await stack.enter_async_context(Registry(url, "fraud"))
        await found.start_anew()
        yield found


@pytest.fixture
async def proxy(registry: Registry) -> AsyncIterator[LyingProxy]:
    """What stands before that registry, and passes on everything until it is told to lie."""
    async with LyingProxy(registry.url) as standing_before:
        yield standing_before


@pytest.fixture
async def world(proxy: LyingProxy, registry: Registry) -> AsyncIterator[World]:
    """The action on that registry, through the proxy."""
    async with AsyncExitStack() as closing:
        yield a_world(closing, registry, at(proxy.url))
