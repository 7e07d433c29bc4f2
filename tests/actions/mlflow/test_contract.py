"""The contract of actions, held by moving an alias of MLflow's registry."""

import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack

import pytest

from console.actions.contract import Case, Lacking, Obligation, obligations
from console.actions.mlflow.move_alias import MoveAlias
from tests.actions.mlflow.fake_mlflow import FakeMlflow
from tests.actions.mlflow.world import Registry, World, a_world, at, is_change
from tests.faults.lying_proxy import LyingProxy
from tests.sources.lying_server import CLOSE, Lie


class AliasStand:
    """Alias `champion` of `fraud` points to version 1, and is to point to version 2."""

    rehearsed = 0

    def __init__(self, world: World, registry: Registry, proxy: LyingProxy) -> None:
        self.action: MoveAlias = world.action
        self.occasion = world.occasion
        self.arguments: Mapping[str, object] = {"alias": "champion", "version": 2}
        self._clock = world.clock
        self._registry = registry
        self._proxy = proxy

    @property
    def sent(self) -> int:
        return self._proxy.asked(is_change)

    async def state(self) -> object:
        return await self._registry.version_of("champion")

    async def pass_time(self, seconds: float) -> None:
        self._clock.now += seconds

    async def change_before_commit(self) -> str:
        await self._registry.point("champion", "3")
        return "version 3"

    change_after_commit = change_before_commit

    async def forbid(self) -> None:
        self._proxy.lie(Lie(403, b"Permission denied", content_type="text/plain"))

    async def lose_answer(self) -> None:
        self._proxy.twist(lambda _: CLOSE, is_change)

    async def lose_request(self) -> None:
        self._proxy.lie(CLOSE, is_change)


@contextlib.asynccontextmanager
async def stand() -> AsyncIterator[AliasStand]:
    async with FakeMlflow() as server, LyingProxy(server.url) as proxy, AsyncExitStack() as closing:
        registry = Registry(server.url, name="fraud")
        await registry.fill(versions=3)
        await registry.point("champion", "1")
        yield AliasStand(a_world(closing, registry, at(proxy.url)), registry, proxy)


CASE = Case(name="move an alias", make=stand, lacking=Lacking(dry_run="MLflow has none"))


@pytest.mark.parametrize("obligation", obligations([CASE]), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation) -> None:
    await obligation()
