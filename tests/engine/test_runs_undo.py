import asyncio

from console.actions.provider import RolloutProgress
from console.domain.action import Outcome, Plan
from console.domain.command import CommitPlan, EndRun, PlanUndo
from console.domain.run import Run
from console.playbooks.library import Library, shipped_directory
from console.playbooks.load import load_text
from tests.engine.stage import FINE, SLOW, Stage, model_view
from tests.engine.walk import committed, planned, shown_plan, states


def scaling_twice() -> Library:
    """Return scale-out with a second action in the place of its step `hold`."""
    text = (shipped_directory() / "scale-out.yaml").read_text(encoding="utf-8")
    begin, end = text.index("  - id: scale"), text.index("  - id: hold")
    first = text[begin:end]
    second = first.replace("id: scale", "id: hold").replace("on_verified: hold", "on_verified: close")
    loaded = load_text(text[:end] + second + text[text.index("  - id: worse") :], "twice.yaml")
    assert loaded.playbook is not None, loaded.problems
    return Library((loaded.playbook,))


async def undo_in_hand(stage: Stage) -> Run:
    await stage.send(PlanUndo(stage.run.id))
    return await stage.until(lambda run: run.plan is not None and run.plan.undoes is not None)


async def undone(stage: Stage, outcome: Outcome) -> Run:
    """Scale, then send the undo, which comes to an outcome; its rollout is still to be seen."""
    await committed(stage)
    stage.executor.outcome = outcome
    stage.executor.progress = RolloutProgress(False, None, "5 of 4 ready")
    run = await undo_in_hand(stage)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.quiet()
    return stage.run


async def test_worse_offers_the_undo_which_is_planned_shown_and_sent() -> None:
    stage = Stage()
    await committed(stage)
    await stage.pass_time(20, model_view(errors=0.2, replicas=8))
    run = stage.run
    assert run.active == "worse"
    assert states(run)["scale"] == "failed"
    assert run.undo is not None
    applied = run.undo
    await stage.send(PlanUndo(run.id))
    run = await stage.until(lambda run: run.plan is not None)
    assert shown_plan(run).undoes == applied.hash
    assert run.undo is None
    stage.executor.progress = RolloutProgress(True, None, "4 of 4 ready")
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    run = await stage.until(lambda run: "taken back" in run.steps[2].note)
    assert run.undo is None
    assert [plan.changes[0].after for plan, _ in stage.executor.committed] == ["8", "4"]
    run = await stage.send(PlanUndo(run.id))
    assert run.message == "there is nothing to undo"


async def test_an_undo_of_which_nobody_knows_whether_it_arrived_can_be_asked_for_again() -> None:
    stage = Stage()
    await undone(stage, Outcome.UNKNOWN)
    stage.executor.progress = RolloutProgress(False, "replicas are 8 now, not 4", "replicas are 8 now, not 4")
    await stage.pass_time(5, SLOW)
    run = stage.run
    assert run.undo is not None
    stage.executor.outcome = Outcome.APPLIED
    stage.executor.progress = RolloutProgress(True, None, "4 of 4 ready")
    run = await undo_in_hand(stage)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.quiet()
    run = stage.run
    assert run.undo is None
    assert run.steps[2].note.endswith("taken back")


async def test_an_undo_of_unknown_outcome_is_done_when_the_cluster_is_seen_to_be_back() -> None:
    stage = Stage()
    await undone(stage, Outcome.UNKNOWN)
    await stage.pass_time(30, FINE)
    assert stage.run.active == "scale", "what is seen while an undo is on its way verifies nothing"
    stage.executor.progress = RolloutProgress(True, None, "4 of 4 ready")
    await stage.pass_time(5, FINE)
    run = stage.run
    assert run.active == "worse"
    assert run.undo is None
    assert states(run)["scale"] == "failed"
    assert run.steps[2].note == "taken back before it was verified; taken back"


async def test_the_watch_of_an_undo_ends_in_time() -> None:
    for outcome, told in [
        (Outcome.APPLIED, "taken back, its rollout was not seen to end in time"),
        (Outcome.UNKNOWN, "unknown whether it was taken back"),
    ]:
        stage = Stage()
        run = await undone(stage, outcome)
        assert run.progress == "undo: 5 of 4 ready; 15 min left"
        await stage.pass_time(16 * 60, SLOW)
        run = stage.run
        assert told in run.steps[2].note
        assert not stage.keeper.is_watching
        assert (run.undo is not None) is (outcome is Outcome.UNKNOWN)


async def test_nothing_else_is_sent_while_an_undo_is_on_its_way() -> None:
    stage = Stage(scaling_twice())
    await committed(stage)
    stage.executor.replicas = 8
    await stage.pass_time(20, model_view(p99=0.2, replicas=8))
    second = shown_plan(stage.run)
    may_plan, plan_undo = asyncio.Event(), stage.executor.plan_undo

    async def slow(plan: Plan, intent_id: str | None = None) -> Plan:
        await may_plan.wait()
        return await plan_undo(plan, intent_id)

    stage.executor.plan_undo = slow  # type: ignore[method-assign]  # the same executor, slower from now on
    await stage.send(PlanUndo(stage.run.id))
    run = await stage.send(CommitPlan(stage.run.id, second.hash))
    assert run.message == "the undo is under way"
    may_plan.set()
    await stage.quiet()
    assert len(stage.executor.committed) == 1
    assert shown_plan(stage.run).undoes == stage.executor.committed[0][0].hash


async def test_actions_are_taken_back_one_after_the_other_the_newest_first() -> None:
    stage = Stage(scaling_twice())
    run = await committed(stage)
    stage.executor.replicas = 8
    await stage.pass_time(20, model_view(p99=0.2, replicas=8))
    await stage.send(CommitPlan(run.id, shown_plan(stage.run).hash))
    await stage.quiet()
    for intent_id in ("i2", "i1"):
        run = await undo_in_hand(stage)
        assert stage.executor.undone[-1] == intent_id
        await stage.send(CommitPlan(run.id, shown_plan(run).hash))
        await stage.quiet()
    run = stage.run
    assert run.undo is None
    notes = {step.id: step.note for step in run.steps}
    assert notes["scale"].endswith("; taken back")
    assert notes["hold"].endswith("; taken back")


async def test_verifications_name_the_commit_that_they_are_about() -> None:
    stage = Stage()
    await committed(stage)
    await stage.pass_time(20, FINE)
    assert stage.executor.recorded_intents == ["i1"]


async def test_leaving_a_run_drops_an_undo_that_was_not_sent() -> None:
    stage = Stage()
    await committed(stage)
    await undo_in_hand(stage)
    run = await stage.send(EndRun(stage.run.id))
    assert run.plan is None
    assert not stage.keeper.is_watching
    run = await planned(stage)
    assert run.id == "run2"
