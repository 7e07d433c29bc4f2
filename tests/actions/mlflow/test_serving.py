"""What a plan to move an alias says of what serves: read from the pods' template in a simulated cluster."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from console.actions.mlflow.move_alias import MoveAlias
from console.actions.mlflow.server import MlflowServer, Servers
from console.actions.mlflow.serving import LOADED_ONCE
from console.actions.provider import Occasion
from console.domain.action import Plan
from console.domain.model import Owner, Workload
from console.simulation.cluster import Fault
from tests.actions.kubernetes.world import World as ClusterWorld
from tests.actions.kubernetes.world import a_world, occasion
from tests.actions.mlflow.fake_mlflow import FakeMlflow
from tests.actions.mlflow.world import Registry, at
from tests.actions.occasions import Clock

DEPLOYMENT = "/apis/apps/v1/namespaces/ml/deployments/fraud"
MERGE = "application/merge-patch+json"


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[ClusterWorld]:
    """A cluster in which Deployment `ml/fraud` serves."""
    async with a_world(tmp_path) as made:
        yield made


async def note_of(world: ClusterWorld, where: Occasion | None = None, *, given: dict[str, Any] | None = None) -> str:
    """Return what the plan to let `fraud@champion` point to version 2 says of what serves `fraud`."""
    if given is not None:
        container = {"name": "server\x1b[31m" if "hostile" in given else "server", "image": "r/fraud:v41", **given}
        container.pop("hostile", None)
        body = {"spec": {"template": {"spec": {"containers": [container]}}}}
        await world.transport.patch(DEPLOYMENT, body, content_type=MERGE, dry_run=False, field_manager="kubectl")
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(FakeMlflow())
        registry = await stack.enter_async_context(Registry(server.url, name="fraud"))
        await registry.fill(versions=2)
        await registry.point("champion", "1")
        servers = Servers([MlflowServer(at(server.url), {})])
        stack.push_async_callback(servers.aclose)
        action = MoveAlias(servers, Clock(), 0.0, world.transport)
        arguments = {"alias": "champion", "version": 2}
        plan: Plan = await action.plan(where or occasion(world.fraud), arguments, may_dry_run=True)
        assert plan.refusals == ()
        await action.commit(plan)
        undo = await action.plan_undo(plan, may_dry_run=True)
        assert undo.notes[0] == plan.notes[0]
        return plan.notes[0]


@pytest.mark.parametrize(
    "given",
    [
        {"args": ["mlflow", "models", "serve", "-m", "models:/fraud@champion"]},
        {"command": ["serve", "--model=models:/fraud@champion"]},
        {"env": [{"name": "OTHER", "value": "models:/churn/3"}, {"name": "URI", "value": "models://fraud@champion"}]},
    ],
)
async def test_what_loads_by_the_alias_needs_a_restart(world: ClusterWorld, given: dict[str, Any]) -> None:
    note = await note_of(world, given=given)
    assert note.startswith("restart needed: container server of Deployment ml/fraud is given models:/")
    assert "until its pods are replaced (kubernetes.restart)" in note
    assert not world.mutations[1:]


@pytest.mark.parametrize("address", ["models:/fraud/1", "models:/fraud/Production", "models:/fraud@challenger"])
async def test_what_loads_something_else_will_not_notice(world: ClusterWorld, address: str) -> None:
    note = await note_of(world, given={"args": [address]})
    assert note.startswith("what serves will not notice, not even after a restart: ")
    assert note.endswith(f"is given {address}, and not fraud@champion")


async def test_who_restarts_it_is_its_owner(world: ClusterWorld) -> None:
    owner = Owner("serving.kserve.io/v1beta1", "InferenceService", "fraud", "u1")
    owned: Workload = msgspec.structs.replace(world.fraud, owner=owner)
    note = await note_of(world, occasion(owned), given={"args": ["models:/fraud@champion"]})
    assert "(by InferenceService fraud, which owns it)" in note


@pytest.mark.parametrize(
    "given", [None, {"args": ["models:/fraudulent@champion", "models:/fraud"]}, {"env": [{"name": "A"}]}]
)
async def test_what_is_not_told_is_said_as_it_mostly_holds(world: ClusterWorld, given: dict[str, Any] | None) -> None:
    assert await note_of(world, given=given) == LOADED_ONCE


async def test_what_cannot_be_read_is_said_as_it_mostly_holds(world: ClusterWorld) -> None:
    elsewhere = msgspec.structs.replace(world.fraud, context="other")
    assert await note_of(world, occasion(elsewhere)) == LOADED_ONCE
    assert world.cluster.requests == ()
    world.cluster.faults.add(Fault(method="GET", cut="before"))
    assert await note_of(world) == LOADED_ONCE


async def test_a_hostile_template_steers_no_terminal(world: ClusterWorld) -> None:
    note = await note_of(world, given={"hostile": True, "args": ["models:/fraud@champion\x1b[31m"]})
    assert note.isprintable()
