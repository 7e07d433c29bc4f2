from console.actions.provider import RolloutProgress
from console.domain.action import Outcome
from console.domain.command import Answer, CommitPlan, EndRun, PlanUndo, StartRun
from console.domain.signal import State
from tests.engine.stage import FINE, MODEL_ID, SLOW, Stage, model_view
from tests.engine.walk import committed, planned, shown_plan, states


async def test_a_run_shows_the_evidence_and_suggests_with_a_reason() -> None:
    stage = Stage()
    run = await stage.start()
    assert run.active == "decide"
    assert run.by == "ann@bastion"
    assert run.incident_id == "eta@1970-01-01T00:15:00Z"
    evidence = {seen.name: seen.text for seen in run.evidence}
    assert evidence["latency"] == "2.00 s, objective 0.50 s"
    assert evidence["saturation"] == "unknown: no such series"
    assert evidence["wanted"] == "8: traffic 2.6× of normal, at most 2.0× at once"
    assert [(choice.key, choice.suggested) for choice in run.choices] == [("s", True), ("e", False)]
    assert run.active_step is not None
    assert run.active_step.note.startswith("more work than usual, or no headroom left.")
    assert run.steps[0].note.startswith("yes: traffic 260/s, normally 100/s")


async def test_normal_traffic_without_known_saturation_suggests_nothing() -> None:
    run = await Stage().start(model_view(traffic=100.0))
    assert run.steps[0].note.startswith("unknown: ")
    assert not any(choice.suggested for choice in run.choices)


async def test_a_plan_is_asked_for_with_what_the_demand_needs() -> None:
    stage = Stage()
    run = await planned(stage)
    assert stage.executor.planned == [{"replicas": 8}]
    assert run.active_step is not None
    assert run.active_step.title == "scale eta to 8 replicas"
    assert run.undo is None


async def test_the_whole_way_to_a_verified_end() -> None:
    stage = Stage()
    run = await committed(stage)
    assert [reference.step_id for _, reference in stage.executor.committed] == ["scale"]
    assert run.undo is not None
    assert run.undo.changes[0].after == "8"
    assert "wanted" not in {seen.name for seen in run.evidence}
    await stage.pass_time(20, FINE)
    run = stage.run
    assert run.active == "hold"
    assert run.commitment is not None
    assert run.commitment.outcome is Outcome.VERIFIED
    assert stage.executor.recorded == [(run.undo.hash if run.undo else "", Outcome.VERIFIED)]
    assert run.progress is not None
    assert run.progress.startswith("latency 0.20 s, wanted under 0.50 s for 20 s")
    await stage.pass_time(25, FINE)
    assert stage.run.active == "close"
    run = await stage.send(Answer(run.id, "close", "d"))
    assert run.ended == stage.now
    assert states(run) == {
        "demand": "done",
        "decide": "done",
        "scale": "done",
        "hold": "done",
        "worse": "skipped",
        "elsewhere": "skipped",
        "close": "done",
    }
    assert run.steps[2].title == "scale eta to 8 replicas"


async def test_a_commit_that_breaks_is_unknown_and_undoable() -> None:
    stage = Stage()
    run = await planned(stage)
    stage.executor.breaks = RuntimeError("connection \x1b[2J lost")
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    run = await stage.until(lambda run: run.commitment is not None)
    assert run.commitment is not None
    assert run.commitment.outcome is Outcome.UNKNOWN
    assert "\x1b" not in run.commitment.detail
    assert run.undo is not None


async def test_no_data_is_never_recovery() -> None:
    stage = Stage()
    await committed(stage)
    stale = model_view(p99=None, replicas=8)
    quiet = model_view(p99=0.2, replicas=8, p99_state=State.NOT_ENOUGH_DATA)
    await stage.pass_time(400, stale)
    await stage.pass_time(400, quiet)
    assert stage.run.active == "scale"
    await stage.pass_time(150, quiet)
    run = stage.run
    assert run.active == "elsewhere"
    assert run.commitment is not None
    assert run.commitment.outcome is Outcome.NOT_VERIFIED
    assert states(run)["scale"] == "unknown"
    assert run.undo is not None


async def test_a_value_that_is_known_in_part_verifies_and_says_so() -> None:
    stage = Stage()
    await committed(stage)
    partial = model_view(p99=0.2, replicas=8, p99_state=State.PARTIAL)
    await stage.pass_time(5, partial)
    progress = stage.run.progress
    assert progress is not None
    assert progress.startswith("latency 0.20 s (known in part only), wanted under 0.50 s")
    await stage.pass_time(15, partial)
    run = stage.run
    assert run.active == "hold"
    assert run.commitment is not None
    assert run.commitment.outcome is Outcome.VERIFIED
    assert run.steps[2].note == "verified: latency 0.20 s, objective 0.50 s (known in part only: latency)"
    latency = next(seen for seen in run.evidence if seen.name == "latency")
    assert latency.text == "0.20 s, objective 0.50 s (known in part only: 1 of its scrape targets down)"


async def test_a_pause_holds_no_snapshot_back_that_a_run_waits_for() -> None:
    stage = Stage()
    watched = {"before": stage.keeper.is_watching}
    run = await stage.start()
    watched["a person decides"] = stage.keeper.is_watching
    await committed(stage)
    watched["what the action does"] = stage.keeper.is_watching
    await stage.pass_time(20, model_view(errors=0.2, replicas=8))
    watched["a person decides again"] = stage.keeper.is_watching
    stage.executor.progress = RolloutProgress(False, None, "6 of 4 ready")
    await stage.send(PlanUndo(run.id))
    run = await stage.until(lambda run: run.plan is not None)
    await stage.send(CommitPlan(run.id, shown_plan(run).hash))
    await stage.quiet()
    watched["what the undo does"] = stage.keeper.is_watching
    stage.executor.progress = RolloutProgress(True, None, "4 of 4 ready")
    await stage.pass_time(5, SLOW)
    await stage.send(EndRun(run.id))
    watched["afterwards"] = stage.keeper.is_watching
    assert [what for what, is_watching in watched.items() if is_watching] == [
        "what the action does",
        "what the undo does",
    ]


async def test_a_rollout_is_watched_at_each_snapshot_until_it_is_done() -> None:
    stage = Stage()
    stage.executor.progress = RolloutProgress(False, None, "5 of 8 ready")
    await committed(stage)
    await stage.pass_time(30, FINE)
    run = stage.run
    assert run.progress is not None
    assert run.progress.startswith("5 of 8 ready; 14 min left")
    assert states(run)["scale"] == "active"
    stage.executor.progress = RolloutProgress(None, None, "unknown: the cluster does not answer")
    await stage.pass_time(10, FINE)
    assert stage.run.active == "scale"
    stage.executor.progress = RolloutProgress(False, "no room for 3 pods", "5 of 8 ready")
    await stage.pass_time(5, FINE)
    assert stage.run.active == "worse"
    assert stage.run.steps[2].note == "the rollout failed: no room for 3 pods"


async def test_a_model_that_vanishes_leaves_its_evidence_unknown() -> None:
    stage = Stage()
    await committed(stage)
    stage.now += 5
    await stage.snapshot()
    assert {seen.value for seen in stage.run.evidence} == {None}
    assert stage.run.active == "scale"


async def test_the_same_run_is_not_begun_twice() -> None:
    stage = Stage()
    first = await stage.start()
    again = await stage.send(StartRun(MODEL_ID, "scale-out"))
    assert again.id == first.id
    assert again.message == "this run is open already"
    await stage.send(EndRun(first.id))
    assert (await stage.send(StartRun(MODEL_ID, "scale-out"))).id == "run2"


async def test_a_run_of_the_past_is_looked_at_by_its_own_time() -> None:
    stage = Stage()
    stage.now = 90_000.0
    await stage.snapshot(SLOW, at=1000.0, live=False)
    run = await stage.send(StartRun(MODEL_ID, "scale-out"))
    assert run.started == 1000.0
    assert {seen.name: seen.value for seen in run.evidence}["latency"] == 2.0
