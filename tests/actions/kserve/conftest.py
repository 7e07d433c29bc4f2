from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.actions.kserve.world import KServeWorld, a_kserve_world
from tests.simulation.cluster.inference import model


@pytest.fixture
async def standard(tmp_path: Path) -> AsyncIterator[KServeWorld]:
    """A cluster in which InferenceService `ml/scoring` runs two pods of v41, in Standard mode with an autoscaler."""
    async with a_kserve_world(tmp_path, model("v41", minReplicas=2, maxReplicas=4)) as made:
        yield made


@pytest.fixture
async def knative(tmp_path: Path) -> AsyncIterator[KServeWorld]:
    """A cluster in which InferenceService `ml/scoring` serves v42 after v41, in Knative mode."""
    async with a_kserve_world(tmp_path, model("v41", minReplicas=2), mode="Serverless") as made:
        await made.change({"predictor": model("v42")})
        yield made
