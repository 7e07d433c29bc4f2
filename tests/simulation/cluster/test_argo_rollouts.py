"""The simulated controller of Argo Rollouts writes what the real one writes: phases, hashes, steps, conditions."""

from typing import Any

import pytest

from console.domain.moments import rfc3339
from console.simulation.cluster import SimulatedCluster
from console.simulation.cluster.argo_rollouts import ROLLOUTS, RolloutController, rollout_object
from console.simulation.cluster.resources import PODS, REPLICA_SETS
from tests.simulation.cluster.planes import Plane
from tests.simulation.cluster.support import NOON, FakeClock

STEPS: list[dict[str, Any]] = [{"setWeight": 25}, {"pause": {}}, {"setWeight": 50}, {"pause": {"duration": 60}}]


class Canary:
    """Rollout `ml/fraud` of four pods, and what moves it."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.cluster = SimulatedCluster(clock=self.clock, pod_start_seconds=8.0)
        self.cluster.add_resource(ROLLOUTS)
        self.plane = Plane(self.cluster, RolloutController)
        made = rollout_object("ml", "fraud", replicas=4, image="r/fraud:v41", labels={"version": "v41"}, steps=STEPS)
        self.cluster.add_object(ROLLOUTS, made, created=NOON - 3600)
        self.wait(30)

    def wait(self, seconds: float) -> dict[str, Any]:
        self.clock.now += seconds
        self.cluster.advance()
        return self.status

    @property
    def live(self) -> dict[str, Any]:
        return self.plane.get(ROLLOUTS, "ml", "fraud")

    @property
    def status(self) -> dict[str, Any]:
        return dict(self.live["status"])

    def release(self, version: str) -> dict[str, Any]:
        def newer(rollout: dict[str, Any]) -> None:
            template = rollout["spec"]["template"]
            template["spec"]["containers"][0]["image"] = f"r/fraud:{version}"
            template["metadata"]["labels"]["version"] = version

        self.plane.change(ROLLOUTS, "ml", "fraud", newer)
        return self.wait(30)

    def set_status(self, **fields: Any) -> dict[str, Any]:
        def changed(rollout: dict[str, Any]) -> None:
            for name, value in fields.items():
                if value is None:
                    rollout["status"].pop(name, None)
                else:
                    rollout["status"][name] = value

        self.plane.change(ROLLOUTS, "ml", "fraud", changed)
        return self.wait(60)

    def versions(self) -> dict[str, int]:
        return {
            replica_set["spec"]["template"]["metadata"]["labels"]["version"]: replica_set["spec"]["replicas"]
            for replica_set in self.plane.list(REPLICA_SETS, "ml")
        }

    def pods(self) -> set[str]:
        return {pod["metadata"]["name"] for pod in self.plane.list(PODS, "ml")}


@pytest.fixture
def canary() -> Canary:
    return Canary()


def condition(status: dict[str, Any], kind: str) -> tuple[str, str]:
    (found,) = (held for held in status["conditions"] if held["type"] == kind)
    return found["status"], found["reason"]


def test_the_first_version_is_promoted_without_steps(canary: Canary) -> None:
    status = canary.status
    assert status["phase"] == "Healthy"
    assert status["stableRS"] == status["currentPodHash"]
    assert status["currentStepIndex"] == len(STEPS)
    assert status["observedGeneration"] == "1"
    assert (status["replicas"], status["updatedReplicas"], status["availableReplicas"]) == (4, 4, 4)
    assert condition(status, "Completed")[0] == "True"


def test_a_release_waits_at_its_pause_with_a_quarter_of_the_pods(canary: Canary) -> None:
    status = canary.release("v42")
    assert (status["phase"], status["message"]) == ("Paused", "CanaryPauseStep")
    assert status["currentStepIndex"] == 1
    assert status["controllerPause"] is True
    assert [held["reason"] for held in status["pauseConditions"]] == ["CanaryPauseStep"]
    assert status["stableRS"] != status["currentPodHash"]
    assert canary.versions() == {"v41": 3, "v42": 1}
    assert canary.wait(3600)["currentStepIndex"] == 1


def test_a_cleared_pause_goes_on_and_a_timed_one_ends_by_itself(canary: Canary) -> None:
    canary.release("v42")
    status = canary.set_status(pauseConditions=None)
    assert status["currentStepIndex"] == 3
    assert canary.versions() == {"v41": 2, "v42": 2}
    status = canary.wait(120)
    assert status["phase"] == "Healthy"
    assert status["stableRS"] == status["currentPodHash"]
    assert canary.versions() == {"v41": 0, "v42": 4}


def test_an_abort_gives_everything_back_to_the_stable_version_and_a_retry_begins_again(canary: Canary) -> None:
    canary.release("v42")
    status = canary.set_status(abort=True)
    assert status["phase"] == "Degraded"
    assert status["message"].startswith("RolloutAborted: ")
    assert condition(status, "Progressing") == ("False", "RolloutAborted")
    assert status["abort"] is True
    assert status["abortedAt"]
    assert status["currentStepIndex"] == 0
    assert "pauseConditions" not in status
    assert status["stableRS"] != status["currentPodHash"]
    assert canary.versions() == {"v41": 4, "v42": 0}
    status = canary.set_status(abort=False)
    assert (status["phase"], status["currentStepIndex"]) == ("Paused", 1)
    assert canary.versions() == {"v41": 3, "v42": 1}


def test_an_abort_of_what_is_fully_promoted_is_taken_back_by_the_controller(canary: Canary) -> None:
    status = canary.set_status(abort=True)
    assert "abort" not in status
    assert status["phase"] == "Healthy"


def test_a_full_promotion_skips_the_steps_that_are_left(canary: Canary) -> None:
    canary.release("v42")
    status = canary.set_status(promoteFull=True)
    assert status["phase"] == "Healthy"
    assert "promoteFull" not in status
    assert canary.versions() == {"v41": 0, "v42": 4}


def test_the_way_back_to_the_stable_version_runs_no_steps(canary: Canary) -> None:
    canary.release("v42")
    status = canary.release("v41")
    assert status["phase"] == "Healthy"
    assert status["currentStepIndex"] == len(STEPS)
    assert canary.live["metadata"]["annotations"]["rollout.argoproj.io/revision"] == "3"
    assert canary.versions() == {"v41": 4, "v42": 0}


def test_another_release_ends_an_abort(canary: Canary) -> None:
    canary.release("v42")
    canary.set_status(abort=True)
    status = canary.release("v43")
    assert "abort" not in status
    assert canary.versions() == {"v41": 3, "v42": 0, "v43": 1}


def test_a_restart_replaces_every_pod_a_few_at_a_time(canary: Canary) -> None:
    before = canary.pods()
    at = rfc3339(canary.clock.now)
    canary.plane.change(ROLLOUTS, "ml", "fraud", lambda rollout: rollout["spec"].update(restartAt=at))
    assert canary.wait(5)["availableReplicas"] == 3
    status = canary.wait(120)
    assert status["restartedAt"] == at
    assert status["phase"] == "Healthy"
    assert not before & canary.pods()
    assert canary.versions() == {"v41": 4}
