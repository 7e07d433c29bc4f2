"""The contract of actions, held by moving an alias of MLflow's registry."""

import contextlib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import msgspec
import pytest

from console.actions.contract import Case, Lacking, Obligation, obligations
from tests.actions.mlflow.fake_mlflow import FakeMlflow
from tests.actions.mlflow.world import Registry, World, a_world, at, is_change
from tests.actions.proxied_stand import ProxiedStand
from tests.faults.lying_proxy import LyingProxy
from tests.sources.lying_server import Lie


class AliasStand(ProxiedStand):
    """An alias of `fraud` is to point to version 2: `champion`, which points to version 1, or one that is not there."""

    def __init__(self, world: World, registry: Registry, proxy: LyingProxy, alias: str) -> None:
        arguments = {"alias": alias, "version": 2}
        super().__init__(world.action, world.occasion, arguments, proxy=proxy, changes=is_change)
        self._clock = world.clock
        self._registry = registry
        self._alias = alias

    async def state(self) -> object:
        return await self._registry.version_of(self._alias)

    async def pass_time(self, seconds: float) -> None:
        self._clock.now += seconds

    async def change_before_commit(self) -> str:
        await self._registry.point(self._alias, "3")
        return "version 3"

    change_after_commit = change_before_commit

    async def forbid(self) -> None:
        self.proxy.lie(Lie(403, b"Permission denied", content_type="text/plain"))


@contextlib.asynccontextmanager
async def stand(alias: str, *, url: str | None = None) -> AsyncIterator[AliasStand]:
    """Make a stand in the MLflow at a URL, in a fake where none is given."""
    async with AsyncExitStack() as closing:
        url = url or (await closing.enter_async_context(FakeMlflow())).url
        proxy = await closing.enter_async_context(LyingProxy(url))
        registry = await closing.enter_async_context(Registry(url, name="fraud"))
        await registry.start_anew()
        yield AliasStand(a_world(closing, registry, at(proxy.url)), registry, proxy, alias)


LACKING = Lacking(dry_run="MLflow has none")
CASES = (
    Case(name="move an alias", action="mlflow.move_alias", make=partial(stand, "champion"), lacking=LACKING),
    Case(name="make an alias", action="mlflow.move_alias", make=partial(stand, "challenger"), lacking=LACKING),
)


@pytest.mark.parametrize("obligation", obligations(CASES), ids=str)
async def test_it_does_what_every_action_must(obligation: Obligation, mlflow_url: str | None) -> None:
    make: Any = obligation.case.make
    there = msgspec.structs.replace(obligation.case, make=partial(make, url=mlflow_url))
    await msgspec.structs.replace(obligation, case=there)()
