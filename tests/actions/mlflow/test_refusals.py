"""What is told where MLflow, or what stands before it, refuses, lies or is not what it should be."""

from contextlib import AsyncExitStack

import msgspec
import pytest

from console.actions.provider import ActionRefused
from console.domain.action import Outcome, RiskTier
from tests.actions.mlflow.world import Registry, World, a_world, at, is_change, is_reading_of_alias
from tests.faults.lying_proxy import LyingProxy
from tests.sources.lying_server import CLOSE, Lie, answer

PAST_ARRIVAL = 100.0


def _refusal(status: int, code: str, message: str) -> Lie:
    return answer({"error_code": code, "message": message}, status)


async def test_a_request_that_got_lost_is_not_applied_once_it_cannot_arrive(
    world: World, registry: Registry, proxy: LyingProxy
) -> None:
    plan, sent_at = await world.planned(), world.clock()
    proxy.lie(CLOSE, is_change)
    commitment = await world.action.commit(plan)
    assert (commitment.outcome, proxy.asked(is_change)) == (Outcome.UNKNOWN, 1)
    assert "may arrive yet" in commitment.detail
    world.clock.now += PAST_ARRIVAL
    assert (await world.action.settle(plan, sent_at)).outcome is Outcome.NOT_APPLIED
    await registry.point("champion", "3")
    settled = await world.action.settle(plan, sent_at)
    assert settled.outcome is Outcome.UNKNOWN
    assert "as somebody else made it" in settled.detail


@pytest.mark.parametrize("lie", [Lie(200, b"<h1>Sign in</h1>", "text/html"), Lie(502, b"", "text/html")])
async def test_what_a_proxy_answers_is_not_mlflows_word(world: World, proxy: LyingProxy, lie: Lie) -> None:
    plan = await world.planned()
    proxy.lie(lie, is_change)
    assert (await world.action.commit(plan)).outcome is Outcome.UNKNOWN


async def test_a_login_that_may_not_change_is_told(world: World, proxy: LyingProxy) -> None:
    plan = await world.planned()
    proxy.lie(Lie(403, b"Permission denied", "text/html"), is_change)
    commitment = await world.action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "this login may read" in commitment.detail
    assert "answered 403: 'Permission denied'" in commitment.detail


async def test_what_somebody_else_did_meanwhile_is_not_that_of_a_login_that_may_not(
    world: World, registry: Registry, proxy: LyingProxy
) -> None:
    plan = await world.planned()
    proxy.twist(lambda _: Lie(403, b"Permission denied", "text/html"), is_change)
    commitment = await world.action.commit(plan)
    assert await registry.version_of("champion") == "2"
    assert commitment.outcome is Outcome.NOT_APPLIED, commitment.detail


async def test_a_login_that_may_not_read_is_told(world: World, proxy: LyingProxy) -> None:
    proxy.lie(Lie(401, b"You are not authenticated.", "text/html"))
    with pytest.raises(ActionRefused, match=r"mlflow does not let this login read version 2 of .*answered 401"):
        await world.planned()
    with pytest.raises(ActionRefused, match="does not let this login read registered model"):
        await world.action.prospect(world.occasion)


@pytest.mark.parametrize(
    "lie",
    [_refusal(404, "ENDPOINT_NOT_FOUND", "No API found"), Lie(404, b"<title>Not Found</title>", "text/html")],
)
async def test_a_server_without_aliases_is_explained(world: World, proxy: LyingProxy, lie: Lie) -> None:
    plan = await world.planned()
    proxy.lie(lie, is_change)
    commitment = await world.action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert "Microsoft Fabric does not" in commitment.detail
    proxy.lie(lie, is_reading_of_alias)
    with pytest.raises(ActionRefused, match=r"mlflow tells nothing of aliases .*Microsoft Fabric does not"):
        await world.planned()


@pytest.mark.parametrize("alias", ["latest", "LATEST", "v3"])
async def test_what_mlflow_resolves_itself_is_not_moved(world: World, alias: str) -> None:
    with pytest.raises(ActionRefused, match=f"MLflow keeps the alias {alias} for itself"):
        await world.planned(alias=alias)


async def test_a_version_that_is_not_ready_is_refused(world: World, registry: Registry, proxy: LyingProxy) -> None:
    pending = {"name": registry.name, "version": "2", "status": "FAILED_REGISTRATION", "status_message": "no room"}
    proxy.lie(answer({"model_version": pending}), lambda request: request.path.endswith("/model-versions/get"))
    plan = await world.action.plan(world.occasion, {"alias": "champion", "version": 2}, may_dry_run=True)
    assert plan.refusals == (f"version 2 of {registry.name} is not ready (FAILED_REGISTRATION: no room)",)


async def test_what_is_no_answer_of_mlflow_is_told(world: World, proxy: LyingProxy) -> None:
    proxy.lie(Lie(200, b"<h1>Sign in</h1>", "text/html"))
    with pytest.raises(ActionRefused, match="not JSON"):
        await world.planned()


async def test_names_come_from_the_pattern_or_the_argument(world: World, registry: Registry, proxy: LyingProxy) -> None:
    model = msgspec.structs.replace(world.occasion.view.model, labels={"team": "fra"})
    view = msgspec.structs.replace(world.occasion.view, model=model)
    async with AsyncExitStack() as closing:
        by_pattern = a_world(closing, registry, at(proxy.url, model="{team}ud", critical=True))
        by_pattern.occasion = msgspec.structs.replace(world.occasion, view=view)
        plan = await by_pattern.planned()
        assert (plan.target.name, plan.tier) == (registry.name, RiskTier.HARD_TO_UNDO)
        with pytest.raises(ActionRefused, match="has no label team, which model of mlflow"):
            await by_pattern.action.plan(world.occasion, {"alias": "champion", "version": 2}, may_dry_run=True)
        named = {"alias": "champion", "version": 2, "model": registry.name}
        assert (await by_pattern.action.plan(world.occasion, named, may_dry_run=True)).refusals == ()


async def test_of_several_servers_one_is_named(world: World, registry: Registry, proxy: LyingProxy) -> None:
    async with AsyncExitStack() as closing:
        several = a_world(closing, registry, at(proxy.url, name="prod"), at(proxy.url, name="staging"))
        assert several.action.contexts == ("mlflow.prod", "mlflow.staging")
        assert (await several.action.prospect(world.occasion)).choices == {"mlflow": ("prod", "staging")}
        with pytest.raises(ActionRefused, match="say which MLflow is meant: prod, staging"):
            await several.planned()
        with pytest.raises(ActionRefused, match="no MLflow is called prd"):
            await several.planned(mlflow="prd")
        assert (await several.planned(mlflow="prod")).target.context == "mlflow.prod"


@pytest.mark.parametrize(
    ("given", "told"),
    [({"version": 2}, "alias is missing"), ({"alias": "champion"}, "version is None"), ({"alais": "x"}, "no argument")],
)
async def test_bad_arguments_are_told(world: World, given: dict[str, object], told: str) -> None:
    with pytest.raises(ActionRefused, match=told):
        await world.action.plan(world.occasion, given, may_dry_run=True)
