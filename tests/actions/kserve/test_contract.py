"""The contract of actions, held by those on an InferenceService."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.actions.contract import Case, Obligation, obligations
from console.actions.kserve.roll_back import ROLL_BACK, RollBack
from console.actions.kserve.scale import SCALE, Scale
from tests.actions.cluster_stand import ClusterStand, Edit
from tests.actions.kserve.world import a_kserve_world
from tests.simulation.cluster.inference import SCORING, model

RESOURCE = ("patch", "inferenceservices", "")


@contextlib.asynccontextmanager
async def scaling() -> AsyncIterator[ClusterStand]:
    """Two pods in Standard mode are to become four."""
    bounds = model("v41", minReplicas=2, maxReplicas=4)
    with tempfile.TemporaryDirectory() as directory:
        async with a_kserve_world(Path(directory), bounds) as world:
            yield ClusterStand(
                action=world.action(Scale),
                occasion=await world.occasion(),
                arguments={"replicas": 4},
                cluster=world.cluster,
                transport=world.transport,
                clock=world.clock,
                path=SCORING,
                resource=RESOURCE,
                edit=Edit({"spec": {"predictor": {"minReplicas": 3}}}, "predictor.minReplicas are 3 now, not "),
            )


@contextlib.asynccontextmanager
async def rolling_back(mode: str) -> AsyncIterator[ClusterStand]:
    """The model v42 is to go back to v41: by traffic in Knative mode, by its address in Standard mode."""
    with tempfile.TemporaryDirectory() as directory:
        async with a_kserve_world(Path(directory), model("v41", minReplicas=1), mode=mode) as world:
            await world.change({"predictor": model("v42")})
            canary = Edit({"spec": {"predictor": {"canaryTrafficPercent": 30}}}, "predictor.canaryTrafficPercent is 30")
            yield ClusterStand(
                action=world.action(RollBack),
                occasion=await world.occasion(),
                cluster=world.cluster,
                transport=world.transport,
                clock=world.clock,
                path=SCORING,
                resource=RESOURCE,
                edit=canary if mode == "Serverless" else Edit({"spec": {"predictor": model("v43")}}, "v43 now, not "),
            )


CASES = (
    Case(name="scale", action=SCALE.name, make=scaling),
    Case(name="roll back by traffic", action=ROLL_BACK.name, make=lambda: rolling_back("Serverless")),
    Case(name="roll back by model", action=ROLL_BACK.name, make=lambda: rolling_back("RawDeployment")),
)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
