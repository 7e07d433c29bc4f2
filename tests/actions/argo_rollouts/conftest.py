from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.actions.argo_rollouts.world import RolloutWorld, a_rollout_world


@pytest.fixture
async def rollouts(tmp_path: Path) -> AsyncIterator[RolloutWorld]:
    """A cluster in which Rollout `ml/fraud` runs four pods of v41."""
    async with a_rollout_world(tmp_path) as made:
        yield made
