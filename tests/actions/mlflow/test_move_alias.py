"""What is asked of MLflow: of a fake here, and of the real server by `make test-mlflow`."""

import json
from contextlib import AsyncExitStack

import pytest

from console.actions.mlflow.server import MlflowServer
from console.actions.provider import ActionRefused
from console.domain.action import Outcome, RiskTier
from tests.actions.mlflow.world import Registry, World, at, is_change, is_reading_of_alias
from tests.faults.lying_proxy import LyingProxy
from tests.sources.lying_server import CLOSE, Request, answer


async def test_an_alias_is_moved_and_moved_back(world: World, registry: Registry, proxy: LyingProxy) -> None:
    plan = await world.planned()
    assert [(each.before, each.after) for each in plan.changes] == [("version 1", "version 2")]
    assert (plan.tier, plan.target.context, plan.target.name) == (RiskTier.WIDE, "mlflow", registry.name)
    assert "cannot compare and set" in plan.notes[1]
    assert "kubernetes.restart" in plan.notes[0]
    assert (await world.action.observe(plan)).done is None
    commitment = await world.action.commit(plan)
    assert commitment.outcome is Outcome.APPLIED, commitment.detail
    assert commitment.detail == f"{registry.name}@champion is at version 2"
    assert await registry.version_of("champion") == "2"
    assert (await world.action.observe(plan)).done
    undo = await world.action.plan_undo(plan, may_dry_run=True)
    assert (undo.refusals, undo.undoes) == ((), plan.hash)
    assert (await world.action.commit(undo)).outcome is Outcome.APPLIED
    assert await registry.version_of("champion") == "1"
    assert proxy.asked(is_change) == 2


async def test_only_what_mlflow_takes_is_sent(world: World, registry: Registry, proxy: LyingProxy) -> None:
    await world.action.commit(await world.planned())
    sent = next(request for request in proxy.requests if is_change(request))
    assert json.loads(sent.body) == {"name": registry.name, "alias": "champion", "version": "2"}


async def test_an_alias_that_was_not_there_is_deleted_again(world: World, registry: Registry) -> None:
    plan = await world.planned(alias="challenger", version=3)
    assert plan.changes[0].before == "no such alias"
    assert (await world.action.commit(plan)).outcome is Outcome.APPLIED
    assert await registry.version_of("challenger") == "3"
    undo = await world.action.plan_undo(plan, may_dry_run=True)
    assert undo.request.method == "DELETE"
    commitment = await world.action.commit(undo)
    assert commitment.outcome is Outcome.APPLIED, commitment.detail
    assert (await world.action.observe(undo)).done
    assert await registry.version_of("challenger") is None


async def test_what_is_not_there_is_told_in_mlflows_words(world: World, registry: Registry) -> None:
    with pytest.raises(ActionRefused, match=r"version=9\) not found"):
        await world.planned(version=9)
    with pytest.raises(ActionRefused, match="name=nobody"):
        await world.planned(model="nobody")
    plan = await world.action.plan(world.occasion, {"alias": "champion", "version": 1}, may_dry_run=True)
    assert plan.refusals == (f"{registry.name}@champion is at version 1 already",)


async def test_the_only_alias_is_offered_with_its_version(world: World, registry: Registry) -> None:
    assert (await world.action.prospect(world.occasion)).present == {"alias": "champion", "version": "1"}
    await registry.point("challenger", "2")
    assert (await world.action.prospect(world.occasion)).present == {}


async def test_nothing_is_sent_where_somebody_moved_the_alias_since(
    world: World, registry: Registry, proxy: LyingProxy
) -> None:
    plan = await world.planned()
    await registry.point("champion", "3")
    commitment = await world.action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "moved on: it was at version 1 and is at version 3 now" in commitment.detail
    await registry.point("champion", "2")
    assert "is at version 2 already" in (await world.action.commit(plan)).detail
    assert proxy.asked(is_change) == 0


async def test_a_move_of_somebody_else_is_not_undone(world: World, registry: Registry, proxy: LyingProxy) -> None:
    plan = await world.planned()
    await world.action.commit(plan)
    undo = await world.action.plan_undo(plan, may_dry_run=True)
    await registry.point("champion", "3")
    refused = await world.action.plan_undo(plan, may_dry_run=True)
    assert refused.refusals == (f"{registry.name}@champion moved on: it was at version 2 and is at version 3 now",)
    assert (await world.action.commit(undo)).outcome is Outcome.NOT_APPLIED
    assert proxy.asked(is_change) == 1


async def test_a_move_right_after_ours_is_told(world: World, registry: Registry, proxy: LyingProxy) -> None:
    plan = await world.planned()
    reads: list[Request] = []

    def second_reading(request: Request) -> bool:
        reads.extend([request] if is_reading_of_alias(request) else [])
        return len(reads) > 1

    proxy.lie(answer({"model_version": {"name": registry.name, "version": "3", "status": "READY"}}), second_reading)
    commitment = await world.action.commit(plan)
    assert commitment.outcome is Outcome.APPLIED
    assert "was moved to version 2, and is at version 3 now: somebody moved it" in commitment.detail


async def test_an_answer_that_got_lost_is_settled_by_reading(
    world: World, registry: Registry, proxy: LyingProxy
) -> None:
    plan = await world.planned()
    proxy.twist(lambda _: CLOSE, is_change)
    commitment = await world.action.commit(plan)
    assert commitment.outcome is Outcome.APPLIED, commitment.detail
    assert (await world.action.settle(plan, world.clock())).outcome is Outcome.APPLIED
    assert proxy.asked(is_change) == 1


async def test_a_bad_value_is_no_absent_alias(world: World) -> None:
    with pytest.raises(ActionRefused, match=r"cannot be read from mlflow: .*Invalid alias name"):
        await world.planned(alias="a b")


async def test_the_registry_answers_whoever_checks_the_configuration(registry: Registry) -> None:
    async with AsyncExitStack() as closing:
        server = MlflowServer(at(registry.url), {})
        closing.push_async_callback(server.aclose)
        assert await server.ask_anything() > 0
