"""The contract of actions, held by those on what Seldon Core 2 runs."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.actions.contract import Case, Obligation, obligations
from console.actions.seldon.scale import Scale
from console.actions.seldon.weights import SetWeight
from tests.actions.cluster_stand import ClusterStand, Edit
from tests.actions.seldon.world import EXPERIMENTS_PATH, MODELS_PATH, a_seldon_world, occasion


@contextlib.asynccontextmanager
async def scaling() -> AsyncIterator[ClusterStand]:
    """Model `iris` of one replica is to have two."""
    with tempfile.TemporaryDirectory() as directory:
        async with a_seldon_world(Path(directory)) as world:
            world.wait()
            yield ClusterStand(
                action=world.action(Scale),
                occasion=occasion(),
                arguments={"replicas": 2},
                cluster=world.cluster,
                transport=world.transport,
                clock=world.clock,
                path=f"{MODELS_PATH}/iris",
                resource=("patch", "models", "scale"),
                edit=Edit({"spec": {"replicas": 4}}, "replicas are 4 now, not ", "scale"),
            )


@contextlib.asynccontextmanager
async def weighing() -> AsyncIterator[ClusterStand]:
    """Model `iris2` is to get nothing of the traffic of its Experiment."""
    shared = [{"name": "iris", "weight": 90}, {"name": "iris2", "weight": 30}]
    with tempfile.TemporaryDirectory() as directory:
        async with a_seldon_world(Path(directory)) as world:
            world.wait()
            yield ClusterStand(
                action=world.action(SetWeight),
                occasion=occasion("iris2"),
                arguments={"weight": 0},
                cluster=world.cluster,
                transport=world.transport,
                clock=world.clock,
                path=f"{EXPERIMENTS_PATH}/split",
                resource=("patch", "experiments", ""),
                edit=Edit({"spec": {"candidates": shared}}, "candidates[1].weight is 30 now, not "),
            )


CASES = (Case(name="scale", make=scaling), Case(name="set a weight", make=weighing))


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
