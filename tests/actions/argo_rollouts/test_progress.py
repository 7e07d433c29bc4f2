"""How far an abort, a retry and a promotion are, told from what controllers of all kinds and ages write."""

from typing import Any

import pytest

from console.actions.argo_rollouts.aborting import abort_progress, retry_progress, why_no_abort
from console.actions.argo_rollouts.promote import step_progress, why_no_promotion
from console.actions.argo_rollouts.rollout import Rollout, template_place
from console.actions.provider import ActionRefused
from console.domain.model import Target
from console.sources.cluster.objects import MalformedAnswer
from console.sources.cluster.writers import LiveObject

TARGET = Target("prod", "ml", "Rollout", "fraud", "u-1")
UPDATE = {"observedGeneration": "2", "currentPodHash": "new", "stableRS": "old"}
BLUE_GREEN: dict[str, Any] = {"blueGreen": {"activeService": "fraud"}}
ROUTED: dict[str, Any] = {"canary": {"trafficRouting": {"istio": {}}}}


def rollout(status: dict[str, Any], strategy: dict[str, Any] | None = None, **spec: Any) -> Rollout:
    document = {
        "metadata": {"name": "fraud", "namespace": "ml", "uid": "u-1", "generation": 2},
        "spec": {"replicas": 4, "strategy": strategy or {"canary": {"steps": [{"pause": {}}]}}, **spec},
        "status": status,
    }
    return Rollout.of(LiveObject.of(document))


ABORTED = {**UPDATE, "abort": True, "phase": "Degraded", "availableReplicas": 4}


@pytest.mark.parametrize(
    ("status", "strategy", "done", "text"),
    [
        ({**ABORTED, "abort": False}, None, None, "it is not aborted any more"),
        ({**ABORTED, "phase": "Paused"}, None, False, "the controller has not aborted it yet: it is Paused"),
        ({**ABORTED, "updatedReplicas": 1}, None, False, "1 pod of the new version is left"),
        ({**ABORTED, "updatedReplicas": 2}, None, False, "2 pods of the new version are left"),
        ({**ABORTED, "availableReplicas": 3}, None, False, "3 of 4 stable pods available"),
        (ABORTED, None, True, "aborted: the stable version serves alone"),
        ({**ABORTED, "updatedReplicas": 2}, ROUTED, True, "aborted"),
        (
            {**ABORTED, "canary": {"weights": {"canary": {"weight": 20}}}},
            ROUTED,
            False,
            "the new version still gets 20 %",
        ),
        ({**ABORTED, "blueGreen": {"activeSelector": "new"}}, BLUE_GREEN, False, "the active Service still selects"),
        ({**ABORTED, "blueGreen": {"activeSelector": "old"}}, BLUE_GREEN, True, "aborted"),
        (ABORTED, BLUE_GREEN, False, "the active Service still selects"),
    ],
)
def test_an_abort_is_done_when_the_new_version_serves_nothing(
    status: dict[str, Any], strategy: dict[str, Any] | None, done: bool | None, text: str
) -> None:
    progress = abort_progress(rollout(status, strategy))
    assert (progress.done, progress.failed) == (done, None)
    assert progress.text.startswith(text)


def test_a_retry_is_done_when_the_update_is_under_way() -> None:
    assert retry_progress(rollout(ABORTED)).done is None
    assert retry_progress(rollout({**UPDATE, "phase": "Degraded"})).done is False
    assert retry_progress(rollout({**UPDATE, "phase": "Progressing"})).done is True


@pytest.mark.parametrize(
    ("status", "strategy", "done"),
    [
        (UPDATE, None, True),
        (UPDATE, BLUE_GREEN, False),
        ({**UPDATE, "blueGreen": {"activeSelector": "old"}}, BLUE_GREEN, False),
        ({**UPDATE, "blueGreen": {"activeSelector": "new"}}, BLUE_GREEN, True),
    ],
)
def test_a_promotion_of_a_blue_green_rollout_is_done_when_the_active_service_selects_the_new_version(
    status: dict[str, Any], strategy: dict[str, Any] | None, done: bool
) -> None:
    progress = step_progress(rollout({**status, "phase": "Progressing"}, strategy))
    assert (progress.done, progress.failed) == (done, None)
    assert progress.text.startswith("it went on" if done else "the active Service still selects the version before")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({}, "its controller has not looked at the newest spec yet"),
        ({**UPDATE, "observedGeneration": "1"}, "its controller has not looked at the newest spec yet"),
        ({**UPDATE, "stableRS": ""}, "fraud has no stable version yet: an abort would leave nothing to serve"),
        ({**UPDATE, "stableRS": "new"}, "fraud is fully promoted"),
    ],
)
def test_what_cannot_be_aborted_says_why(status: dict[str, Any], reason: str) -> None:
    (told,) = why_no_abort(TARGET, rollout(status))
    assert told.startswith(reason)


def test_the_hash_that_an_old_controller_writes_for_a_generation_is_taken_for_seen() -> None:
    assert why_no_abort(TARGET, rollout({**UPDATE, "observedGeneration": "7c9fb6d4b5x"})) == ()
    assert why_no_abort(TARGET, rollout({**UPDATE, "observedGeneration": 2})) == ()


def test_what_nobody_knows_yet_is_no_reason_to_stumble() -> None:
    unknown = {**UPDATE, "phase": "Paused", "pauseConditions": [{"reason": "X", "new": 1}], "canary": {}, "alien": []}
    assert why_no_promotion(TARGET, rollout(unknown, alien={"a": 1})) == ()
    assert rollout(unknown).state == "Paused"
    assert rollout({}).state == "no phase yet"


def test_a_blue_green_rollout_that_waits_for_nobody_is_not_promoted() -> None:
    (told,) = why_no_promotion(TARGET, rollout({**UPDATE, "phase": "Progressing"}, BLUE_GREEN))
    assert told == "fraud waits for nobody: it is Progressing"
    waiting = {**UPDATE, "phase": "Paused", "pauseConditions": [{"reason": "BlueGreenPause"}]}
    assert why_no_promotion(TARGET, rollout(waiting, BLUE_GREEN)) == ()


@pytest.mark.parametrize(
    ("reference", "path", "pointer"),
    [
        (None, "/apis/argoproj.io/v1alpha1/namespaces/ml/rollouts/fraud", "/spec/template"),
        (("apps/v1", "Deployment"), "/apis/apps/v1/namespaces/ml/deployments/m", "/spec/template"),
        (("apps/v1", "ReplicaSet"), "/apis/apps/v1/namespaces/ml/replicasets/m", "/spec/template"),
        (("v1", "PodTemplate"), "/api/v1/namespaces/ml/podtemplates/m", "/template"),
    ],
)
def test_the_template_is_where_the_rollout_says(reference: tuple[str, str] | None, path: str, pointer: str) -> None:
    written = {}
    if reference is not None:
        written["workloadRef"] = {"apiVersion": reference[0], "kind": reference[1], "name": "m"}
    place, found = template_place(TARGET, rollout(UPDATE, **written))
    assert (place.path, found) == (path, pointer)


def test_a_reference_to_what_is_no_object_is_refused() -> None:
    lie = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "../secrets/x"}
    with pytest.raises(ActionRefused, match="which is no name of an object"):
        template_place(TARGET, rollout(UPDATE, workloadRef=lie))


def test_a_reference_to_an_unknown_kind_is_refused() -> None:
    odd = {"apiVersion": "x/v1", "kind": "Thing", "name": "m"}
    with pytest.raises(ActionRefused, match=r"its template is that of a Thing \(x/v1\)"):
        template_place(TARGET, rollout(UPDATE, workloadRef=odd))


def test_what_is_no_rollout_is_told() -> None:
    with pytest.raises(MalformedAnswer):
        rollout({"abort": "yes"})
