import msgspec
import pytest

from console.domain.command import Answer, Command, CommitPlan, EndRun, PlanUndo, StartRun
from console.playbooks.library import Library
from tests.engine.scaling import scale_out
from tests.engine.stage import MODEL_ID, SLOW, Stage, model_view
from tests.engine.walk import planned, shown_plan


async def test_only_the_hash_that_was_shown_commits() -> None:
    stage = Stage()
    run = await planned(stage)
    run = await stage.send(CommitPlan(run.id, "000000000000"))
    assert run.message == "the plan has changed since it was shown"
    assert stage.executor.committed == []
    assert run.plan is not None


async def test_nothing_is_committed_twice_by_keys_in_a_hurry() -> None:
    stage = Stage()
    stage.executor.gate.clear()
    run = await planned(stage)
    plan_hash = shown_plan(run).hash
    await stage.send(CommitPlan(run.id, plan_hash))
    run = await stage.send(CommitPlan(run.id, plan_hash))
    assert run.message == "no plan waits for its key"
    run = await stage.send(EndRun(run.id))
    assert run.message == "a request is on its way: the run can be left when its outcome is known"
    stage.executor.gate.set()
    await stage.until(lambda run: run.commitment is not None)
    assert len(stage.executor.committed) == 1


async def test_a_refused_plan_says_why_and_can_be_made_again() -> None:
    stage = Stage()
    stage.executor.refuse_plan = "no workload of eta is known"
    run = await stage.start()
    await stage.send(Answer(run.id, "decide", "s"))
    run = await stage.until(lambda run: any(choice.key == "r" for choice in run.choices))
    assert run.active_step is not None
    assert run.active_step.note == "no workload of eta is known"
    stage.executor.refuse_plan = None
    await stage.send(Answer(run.id, "scale", "r"))
    await stage.until(lambda run: run.plan is not None)


async def test_a_plan_with_refusals_is_shown_and_not_sent() -> None:
    stage = Stage()
    stage.executor.refusals = ("this console only reads",)
    run = await planned(stage)
    run = await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    assert run.message == "this console only reads"
    assert stage.executor.committed == []


async def test_a_refused_commit_sent_nothing_and_can_be_planned_again() -> None:
    stage = Stage()
    stage.executor.refuse_commit = "bob@bastion is acting on ml/eta"
    run = await planned(stage)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    run = await stage.until(lambda run: any(choice.key == "r" for choice in run.choices))
    assert run.commitment is None
    assert run.undo is None
    assert run.active_step is not None
    assert run.active_step.note == "bob@bastion is acting on ml/eta"


async def test_a_provider_that_breaks_does_not_leave_a_run_waiting() -> None:
    stage = Stage()
    stage.executor.breaks = ValueError("bug")
    run = await stage.start()
    await stage.send(Answer(run.id, "decide", "s"))
    run = await stage.until(
        lambda run: run.active_step is not None and "planning failed: ValueError at stage.py:" in run.active_step.note
    )
    assert [choice.key for choice in run.choices] == ["r", "x"]


async def test_guards_block_while_too_few_replicas_are_ready() -> None:
    stage = Stage()
    few = model_view(ready=1)
    run = await stage.start(few)
    run = await stage.send(Answer(run.id, "decide", "s"))
    assert run.active_step is not None
    assert run.active_step.note.startswith("Fewer than half of its replicas are ready (1 of 4)")
    assert stage.executor.planned == []
    await stage.pass_time(5, SLOW)
    await stage.until(lambda run: run.plan is not None)


async def test_guards_are_looked_at_again_before_the_commit() -> None:
    stage = Stage()
    run = await planned(stage)
    stage.now += 300
    run = await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    assert run.message is not None
    assert run.message.startswith("no data to rule this out: ")
    assert stage.executor.committed == []
    assert {seen.text for seen in run.evidence} == {"not read for 5 min"}


async def test_answers_that_do_not_fit_are_told_and_change_nothing() -> None:
    stage = Stage()
    run = await stage.start()
    refused: list[tuple[Command, str]] = [
        (Answer(run.id, "decide", "z"), "z is no answer to step decide now"),
        (Answer(run.id, "scale", "s"), "step scale is not the active one"),
        (PlanUndo(run.id), "there is nothing to undo"),
        (CommitPlan(run.id, "0" * 12), "no plan waits for its key"),
    ]
    for command, message in refused:
        after = await stage.send(command)
        assert after.message == message
        assert after.steps == run.steps
    await stage.keeper.handle(Answer("unknown-run", "decide", "s"))


@pytest.mark.parametrize(
    ("command", "message"),
    [
        (StartRun(MODEL_ID, "restart-the-moon"), "there is no playbook restart-the-moon"),
        (StartRun("ads", "scale-out"), "there is no model ads"),
    ],
)
async def test_a_run_that_cannot_begin_says_why(command: StartRun, message: str) -> None:
    stage = Stage()
    await stage.snapshot(SLOW)
    run = await stage.send(command)
    assert (run.message, run.active, run.ended) == (message, None, stage.now)


async def test_a_plan_beyond_the_limits_of_its_playbook_is_shown_and_not_sent() -> None:
    playbook = scale_out()
    parameter = msgspec.structs.replace(playbook.params["replicas"], default=9)
    stage = Stage(Library((msgspec.structs.replace(playbook, params={"replicas": parameter}),)))
    run = await planned(stage)
    assert shown_plan(run).refusals == ("9 replicas are more than 2.0× the present 4 (limits.max_factor)",)
    run = await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    assert run.message is not None
    assert run.message.startswith("9 replicas are more than")
    assert stage.executor.committed == []


async def test_words_of_a_command_cannot_steer_the_terminal() -> None:
    stage = Stage()
    await stage.snapshot(SLOW)
    run = await stage.send(StartRun(MODEL_ID, "\x1b[2Jscale"))
    assert run.message is not None
    assert "\x1b" not in run.message + run.title
