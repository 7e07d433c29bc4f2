"""The contract of actions, held by those on what Seldon Core 2 runs."""

import contextlib
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.actions.contract import Case, Obligation, obligations
from console.actions.seldon.scale import SCALE, SCALE_SERVER, Scale, ScaleServer
from console.actions.seldon.storage import SET_STORAGE_URI, SetStorageUri
from console.actions.seldon.weights import SET_WEIGHT, SetWeight
from tests.actions.cluster_stand import ClusterStand, Edit
from tests.actions.seldon.world import EXPERIMENTS_PATH, MODELS_PATH, SERVERS_PATH, a_seldon_world, occasion


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


@contextlib.asynccontextmanager
async def scaling_the_server() -> AsyncIterator[ClusterStand]:
    """The Server of two replicas, on which model `iris` runs, is to have three."""
    with tempfile.TemporaryDirectory() as directory:
        async with a_seldon_world(Path(directory)) as world:
            world.wait()
            yield ClusterStand(
                action=world.action(ScaleServer),
                occasion=occasion(),
                arguments={"replicas": 3},
                cluster=world.cluster,
                transport=world.transport,
                clock=world.clock,
                path=f"{SERVERS_PATH}/mlserver",
                resource=("patch", "servers", "scale"),
                edit=Edit({"spec": {"replicas": 5}}, "replicas are 5 now, not ", "scale"),
            )


@contextlib.asynccontextmanager
async def loading_the_previous_artefact() -> AsyncIterator[ClusterStand]:
    """Model `iris`, which a console gave artefact 2, is to have artefact 1 again."""
    with tempfile.TemporaryDirectory() as directory:
        async with a_seldon_world(Path(directory)) as world:
            world.wait()
            action = world.action(SetStorageUri, past=world.past)
            forward = await action.plan(occasion(), {"storage_uri": "gs://models/iris/2"}, may_dry_run=True)
            await action.commit(forward)
            world.sent.append(forward)
            world.wait()
            yield ClusterStand(
                action=action,
                occasion=occasion(),
                cluster=world.cluster,
                transport=world.transport,
                clock=world.clock,
                path=f"{MODELS_PATH}/iris",
                resource=("patch", "models", ""),
                edit=Edit({"spec": {"storageUri": "gs://models/iris/9"}}, "storageUri is gs://models/iris/9 now, not "),
            )


CASES = (
    Case(name="scale", action=SCALE.name, make=scaling),
    Case(name="scale the server", action=SCALE_SERVER.name, make=scaling_the_server),
    Case(name="set the previous storage URI", action=SET_STORAGE_URI.name, make=loading_the_previous_artefact),
    Case(name="set a weight", action=SET_WEIGHT.name, make=weighing),
)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
