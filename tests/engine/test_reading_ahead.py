"""What a plan tells that was made of what was read ahead of it, and when it is made of nothing but what is read now."""

import asyncio
import logging
from collections.abc import Mapping
from pathlib import Path

import msgspec
import pytest

from console.actions.kubernetes.scale import SCALE, Scale
from console.actions.provider import Occasion
from console.actions.registry import OpenActions
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Commitment, Outcome, Plan
from console.domain.command import Answer, CommitPlan, ReadAhead, StartRun
from console.domain.model import WorkloadFinding
from console.domain.snapshot import ModelView
from console.engine.executor import ActionRefused, Executor
from console.engine.gate import KILL_SWITCH_FILE, ActionGate
from console.engine.parts import Parts
from console.engine.reading_ahead import ReadingAhead, likely_arguments
from console.engine.run_confirming import PLAN_IS_FRESH_SECONDS
from console.headless.acting_parts import acting_parts
from console.settings.places import acting_places
from console.settings.settings import KubernetesSettings, ServerSettings, Settings
from console.simulation.cluster.faults import Fault
from console.transport.kubernetes.remembering_transport import REMEMBERED_SECONDS, RememberingTransport
from tests.actions.kubernetes.world import World
from tests.engine.consoles import REFERENCE, executor_for, view_of
from tests.engine.stage import SECONDS_UNTIL_HOPELESS, SLOW, Stage

DRY_RUN = ["PATCH"]
ALL = ["GET deployments", "GET horizontalpodautoscalers", "GET resourcequotas", "PATCH"]
"""What a plan asks of a cluster of which it is known that it has no KEDA."""


class Ahead:
    """An executor whose plans may be of what was read ahead, and whatever reads ahead for it."""

    def __init__(
        self, world: World, state: Path, settings: KubernetesSettings | None = None, action: type[Scale] = Scale
    ) -> None:
        self.world = world
        chosen = settings or world.settings
        memory = RememberingTransport(world.transport, world.clock)
        scale = action(memory, chosen, world.clock, settle_seconds=0.0)
        gate = ActionGate(acting_places(Settings(kubernetes=chosen)), live=True, directory=state, environment={})
        self.reading = ReadingAhead(OpenActions({SCALE.name: scale}, {}), gate, memory)
        self.executor: Executor = executor_for(world, state, settings=chosen, action=scale, ahead=self.reading)

    async def read(self, replicas: int = 6) -> None:
        await self.reading.read(self.view, ((SCALE.name, {"replicas": replicas}),))

    async def plan(self, replicas: int = 6, *, anew: bool = False) -> Plan:
        self.world.cluster.forget_requests()
        return await self.executor.plan(SCALE.name, self.view, {"replicas": replicas}, anew=anew)

    @property
    def view(self) -> ModelView:
        return view_of(self.world)

    @property
    def asked(self) -> list[str]:
        """Return what the cluster was asked, in short."""
        return [
            request.method if request.method != "GET" else f"GET {_collection(request.path)}"
            for request in self.world.cluster.requests
        ]


def _collection(path: str) -> str:
    *_, kind, name = path.split("/")
    return kind if name == "fraud" else name


@pytest.fixture
def ahead(world: World, state: Path) -> Ahead:
    return Ahead(world, state)


async def test_a_plan_comes_after_one_request_and_tells_the_same(ahead: Ahead, world: World) -> None:
    before = await ahead.plan()
    await ahead.read()
    read_at = world.clock.now
    world.clock.now += 4
    plan = await ahead.plan()
    assert ahead.asked == DRY_RUN
    assert plan == msgspec.structs.replace(before, made_at=read_at)
    assert plan.dry_run == "accepted by the server"


async def test_another_number_than_was_read_for_costs_no_more(ahead: Ahead) -> None:
    await ahead.read(4)
    assert (await ahead.plan(7)).changes[0].after == "7"
    assert ahead.asked == DRY_RUN


async def test_it_can_be_sent_and_nothing_is_remembered_after_that(ahead: Ahead) -> None:
    await ahead.read()
    plan = await ahead.plan()
    await ahead.executor.commit(plan, plan.hash, REFERENCE)
    assert (await ahead.plan(7)).changes[0].before == "6"
    assert ahead.asked[0] == "GET deployments"


async def test_whatever_is_sent_makes_it_forget_wherever_that_goes(world: World, state: Path) -> None:
    class Elsewhere(Scale):
        async def commit(self, plan: Plan) -> Commitment:
            return Commitment(Outcome.APPLIED, "a command did it", world.clock.now)

    ahead = Ahead(world, state, action=Elsewhere)
    await ahead.read()
    plan = await ahead.plan()
    await ahead.executor.commit(plan, plan.hash, REFERENCE)
    await ahead.plan()
    assert ahead.asked == ALL


async def test_what_was_read_too_long_ago_counts_no_more(ahead: Ahead, world: World) -> None:
    await ahead.read()
    world.clock.now += REMEMBERED_SECONDS + 1
    plan = await ahead.plan()
    assert ahead.asked == ALL
    assert plan.made_at == world.clock.now


async def test_what_a_colleague_changed_meanwhile_is_planned_right_and_refuses_nothing(
    ahead: Ahead, world: World
) -> None:
    await ahead.read()
    await world.scale_as_a_colleague(4)
    world.clock.now += 1
    plan = await ahead.plan()
    assert (plan.changes[0].before, plan.changes[0].after, plan.refusals) == ("4", "6", ())
    assert plan.made_at == world.clock.now


async def test_what_was_done_already_and_is_not_any_more_is_no_refusal(ahead: Ahead, world: World) -> None:
    await world.scale_as_a_colleague(6)
    await ahead.read()
    await world.scale_as_a_colleague(3)
    assert (await ahead.plan()).refusals == ()


async def test_what_was_refused_from_memory_and_still_is_says_so_as_of_now(ahead: Ahead, world: World) -> None:
    await world.scale_as_a_colleague(6)
    await ahead.read()
    world.clock.now += 1
    plan = await ahead.plan()
    assert plan.refusals[0].startswith("replicas are 6 already")
    assert plan.made_at == world.clock.now


async def test_an_autoscaler_that_is_made_meanwhile_is_told_a_moment_later(ahead: Ahead, world: World) -> None:
    await ahead.read()
    world.cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=3, maximum=9)
    world.clock.now += REMEMBERED_SECONDS + 1
    assert "/horizontalpodautoscalers/" in (await ahead.plan()).request.path


async def test_what_cannot_be_read_ahead_is_silent_and_read_by_the_plan(
    ahead: Ahead, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    world.cluster.faults.add(Fault(method="GET", path="*/deployments/*", status=500))
    with caplog.at_level(logging.INFO, "console.engine.reading_ahead"):
        await ahead.read()
    assert "reading ahead for kubernetes.scale: Deployment ml/fraud cannot be read" in caplog.text
    assert (await ahead.plan()).refusals == ()
    assert ahead.asked == [*ALL[:2], "GET scaledobjects", ALL[2], "POST", *DRY_RUN], (
        "whether it may be done was not asked either"
    )


async def test_a_bug_of_a_provider_ends_nothing(world: World, state: Path, caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Scale):
        async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
            raise ZeroDivisionError

    await Ahead(world, state, action=Broken).read()
    assert "reading ahead for kubernetes.scale failed: builtins.ZeroDivisionError" in caplog.text


async def test_a_plan_that_breaks_on_what_is_remembered_is_made_anew(world: World, state: Path) -> None:
    tried: list[str] = []

    class BreaksOnce(Scale):
        async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
            plan = await super().plan(occasion, arguments, may_dry_run=may_dry_run)
            tried.append(plan.dry_run)
            if len(tried) == 2:
                raise ActionRefused("what is remembered makes no sense")
            return plan

    ahead = Ahead(world, state, action=BreaksOnce)
    await ahead.read()
    assert (await ahead.plan()).refusals == ()
    assert ahead.asked == [*DRY_RUN, *ALL]


async def test_a_plan_without_a_dry_run_is_of_what_is_read_now(world: World, state: Path) -> None:
    class Trusting(Scale):
        async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
            return await super().plan(occasion, arguments, may_dry_run=False)

    ahead = Ahead(world, state, action=Trusting)
    await ahead.read()
    world.clock.now += 1
    assert (await ahead.plan()).made_at == world.clock.now


async def test_what_may_not_be_done_is_neither_read_ahead_nor_made_of_what_was(
    ahead: Ahead, world: World, state: Path
) -> None:
    await ahead.read()
    (state / KILL_SWITCH_FILE).write_text("the release is on")
    world.clock.now += 1
    plan = await ahead.plan()
    assert (plan.made_at, plan.dry_run) == (world.clock.now, "not asked: the console only reads")
    world.cluster.forget_requests()
    await ahead.read()
    assert ahead.asked == []


async def test_a_console_that_only_reads_reads_nothing_ahead(world: World, state: Path) -> None:
    ahead = Ahead(world, state, msgspec.structs.replace(world.settings, write=False))
    await ahead.read()
    assert ahead.asked == []


async def test_a_plan_that_is_made_anew_and_all_that_is_no_plan_read_by_themselves(ahead: Ahead) -> None:
    await ahead.read()
    plan = await ahead.plan(anew=True)
    assert ahead.asked == ALL
    await ahead.executor.commit(plan, plan.hash, REFERENCE)
    for ask in (ahead.executor.observe, ahead.executor.plan_undo):
        await ahead.read()
        ahead.world.cluster.forget_requests()
        await ask(plan)
        assert ahead.asked[0] == "GET deployments"


async def test_for_the_list_of_actions_one_more_than_now_is_read_for(ahead: Ahead) -> None:
    await ahead.reading.read_for(ahead.view, ReadAhead("fraud", SCALE.name, {"replicas": "3"}))
    await ahead.plan(9)
    assert ahead.asked == DRY_RUN


async def test_an_unknown_action_is_read_for_in_silence(ahead: Ahead) -> None:
    await ahead.reading.read_for(ahead.view, ReadAhead("fraud", "kubernetes.levitate"))
    assert ahead.asked == []


async def test_an_action_elsewhere_is_left_alone(world: World, state: Path) -> None:
    class Elsewhere(Scale):
        context = "alertmanager"

    ahead = Ahead(world, state, action=Elsewhere)
    await ahead.read()
    assert ahead.asked == []


@pytest.mark.parametrize(
    ("argument", "present", "likely"),
    [
        (Argument(name="a", meaning="", kind="integer"), "3", {"a": 4}),
        (Argument(name="a", meaning="", kind="integer", most=3), "3", {"a": 3}),
        (Argument(name="a", meaning="", kind="integer"), "half", None),
        (Argument(name="a", meaning="", kind="integer"), "", None),
        (Argument(name="a", meaning="", kind="integer", required=False), "", {}),
        (Argument(name="a", meaning=""), "v41", {"a": "v41"}),
        (Argument(name="a", meaning=""), "", None),
        (Argument(name="a", meaning="", required=False), "", {}),
    ],
)
def test_what_somebody_is_about_to_type(argument: Argument, present: str, likely: dict[str, object] | None) -> None:
    specification = ActionSpecification(name="a.b", title="", arguments=(argument,))
    assert likely_arguments(specification, {"a": present}) == likely


async def test_between_the_key_of_a_decision_and_its_plan_the_cluster_is_asked_once(ahead: Ahead) -> None:
    view = msgspec.structs.replace(SLOW, workload=WorkloadFinding(ahead.world.fraud))
    stage = Stage(acting=ahead.executor, ahead=ahead.reading)
    stage.now = ahead.world.clock.now
    await stage.snapshot(view)
    run = await stage.send(StartRun("eta", "scale-out"))
    async with asyncio.timeout(SECONDS_UNTIL_HOPELESS):
        while "POST" not in ahead.asked:  # the permission, which is asked for last
            await stage.quiet()
    ahead.world.cluster.forget_requests()
    await stage.send(Answer(run.id, "decide", "s"))
    run = await stage.until(lambda run: run.plan is not None)
    assert ahead.asked == DRY_RUN
    assert run.plan is not None
    await stage.send(CommitPlan(run.id, run.plan.hash))
    run = await stage.until(lambda run: run.commitment is not None)
    await stage.keeper.close()
    await ahead.executor.close()


@pytest.mark.parametrize("seconds", [0.0, REMEMBERED_SECONDS, PLAN_IS_FRESH_SECONDS + 1])
async def test_a_plan_is_sent_as_it_is_shown_however_long_ago_was_read_ahead(ahead: Ahead, seconds: float) -> None:
    view = msgspec.structs.replace(SLOW, workload=WorkloadFinding(ahead.world.fraud))
    stage = Stage(acting=ahead.executor, ahead=ahead.reading)
    stage.now = ahead.world.clock.now
    await stage.snapshot(view)
    run = await stage.send(StartRun("eta", "scale-out"))
    async with asyncio.timeout(SECONDS_UNTIL_HOPELESS):
        while "POST" not in ahead.asked:
            await stage.quiet()
    ahead.world.clock.now = stage.now = stage.now + seconds
    await stage.send(Answer(run.id, "decide", "s"))
    run = await stage.until(lambda run: run.plan is not None)
    ahead.world.cluster.forget_requests()
    assert run.plan is not None
    await stage.send(CommitPlan(run.id, run.plan.hash))
    await stage.until(lambda run: run.commitment is not None)
    assert ahead.asked[0] == "PATCH", "nothing is read again between the key and the request"
    assert not ahead.world.cluster.requests[0].dry_run
    await stage.keeper.close()
    await ahead.executor.close()


async def test_commands_read_nothing_ahead_and_a_screen_does(world: World, tmp_path: Path) -> None:
    cluster = msgspec.structs.replace(world.settings, kubeconfig=str(tmp_path / "kubeconfig"))
    prometheus = ServerSettings(name="prometheus", urls=("http://127.0.0.1:1",))
    settings = Settings(prometheus=prometheus, kubernetes=cluster, state_directory=str(tmp_path / "other"))
    assert acting_parts(settings, lambda run: None).reading_ahead is None
    screens = Parts(settings, environment={}, clock=world.clock, at=None, publish=lambda run: None)
    assert screens.reading_ahead is not None
