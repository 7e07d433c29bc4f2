"""What the executor never sends, whatever a face asks for."""

from pathlib import Path

import msgspec
import pytest

from console.domain.action import Outcome
from console.domain.model import WorkloadFinding
from console.engine.executor import ActionRefused
from console.journal.file_journal import FileJournal
from console.journal.holder import Holder
from console.journal.target_lock import TargetLock
from console.settings.settings import KubernetesSettings
from tests.actions.kubernetes.world import World
from tests.engine.consoles import REFERENCE, executor_for, plan_for, refusal, view_of


async def test_read_only_shows_the_plan_and_sends_no_write(world: World, state: Path) -> None:
    settings = KubernetesSettings(context="simulated", write=False)
    executor = executor_for(world, state, settings=settings)
    plan = await executor.plan("kubernetes.scale", view_of(world), {"replicas": 6})
    assert plan.refusals == ("read-only: start with --write, or set kubernetes.write for context simulated",)
    assert plan.command is not None
    assert (await refusal(executor, plan)).startswith("read-only")
    assert (await refusal(executor, msgspec.structs.replace(plan, refusals=()))).startswith("read-only")
    assert world.patches == []
    assert FileJournal(state).read() == ()


async def test_the_past_is_never_acted_on(world: World, state: Path) -> None:
    plan = await plan_for(executor_for(world, state), world)
    executor = executor_for(world, state, live=False)
    assert (await refusal(executor, plan)).startswith("the past is shown (--at)")
    for planning in (executor.plan("kubernetes.scale", view_of(world), {"replicas": 6}), executor.plan_undo(plan)):
        with pytest.raises(ActionRefused, match=r"the past is shown \(--at\)"):
            await planning
    assert world.cluster.requests == ()


async def test_without_a_cluster_there_is_nothing_to_act_on(world: World, state: Path) -> None:
    plan = await plan_for(executor_for(world, state), world)
    executor = executor_for(world, state, configured=False)
    with pytest.raises(ActionRefused, match="no cluster is configured"):
        await executor.plan("kubernetes.scale", view_of(world), {"replicas": 6})
    assert (await refusal(executor, plan)).startswith("no cluster is configured")


@pytest.mark.parametrize("how", ["file", "environment"])
async def test_the_kill_switch_stops_a_commit_at_the_last_moment(world: World, state: Path, how: str) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    if how == "file":
        (state / "actions.off").write_text("change freeze\x1b[2J until Monday\n")
    else:
        executor = executor_for(world, state, environment={"INCIDENT_CONSOLE_ACTIONS": "off"})
    told = await refusal(executor, plan)
    assert told.startswith("actions are switched off by ")
    assert told.isprintable()
    assert ("change freeze" in told) == (how == "file")
    assert world.cluster.requests == ()
    assert (await executor.plan("kubernetes.scale", view_of(world), {"replicas": 6})).refusals == (told,)


async def test_a_kill_switch_that_cannot_be_read_counts_as_pulled(world: World, state: Path) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    (state / "actions.off").mkdir()
    assert (await refusal(executor, plan)).startswith("actions are switched off by ")


async def test_only_the_plan_that_was_shown_is_sent(world: World, state: Path) -> None:
    executor = executor_for(world, state)
    plan, other = await plan_for(executor, world), await plan_for(executor, world, replicas=5)
    assert plan.hash != other.hash
    assert (await refusal(executor, plan, other.hash)).endswith("was shown: look at it again")
    assert world.cluster.requests == ()
    assert FileJournal(state).read() == ()


@pytest.mark.parametrize(
    ("meanwhile", "told"),
    [("the plan grows old", "the plan is stale, made 16 s ago"), ("the switch is pulled", "actions are switched off")],
)
async def test_what_changed_while_the_lock_was_taken_counts(
    world: World, state: Path, monkeypatch: pytest.MonkeyPatch, meanwhile: str, told: str
) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    lock = FileJournal.lock

    def slow_lock(journal: FileJournal, uid: str, holder: Holder) -> TargetLock:
        if meanwhile == "the plan grows old":
            world.clock.now += 16
        else:
            (state / "actions.off").touch()
        return lock(journal, uid, holder)

    monkeypatch.setattr(FileJournal, "lock", slow_lock)
    assert (await refusal(executor, plan)).startswith(told)
    assert world.mutations == []
    assert FileJournal(state).read() == ()


@pytest.mark.parametrize("seconds", [15.1, -1.0])
async def test_a_stale_plan_is_not_sent(world: World, state: Path, seconds: float) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    world.clock.now += seconds
    assert (await refusal(executor, plan)).startswith("the plan is stale")
    assert world.cluster.requests == ()


async def test_a_plan_is_fresh_for_fifteen_seconds(world: World, state: Path) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world)
    world.clock.now += 15
    assert (await executor.commit(plan, plan.hash, REFERENCE)).outcome is Outcome.APPLIED


async def test_a_plan_with_refusals_is_not_sent(world: World, state: Path) -> None:
    executor = executor_for(world, state)
    plan = await plan_for(executor, world, replicas=21)
    assert await refusal(executor, plan) == plan.refusals[0]
    assert world.cluster.requests == ()


async def test_what_is_in_another_context_is_neither_sent_nor_read(world: World, state: Path) -> None:
    plan = await plan_for(executor_for(world, state), world)
    executor = executor_for(world, state, settings=KubernetesSettings(context="prod-eu", write=True))
    expected = "it is for context simulated, which is not the configured one"
    assert await refusal(executor, plan) == expected
    for refused in (executor.observe(plan), executor.plan_undo(plan)):
        with pytest.raises(ActionRefused, match=expected):
            await refused
    with pytest.raises(ActionRefused, match=expected):
        await executor.plan("kubernetes.scale", view_of(world), {"replicas": 6})
    assert world.cluster.requests == ()


async def test_a_model_without_a_workload_has_no_plan(world: World, state: Path) -> None:
    view = msgspec.structs.replace(view_of(world), workload=WorkloadFinding(None, "ambiguous: two of them"))
    with pytest.raises(ActionRefused, match=r"^no workload of fraud is known: ambiguous: two of them$"):
        await executor_for(world, state).plan("kubernetes.scale", view, {"replicas": 6})


async def test_an_unknown_action_names_those_that_there_are(world: World, state: Path) -> None:
    with pytest.raises(ActionRefused, match=r"no action 'kubernetes.scal'; this console can do: kubernetes.scale"):
        await executor_for(world, state).plan("kubernetes.scal", view_of(world), {})
