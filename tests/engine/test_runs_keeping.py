import asyncio

import msgspec

from console.actions.provider import RolloutProgress
from console.domain.action import Plan
from console.domain.command import CommitPlan, EndRun, PlanUndo, StartRun
from console.domain.run import StepState
from console.journal.events import RunLine
from console.playbooks.events import MachineEvent
from console.playbooks.machine import replay
from tests.engine.scaling import scale_out
from tests.engine.stage import FINE, MODEL_ID, SLOW, Stage, model_view
from tests.engine.walk import committed, planned, shown_plan


async def test_the_journal_explains_the_run() -> None:
    stage = Stage()
    await committed(stage)
    await stage.pass_time(20, FINE)
    await stage.keeper.close()
    lines = [line for line, _ in stage.journal.lines if isinstance(line, RunLine)]
    events = tuple(msgspec.convert({**line.payload, "event": line.name}, MachineEvent) for line in lines)
    playbook = scale_out()
    state = replay(playbook, events)
    assert state.active == stage.run.active == "hold"
    assert state.records["scale"].state is StepState.DONE
    assert {line.who.user for line in lines} == {"ann"}
    assert {line.name for line, durable in stage.journal.lines if isinstance(line, RunLine) and not durable} == {
        "evidence",
        "rollout",
    }


async def test_a_journal_that_cannot_be_written_is_told() -> None:
    stage = Stage()
    stage.journal.broken = True
    await stage.start()
    run = await stage.until(lambda run: run.message is not None)
    assert run.message == "the journal cannot be written: No space left on device"


async def test_closing_waits_for_what_is_being_sent() -> None:
    stage = Stage()
    stage.executor.gate.clear()
    run = await planned(stage)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.quiet()
    closing = asyncio.get_running_loop().create_task(stage.keeper.close())
    await stage.quiet()
    assert not closing.done()
    stage.executor.gate.set()
    await closing
    assert stage.run.commitment is not None
    assert "committed" in stage.journal.names()


async def test_a_run_is_published_only_when_it_changed() -> None:
    stage = Stage()
    await stage.start()
    before = len(stage.published)
    await stage.snapshot(SLOW)
    await stage.snapshot(SLOW)
    assert len(stage.published) == before


async def test_evidence_is_journalled_when_it_changed_something_and_explains_a_long_watch() -> None:
    stage = Stage(confirm=200.0, recover=60.0)
    await committed(stage)
    await stage.pass_time(250, FINE)
    await stage.keeper.close()
    assert stage.run.active == "hold"
    lines = [line for line, _ in stage.journal.lines if isinstance(line, RunLine)]
    evidence = [line for line in lines if line.name == "evidence"]
    assert len(evidence) < 12
    playbook = scale_out()
    events = tuple(msgspec.convert({**line.payload, "event": line.name}, MachineEvent) for line in lines)
    assert replay(playbook, events).active == "hold"


async def test_the_past_leaves_no_line_in_the_journal() -> None:
    stage = Stage()
    stage.now = 90_000.0
    await stage.snapshot(SLOW, at=1000.0, live=False)
    await stage.send(StartRun(MODEL_ID, "scale-out"))
    await stage.keeper.close()
    assert stage.journal.lines == []


async def test_nothing_is_read_any_more_once_the_keeper_is_closed() -> None:
    stage = Stage()
    run = await planned(stage)
    stage.executor.gate.clear()
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.quiet()
    seen = []

    async def observe(plan: Plan) -> RolloutProgress:
        seen.append(plan)
        await asyncio.Event().wait()
        raise AssertionError

    stage.executor.observe = observe  # type: ignore[method-assign]  # an executor that never answers from now on
    closing = asyncio.get_running_loop().create_task(stage.keeper.close())
    await stage.quiet()
    stage.executor.gate.set()
    await closing
    await stage.quiet()
    assert seen == []
    assert stage.journal.names()[-1] == "committed"
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_run_that_is_over_is_not_published_again() -> None:
    stage = Stage()
    run = await stage.start()
    await stage.send(EndRun(run.id))
    before = len(stage.published)
    await stage.pass_time(15, model_view(p99=3.0))
    assert len(stage.published) == before


async def test_the_oldest_runs_that_are_over_are_forgotten() -> None:
    stage = Stage()
    for _ in range(25):
        run = await stage.start()
        await stage.send(EndRun(run.id))
    before = len(stage.published)
    await stage.keeper.handle(PlanUndo("run1"))
    assert len(stage.published) == before
    await stage.keeper.handle(PlanUndo("run25"))
    assert stage.runs["run25"].message == "there is nothing to undo"


async def test_replicas_that_a_run_changed_are_not_multiplied_by_the_same_traffic_again() -> None:
    stage = Stage()
    run = await committed(stage)
    await stage.send(EndRun(run.id))
    stage.now += 7200.0
    run = await stage.start(model_view(replicas=8))
    evidence = {seen.name: seen.text for seen in run.evidence}
    assert evidence["wanted"] == (
        "12: others than these replicas may have carried the normal traffic: half as many again"
    )
    stage.now += 90_000.0
    await stage.pass_time(5, model_view(replicas=8))
    evidence = {seen.name: seen.text for seen in stage.run.evidence}
    assert evidence["wanted"] == "16: traffic 2.6× of normal, at most 2.0× at once"
