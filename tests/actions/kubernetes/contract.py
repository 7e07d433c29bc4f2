"""What holds for every action that changes one object of a cluster by one guarded patch."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec

from console.actions.kubernetes.patching_action import PatchingAction
from console.domain.action import Plan
from tests.actions.kubernetes.world import World, occasion

Preparation = Callable[[World], Awaitable[None]]


async def nothing(world: World) -> None:
    """Leave a world as it is."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """One action under test, and what a colleague does to the same field by a merge patch."""

    action: type[PatchingAction]
    arguments: Callable[[World], Mapping[str, object]] = lambda _: {}
    path: Callable[[World], str]
    """The object that is patched, without a subresource."""
    resource: tuple[str, str]
    """What the patch needs a permission for: plural and subresource."""
    edit: Mapping[str, Any]
    """What a colleague sets instead."""
    told: str
    """What is told of the colleague's edit."""
    prepared: Preparation = nothing
    credited: bool = True
    """Whether the cluster says who made the change: not of a field that is only taken away."""

    def of(self, world: World) -> PatchingAction:
        return self.action(world.transport, world.settings, world.clock, settle_seconds=0.0)

    async def plan(self, world: World) -> Plan:
        await self.prepared(world)
        world.cluster.forget_requests()
        return await self.of(world).plan(occasion(world.fraud), self.arguments(world), may_dry_run=True)

    async def interfere(self, world: World) -> None:
        await world.transport.patch(
            self.path(world),
            dict(self.edit),
            content_type="application/merge-patch+json",
            dry_run=False,
            field_manager="kubectl",
        )
        world.cluster.forget_requests()

    async def spec(self, world: World) -> Any:
        document = await world.transport.get(self.path(world))
        world.cluster.forget_requests()
        return document["spec"]
