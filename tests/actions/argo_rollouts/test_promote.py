from typing import Any

import pytest

from console.actions.argo_rollouts.promote import Promote
from console.actions.provider import ActionRefused
from console.domain.action import Outcome, RiskTier
from console.simulation.cluster.argo_rollouts import ROLLOUTS
from tests.actions.argo_rollouts.world import ROLLOUT, RolloutWorld


def changes_of(body: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["op"], each["path"]) for each in body if each["op"] != "test"]


async def test_a_paused_update_goes_past_its_step(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    action = rollouts.action(Promote)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.refusals == ()
    assert plan.title == "Promote fraud to v42 (revision 2), by one step"
    assert (plan.tier, plan.undo) == (RiskTier.WIDE, None)
    assert changes_of(plan.request.body) == [("remove", "/status/pauseConditions")]
    rollouts.cluster.forget_requests()
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert [request.path for request in rollouts.mutations] == [f"{ROLLOUT}/status"]
    status = rollouts.wait()
    assert (status["phase"], status["currentStepIndex"]) == ("Paused", 3)
    progress = await action.observe(plan)
    assert (progress.done, progress.text) == (True, "it went on: it is Paused (CanaryPauseStep), 3 of 4 steps done")
    with pytest.raises(ActionRefused, match="cannot be undone"):
        await action.plan_undo(plan, may_dry_run=True)


async def test_a_full_promotion_is_hard_to_undo_and_is_seen_through(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    action = rollouts.action(Promote)
    plan = await action.plan(rollouts.occasion, {"how_far": "full"}, may_dry_run=True)
    assert (plan.tier, plan.refusals, plan.undo) == (RiskTier.HARD_TO_UNDO, (), None)
    assert changes_of(plan.request.body) == [("add", "/status/promoteFull")]
    assert plan.command is not None
    assert "--full" in plan.command
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    assert not (await action.observe(plan)).done
    assert rollouts.wait()["phase"] == "Healthy"
    assert (await action.observe(plan)).text == "fully promoted: it is Healthy"
    assert rollouts.versions() == {"v42": 4}


async def test_a_pause_by_hand_ends_before_the_pause_of_the_step(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    await rollouts.as_a_colleague({"spec": {"paused": True}})
    rollouts.wait()
    plan = await rollouts.action(Promote).plan(rollouts.occasion, {}, may_dry_run=True)
    assert plan.request.path == ROLLOUT
    assert changes_of(plan.request.body) == [("replace", "/spec/paused")]
    assert "it waits at its step too: promote it once more" in plan.notes[1]


async def test_an_inconclusive_analysis_is_passed_with_its_step(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    canary = {"currentStepAnalysisRunStatus": {"name": "a", "status": "Inconclusive"}}
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["status"].update(canary=canary))
    plan = await rollouts.action(Promote).plan(rollouts.occasion, {}, may_dry_run=True)
    assert changes_of(plan.request.body) == [
        ("remove", "/status/pauseConditions"),
        ("replace", "/status/controllerPause"),
        ("replace", "/status/currentStepIndex"),
    ]


async def test_a_step_that_waits_for_pods_is_skipped(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    rollouts.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["status"].pop("pauseConditions"))
    rollouts.clock.now += 1
    rollouts.cluster.advance()
    plan = await rollouts.action(Promote).plan(rollouts.occasion, {}, may_dry_run=True)
    assert changes_of(plan.request.body) == [("replace", "/status/currentStepIndex")]


async def test_what_waits_for_nobody_is_not_promoted(rollouts: RolloutWorld) -> None:
    action = rollouts.action(Promote)
    assert (await action.plan(rollouts.occasion, {}, may_dry_run=True)).refusals == (
        "fraud is fully promoted: nothing waits",
    )
    with pytest.raises(ActionRefused, match="how_far is 'all'; expected one of step, full"):
        await action.plan(rollouts.occasion, {"how_far": "all"}, may_dry_run=True)
    rollouts.release("v42")
    await rollouts.as_a_colleague({"status": {"abort": True}}, "status")
    rollouts.wait()
    aborted = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    assert aborted.refusals == ("the update of fraud is aborted: argo_rollouts.retry tries it again",)


async def test_an_update_that_a_colleague_promoted_already_is_not_promoted_again(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    action = rollouts.action(Promote)
    plan = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    await rollouts.as_a_colleague({"status": {"pauseConditions": None}}, "status")
    rollouts.wait()
    commitment = await action.commit(plan)
    assert commitment.outcome is Outcome.NOT_APPLIED
    assert rollouts.live["status"]["currentStepIndex"] == 3


async def test_a_promotion_that_the_controller_has_done_and_forgotten_is_not_called_unsent(
    rollouts: RolloutWorld,
) -> None:
    rollouts.release("v42")
    action, sent_at = rollouts.action(Promote), rollouts.clock.now
    plan = await action.plan(rollouts.occasion, {"how_far": "full"}, may_dry_run=True)
    await action.commit(plan)
    assert rollouts.wait(120)["phase"] == "Healthy"
    settled = await action.settle(plan, sent_at)
    assert settled.outcome is Outcome.UNKNOWN
    assert settled.detail.endswith("whether it was applied and taken back since is unknown")


async def test_what_is_paused_by_hand_is_not_promoted_in_full_at_once(rollouts: RolloutWorld) -> None:
    rollouts.release("v42")
    await rollouts.as_a_colleague({"spec": {"paused": True}})
    rollouts.wait()
    action = rollouts.action(Promote)
    with pytest.raises(ActionRefused, match=r"paused fraud by hand \(spec\.paused\), and nothing is promoted before"):
        await action.plan(rollouts.occasion, {"how_far": "full"}, may_dry_run=True)
    first = await action.plan(rollouts.occasion, {}, may_dry_run=True)
    assert (await action.commit(first)).outcome is Outcome.APPLIED
    rollouts.wait()
    assert (await action.plan(rollouts.occasion, {"how_far": "full"}, may_dry_run=True)).refusals == ()
