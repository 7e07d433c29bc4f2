from pathlib import Path

import msgspec

from console.actions.provider import RolloutProgress
from console.domain.action import Plan
from console.simulation.cluster.faults import Fault
from tests.actions.kubernetes.world import World, a_world, occasion


async def committed(world: World, replicas: int) -> Plan:
    plan = await world.action().plan(occasion(world.fraud), {"replicas": replicas}, may_dry_run=True)
    await world.action().commit(plan)
    return plan


async def test_a_rollout_is_followed_until_every_replica_is_available(world: World) -> None:
    plan = await committed(world, 6)
    begun = await world.action().observe(plan)
    assert begun.done is False
    world.clock.now += 4
    assert await world.action().observe(plan) == RolloutProgress(False, None, "3 of 6 available")
    world.clock.now += 30
    assert await world.action().observe(plan) == RolloutProgress(True, None, "6 of 6 available")


async def test_replicas_that_somebody_moved_are_unknown_not_a_failure(world: World) -> None:
    plan = await committed(world, 6)
    await world.scale_as_a_colleague(4)
    progress = await world.action().observe(plan)
    assert (progress.done, progress.failed) == (None, None)
    assert progress.text.startswith("replicas are 4 now, not 6 (by kubectl)")


async def test_a_workload_made_anew_is_unknown_not_a_failure(world: World) -> None:
    plan = await committed(world, 6)
    plan = msgspec.structs.replace(plan, target=msgspec.structs.replace(plan.target, uid="another"))
    assert await world.action().observe(plan) == RolloutProgress(None, None, "fraud was deleted and made anew")


async def test_pods_that_find_no_room_are_told_after_a_minute(tmp_path: Path) -> None:
    async with a_world(tmp_path, replicas=3, pods_per_node=1) as world:
        plan = await committed(world, 5)
        world.clock.now += 30
        early = await world.action().observe(plan)
        assert "no room" not in early.text
        world.clock.now += 60
        late = await world.action().observe(plan)
        assert (late.done, late.failed) == (False, None)
        assert "; 2 pods find no room for 1 min: " in late.text


async def test_a_rollout_that_cannot_be_read_is_unknown(world: World) -> None:
    plan = await committed(world, 6)
    world.cluster.faults.add(Fault(method="GET", status=500, times=None))
    progress = await world.action().observe(plan)
    assert (progress.done, progress.failed) == (None, None)
    assert progress.text.startswith("the rollout cannot be read: 500 InternalError")


async def test_pods_that_may_not_be_listed_leave_the_room_unknown(world: World) -> None:
    plan = await committed(world, 6)
    world.clock.now += 4
    world.cluster.deny(resource="pods")
    progress = await world.action().observe(plan)
    assert progress.text == "3 of 6 available; the pods may not be listed: whether they find room is unknown"
