"""The Lease that keeps consoles apart which share only a cluster."""

from pathlib import Path
from typing import Any

import msgspec
import pytest

from console.engine.executor import ActionRefused
from console.engine.target_lease import LEASE_SECONDS, TargetLeases
from console.journal.who import Who
from console.simulation.cluster import Fault
from console.transport.kubernetes import KubeconfigError, NotFound, object_path
from tests.actions.kubernetes.world import World
from tests.engine.consoles import ANN, REFERENCE, executor_for, plan_for

BO = Who("bo", "bastion")


async def leases_in(world: World) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (
        await world.transport.get(object_path("coordination.k8s.io/v1", "leases", namespace="ml"))
    )["items"]
    return items


def leases_of(world: World, who: Who = ANN) -> TargetLeases:
    return TargetLeases(world.transport, who, world.clock)


async def test_a_lease_is_held_while_something_is_sent_and_tells_who_since_when_and_for_what(
    world: World, state: Path, tmp_path: Path
) -> None:
    plan = await plan_for(executor_for(world, state), world)
    async with leases_of(world).held(plan.target, REFERENCE):
        (lease,) = await leases_in(world)
        assert lease["spec"]["holderIdentity"] == f"{ANN.shown}/{REFERENCE.run_id}"
        (told,) = await leases_of(world, BO).notes(plan.target)
        assert told.startswith(f"{ANN.shown}/{REFERENCE.run_id} holds the lease of the target since ")
        assert told.endswith(f" UTC ({REFERENCE.playbook_id})")
        with pytest.raises(ActionRefused, match="holds the lease"):
            async with leases_of(world, BO).held(plan.target, REFERENCE):
                raise AssertionError("two hold it")
    assert await leases_in(world) == []
    assert await leases_of(world, BO).notes(plan.target) == []


async def test_the_executor_takes_it_before_the_request_and_gives_it_back(world: World, state: Path) -> None:
    executor = executor_for(world, state, leases=leases_of(world))
    plan = await plan_for(executor, world)
    world.cluster.forget_requests()
    await executor.commit(plan, plan.hash, REFERENCE)
    sent = [request.method for request in world.cluster.requests if request.mutates]
    assert sent == ["POST", "PATCH", "DELETE"]
    bo = executor_for(world, state, who=BO, leases=leases_of(world, BO))
    async with leases_of(world).held(plan.target, REFERENCE):
        second = await plan_for(bo, world)
        assert any("holds the lease" in note for note in second.notes)


async def test_what_a_killed_console_left_is_taken_over_once_its_time_is_over(world: World, state: Path) -> None:
    plan = await plan_for(executor_for(world, state), world)
    left = leases_of(world).held(plan.target, REFERENCE)
    world.cluster.faults.add(Fault(method="DELETE", status=503))
    await left.__aenter__()
    await left.__aexit__(None, None, None)
    assert len(await leases_in(world)) == 1
    other = msgspec.structs.replace(REFERENCE, run_id="8a1")
    with pytest.raises(ActionRefused):
        async with leases_of(world, BO).held(plan.target, other):
            pass
    world.clock.now += LEASE_SECONDS + 1
    async with leases_of(world, BO).held(plan.target, other):
        (lease,) = await leases_in(world)
        assert lease["spec"]["holderIdentity"] == "bo@bastion/8a1"
        assert lease["spec"]["leaseTransitions"] == 1
    assert await leases_in(world) == []


async def test_a_lease_that_is_given_back_while_it_is_asked_for_is_not_taken_for_none(
    world: World, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = await plan_for(executor_for(world, state), world)
    get = world.transport.get
    async with leases_of(world).held(plan.target, REFERENCE):

        async def gone(path: str, **more: Any) -> dict[str, Any]:
            monkeypatch.setattr(world.transport, "get", get)
            (lease,) = await leases_in(world)
            await world.transport.delete(path, uid=lease["metadata"]["uid"])
            return await get(path, **more)

        bo = leases_of(world, BO).held(plan.target, REFERENCE)
        monkeypatch.setattr(world.transport, "get", gone)
        with pytest.raises(ActionRefused, match="at this moment, nothing was sent: try again"):
            await bo.__aenter__()


async def test_what_ran_out_and_was_taken_over_is_not_given_back_by_who_had_it_before(
    world: World, state: Path
) -> None:
    plan = await plan_for(executor_for(world, state), world)
    other = msgspec.structs.replace(REFERENCE, run_id="8a1")
    slow = leases_of(world).held(plan.target, REFERENCE)
    await slow.__aenter__()
    world.clock.now += LEASE_SECONDS + 1
    async with leases_of(world, BO).held(plan.target, other):
        await slow.__aexit__(None, None, None)
        (lease,) = await leases_in(world)
        assert lease["spec"]["holderIdentity"] == "bo@bastion/8a1"
    assert await leases_in(world) == []


async def test_a_kubeconfig_that_broke_meanwhile_is_a_refusal_and_no_crash(
    world: World, state: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    executor = executor_for(world, state, leases=leases_of(world))
    plan = await plan_for(executor, world)

    async def broken(*_: object, **__: object) -> dict[str, Any]:
        raise KubeconfigError("no such context")

    monkeypatch.setattr(world.transport, "create", broken)
    with pytest.raises(ActionRefused, match="nothing was sent: no such context"):
        await executor.commit(plan, plan.hash, REFERENCE)
    monkeypatch.setattr(world.transport, "can_i", broken)
    assert await leases_of(world).notes(plan.target) == ["the lock is local only: no such context"]


async def test_without_permission_the_lock_is_local_only_and_said_to_be(world: World, state: Path) -> None:
    world.cluster.deny(group="coordination.k8s.io")
    executor = executor_for(world, state, leases=leases_of(world))
    plan = await plan_for(executor, world)
    assert "the lock is local only: these credentials may not create leases in ml" in plan.notes
    assert (await executor.commit(plan, plan.hash, REFERENCE)).outcome == "applied"


async def test_a_cluster_that_does_not_say_whose_it_is_is_sent_nothing(world: World, state: Path) -> None:
    executor = executor_for(world, state, leases=leases_of(world))
    plan = await plan_for(executor, world)
    world.cluster.faults.add(Fault(method="POST", path="*/leases", cut="before"))
    world.cluster.forget_requests()
    with pytest.raises(ActionRefused, match="nothing was sent"):
        await executor.commit(plan, plan.hash, REFERENCE)
    assert not [request for request in world.cluster.requests if request.method == "PATCH"]


async def test_targets_of_other_places_have_no_lease(world: World, state: Path) -> None:
    plan = await plan_for(executor_for(world, state), world)
    elsewhere = msgspec.structs.replace(plan.target, context="alertmanager")
    assert await leases_of(world).notes(elsewhere) == []
    async with leases_of(world).held(elsewhere, REFERENCE):
        assert await leases_in(world) == []
    with pytest.raises(NotFound):
        await world.transport.get(object_path("coordination.k8s.io/v1", "leases", namespace="ml", name="none"))
