"""Updates that an analysis decides, and blue-green ones: what the controller does, and what the actions say of it."""

from pathlib import Path
from typing import Any

import pytest

from console.actions.argo_rollouts.abort import Abort
from console.actions.argo_rollouts.promote import Promote
from console.actions.argo_rollouts.retry import Retry
from console.actions.argo_rollouts.undo import Undo
from console.domain.action import Outcome, Plan
from console.simulation.cluster.argo_rollouts import ANALYSIS_RUNS, ROLLOUTS
from tests.actions.argo_rollouts.world import RolloutWorld, a_rollout_world

ANALYSED: tuple[dict[str, Any], ...] = (
    {"setWeight": 25},
    {"analysis": {"templates": [{"templateName": "errors"}]}},
    {"setWeight": 50},
    {"pause": {}},
)
BAD = 'Metric "errors" assessed Failed due to failed (1) > failureLimit (0)'
BY_HAND = {"activeService": "fraud", "previewService": "fraud-next", "autoPromotionEnabled": False}


async def committed(world: RolloutWorld, kind: Any, **arguments: str) -> tuple[Any, Plan]:
    action = world.action(kind)
    plan = await action.plan(world.occasion, arguments, may_dry_run=True)
    assert plan.refusals == ()
    assert (await action.commit(plan)).outcome is Outcome.APPLIED
    return action, plan


def selectors(world: RolloutWorld) -> tuple[bool, bool]:
    """Return whether the active and the preview Service select the newest version."""
    status = world.live["status"]
    now, held = status["currentPodHash"], status["blueGreen"]
    return held["activeSelector"] == now, held["previewSelector"] == now


async def test_an_analysis_that_fails_aborts_the_update_and_a_retry_analyses_anew(tmp_path: Path) -> None:
    async with a_rollout_world(tmp_path, steps=ANALYSED) as world:
        status = world.release("v42")
        assert (status["phase"], status["currentStepIndex"]) == ("Progressing", 1)
        assert status["canary"]["currentStepAnalysisRunStatus"]["status"] == "Running"
        status = world.analysed("Failed", BAD)
        assert status["phase"] == "Degraded"
        assert status["message"].endswith(f"revision 2: Step-based analysis phase error/failed: {BAD}")
        assert (status["abort"], world.versions()) == (True, {"v41": 4})
        assert world.wait()["message"].endswith(BAD)
        aborted = await world.action(Abort).plan(world.occasion, {}, may_dry_run=True)
        assert aborted.refusals
        promoted = await world.action(Promote).plan(world.occasion, {}, may_dry_run=True)
        assert promoted.refusals == ("the update of fraud is aborted: argo_rollouts.retry tries it again",)
        action, plan = await committed(world, Retry)
        world.wait()
        progress = await action.observe(plan)
        assert (progress.done, progress.failed) == (True, None)
        assert [run["metadata"]["name"].rpartition("-")[2] for run in world.plane.list(ANALYSIS_RUNS, "ml")] == [
            "1",
            "1.1",
        ]
        assert world.analysed("Successful")["message"] == "CanaryPauseStep"
        assert world.versions() == {"v41": 2, "v42": 2}


async def test_a_promotion_that_an_analysis_ends_is_told_as_failed_with_its_words(tmp_path: Path) -> None:
    async with a_rollout_world(tmp_path, steps=({"pause": {}}, *ANALYSED)) as world:
        world.release("v42")
        action, plan = await committed(world, Promote)
        world.wait()
        world.analysed("Error", BAD)
        progress = await action.observe(plan)
        assert progress.done is False
        assert progress.failed is not None
        assert BAD in progress.failed


async def test_an_analysis_without_a_conclusion_waits_for_somebody_who_goes_past_it(tmp_path: Path) -> None:
    async with a_rollout_world(tmp_path, steps=ANALYSED) as world:
        world.release("v42")
        status = world.analysed("Inconclusive")
        assert (status["phase"], status["message"]) == ("Paused", "InconclusiveAnalysisRun")
        action, plan = await committed(world, Promote)
        status = world.wait()
        assert (status["currentStepIndex"], status["message"]) == (3, "CanaryPauseStep")
        assert (await action.observe(plan)).done


async def test_a_blue_green_update_waits_beside_the_active_version_until_it_is_promoted(tmp_path: Path) -> None:
    async with a_rollout_world(tmp_path, blue_green=BY_HAND) as world:
        assert (world.live["status"]["phase"], selectors(world)) == ("Healthy", (True, True))
        status = world.release("v42")
        assert (status["phase"], status["message"]) == ("Paused", "BlueGreenPause")
        assert (world.versions(), selectors(world)) == ({"v41": 4, "v42": 4}, (False, True))
        assert (status["availableReplicas"], status["HPAReplicas"], status["updatedReplicas"]) == (4, 4, 4)
        action, plan = await committed(world, Promote)
        assert plan.title == "Promote fraud to v42 (revision 2), which gets all of the traffic"
        assert plan.watch == ("the active Service selects v42 (revision 2)",)
        world.wait(5)
        assert (await action.observe(plan)).text == "fully promoted: it is Healthy"
        assert (world.versions(), selectors(world)) == ({"v41": 4, "v42": 4}, (True, True))
        world.wait(60)
        assert world.versions() == {"v42": 4}


async def test_a_blue_green_update_that_is_aborted_ends_with_its_pods_a_little_later(tmp_path: Path) -> None:
    async with a_rollout_world(tmp_path, blue_green=BY_HAND) as world:
        world.release("v42")
        action, plan = await committed(world, Abort)
        world.wait(5)
        assert world.live["status"]["phase"] == "Degraded"
        assert world.versions() == {"v41": 4, "v42": 4}
        assert (await action.observe(plan)).done
        world.wait(60)
        assert world.versions() == {"v41": 4}
        action, plan = await committed(world, Retry)
        status = world.wait()
        assert (status["message"], selectors(world)) == ("BlueGreenPause", (False, True))
        assert (await action.observe(plan)).done


async def test_going_back_at_once_switches_without_a_pause_for_the_pods_are_still_there(tmp_path: Path) -> None:
    async with a_rollout_world(tmp_path, blue_green=BY_HAND) as world:
        world.release("v42")
        await committed(world, Promote)
        world.wait(5)
        action, plan = await committed(world, Undo)
        status = world.wait(5)
        assert (status["phase"], selectors(world)) == ("Healthy", (True, True))
        assert (await action.observe(plan)).done
        world.wait(60)
        assert world.versions() == {"v41": 4}


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, "Healthy"),
        ({"autoPromotionEnabled": False, "autoPromotionSeconds": 30}, "Healthy"),
        ({"autoPromotionEnabled": False, "autoPromotionSeconds": 300}, "Paused"),
        ({"prePromotionAnalysis": {"templates": [{"templateName": "errors"}]}}, "Progressing"),
    ],
)
async def test_a_blue_green_update_may_be_promoted_by_itself(
    tmp_path: Path, settings: dict[str, Any], expected: str
) -> None:
    async with a_rollout_world(tmp_path, blue_green={"activeService": "fraud", **settings}) as world:
        assert world.release("v42")["phase"] == expected
        if expected == "Progressing":
            assert world.live["status"]["message"] == "active service cutover pending"
            status = world.analysed("Failed", BAD)
            assert (status["phase"], selectors(world)) == ("Degraded", (False, True))
            assert status["message"].endswith(BAD)
            assert world.plane.get(ROLLOUTS, "ml", "fraud")["status"]["abort"] is True
