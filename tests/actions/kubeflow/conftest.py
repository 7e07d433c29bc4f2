from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from tests.actions.kubeflow.fake_kubeflow import FakeKubeflow
from tests.actions.kubeflow.world import World, a_world, settings_of


@pytest.fixture
async def kubeflow() -> AsyncIterator[FakeKubeflow]:
    """A fake Kubeflow Pipelines with one pipeline."""
    async with FakeKubeflow() as server:
        yield server


@pytest.fixture
async def world(kubeflow: FakeKubeflow) -> AsyncIterator[World]:
    """The action on that server."""
    async with AsyncExitStack() as closing:
        yield a_world(closing, settings_of(kubeflow.url))
