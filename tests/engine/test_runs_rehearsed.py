"""A rehearsal does everything but commit."""

import pytest

from console.domain.action import Outcome
from console.domain.command import Answer, CommitPlan, StartRun
from console.domain.run import Run, StepState
from console.journal.events import RunLine
from console.playbooks.events import Committing
from console.playbooks.machine import advance
from console.playbooks.state import NotNow
from tests.engine.stage import MODEL_ID, SLOW, Stage
from tests.engine.walk import shown_plan, states


async def rehearsed(stage: Stage) -> Run:
    """Go to the plan of a rehearsal."""
    await stage.snapshot(SLOW)
    await stage.send(StartRun(MODEL_ID, "scale-out", rehearse=True))
    await stage.send(Answer(stage.run.id, "decide", "s"))
    return await stage.until(lambda run: run.plan is not None)


@pytest.mark.parametrize(
    ("key", "state", "goes_to"),
    [("v", StepState.DONE, "hold"), ("w", StepState.FAILED, "worse"), ("t", StepState.UNKNOWN, "elsewhere")],
)
async def test_a_rehearsal_sends_nothing_and_walks_on_as_a_person_wants(
    key: str, state: StepState, goes_to: str
) -> None:
    stage = Stage()
    run = await rehearsed(stage)
    assert run.is_rehearsal
    assert [choice.key for choice in run.choices] == ["x"]
    run = await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    assert run.active_step is not None
    assert run.active_step.note == "rehearsed: scale to 8, nothing was sent"
    assert [choice.key for choice in run.choices] == ["v", "w", "t", "x"]
    run = await stage.send(Answer(run.id, "scale", key))
    assert states(run)["scale"] == state
    assert run.active == goes_to
    await stage.keeper.close()
    assert stage.executor.committed == []
    assert stage.journal.names()[-2:] == ["rehearsed", "chosen"]
    assert (run.undo, run.commitment) == (None, None)


async def test_a_plan_that_is_refused_is_rehearsed_all_the_same() -> None:
    stage = Stage()
    stage.executor.refusals = ("read-only: start with --write",)
    run = await rehearsed(stage)
    assert [choice.key for choice in run.choices] == ["v", "w", "t", "r", "x"]
    run = await stage.send(Answer(run.id, "scale", "v"))
    assert run.active == "hold"
    assert [choice.key for choice in run.choices] == ["v", "x"]


async def test_the_machine_of_a_rehearsal_takes_no_commit() -> None:
    stage = Stage()
    run = await rehearsed(stage)
    kept = stage.keeper._runs.find(run.id)
    assert kept is not None
    with pytest.raises(NotNow, match="a rehearsal sends nothing"):
        advance(kept.playbook, kept.state, Committing(at=stage.now, step="scale", plan_hash=shown_plan(run).hash))
    assert kept.reference("scale").rehearsal


async def test_a_rehearsal_stands_beside_the_real_run() -> None:
    stage = Stage()
    await stage.start()
    run = await rehearsed(stage)
    assert run.is_rehearsal
    assert [each.is_rehearsal for each in stage.runs.values()] == [False, True]
    await stage.keeper.close()
    lines = [line for line, _ in stage.journal.lines if isinstance(line, RunLine) and line.name == "started"]
    assert [line.payload["rehearsal"] for line in lines] == [False, True]
    assert Outcome.VERIFIED not in [outcome for _, outcome in stage.executor.recorded]


async def test_why_a_step_was_skipped_is_kept() -> None:
    stage = Stage()
    run = await stage.start()
    await stage.send(Answer(run.id, "decide", "s"))
    await stage.until(lambda run: run.plan is not None)
    run = await stage.send(Answer(run.id, "scale", "x", reason="the queue is draining"))
    note = next(step.note for step in run.steps if step.id == "scale")
    assert note == "skip this action: the queue is draining"
