"""Known answers of the rules of `kubectl rollout status`, and of those for a count."""

from typing import Any

import pytest

from console.actions.kubernetes.rollout import count_progress, rollout_progress
from console.sources.cluster.objects import Scalable, decode_object


def workload(wanted: int, generation: int = 2, **status: Any) -> Scalable:
    document = {
        "metadata": {"name": "fraud", "uid": "u", "generation": generation},
        "spec": {"replicas": wanted},
        "status": {"observedGeneration": 2, **status},
    }
    return decode_object(document, Scalable)


@pytest.mark.parametrize(
    ("status", "done", "text"),
    [
        ({"replicas": 6, "updatedReplicas": 6, "availableReplicas": 6}, True, "6 of 6 available"),
        ({"replicas": 6, "updatedReplicas": 6}, False, "0 of 6 available"),
        ({"replicas": 3, "updatedReplicas": 3, "availableReplicas": 3}, False, "3 of 6 pods made, 3 available"),
        ({"replicas": 8, "updatedReplicas": 6, "availableReplicas": 8}, False, "2 old pods are ending"),
        ({}, False, "0 of 6 pods made, 0 available"),
    ],
)
def test_a_deployment(status: dict[str, int], done: bool, text: str) -> None:
    progress = rollout_progress("Deployment", workload(6, **status))
    assert (progress.done, progress.failed, progress.text) == (done, None, text)


def test_a_deployment_of_nothing_is_done_at_once() -> None:
    assert rollout_progress("Deployment", workload(0)).done is True


def test_a_change_that_the_controller_has_not_seen_is_not_done() -> None:
    full = {"replicas": 6, "updatedReplicas": 6, "availableReplicas": 6, "readyReplicas": 6}
    for kind in ("Deployment", "StatefulSet"):
        assert rollout_progress(kind, workload(6, generation=3, **full)).done is False


def test_a_deadline_that_passed_is_a_failure() -> None:
    condition = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    progress = rollout_progress("Deployment", workload(6, updatedReplicas=6, conditions=[condition]))
    assert progress.failed == "the rollout exceeded its progress deadline with 0 of 6 available"


@pytest.mark.parametrize(
    ("status", "done", "text"),
    [
        ({"replicas": 6, "readyReplicas": 6, "currentRevision": "a", "updateRevision": "a"}, True, "6 of 6 available"),
        ({"replicas": 6, "readyReplicas": 4}, False, "4 of 6 ready"),
        ({"replicas": 7, "readyReplicas": 7}, False, "1 pod too many is ending"),
        (
            {"replicas": 6, "readyReplicas": 6, "updatedReplicas": 2, "currentRevision": "a", "updateRevision": "b"},
            False,
            "2 of 6 on the new revision",
        ),
    ],
)
def test_a_stateful_set(status: dict[str, Any], done: bool, text: str) -> None:
    progress = rollout_progress("StatefulSet", workload(6, **status))
    assert (progress.done, progress.failed, progress.text) == (done, None, text)


def a_stateful_set_half_way(strategy: dict[str, Any]) -> Scalable:
    """Return one whose two highest of six pods run the new revision, all of them ready."""
    document = {
        "metadata": {"name": "fraud", "uid": "u", "generation": 2},
        "spec": {"replicas": 6, "updateStrategy": strategy},
        "status": {
            "observedGeneration": 2,
            "replicas": 6,
            "readyReplicas": 6,
            "updatedReplicas": 2,
            "currentRevision": "a",
            "updateRevision": "b",
        },
    }
    return decode_object(document, Scalable)


@pytest.mark.parametrize(
    ("strategy", "done", "text"),
    [
        (
            {"type": "RollingUpdate", "rollingUpdate": {"partition": 4}},
            True,
            "2 of 6 on the new revision, which is all that its partition of 4 lets get it",
        ),
        ({"type": "RollingUpdate", "rollingUpdate": {"partition": 3}}, False, "2 of 6 on the new revision"),
        ({"type": "RollingUpdate", "rollingUpdate": None}, False, "2 of 6 on the new revision"),
        (
            {"type": "OnDelete"},
            False,
            "2 of 6 on the new revision: its strategy is OnDelete, the others get it when somebody deletes them",
        ),
    ],
)
def test_a_stateful_set_that_keeps_pods_back(strategy: dict[str, Any], done: bool, text: str) -> None:
    progress = rollout_progress("StatefulSet", a_stateful_set_half_way(strategy))
    assert (progress.done, progress.failed, progress.text) == (done, None, text)
    assert count_progress("StatefulSet", a_stateful_set_half_way(strategy)).text == "6 of 6 available"


@pytest.mark.parametrize(
    ("kind", "status", "done", "text"),
    [
        ("Deployment", {"replicas": 7, "updatedReplicas": 2, "availableReplicas": 6}, True, "6 of 6 available"),
        (
            "Deployment",
            {"replicas": 7, "updatedReplicas": 7, "availableReplicas": 7},
            False,
            "1 pod too many is ending",
        ),
        ("Deployment", {"replicas": 6, "updatedReplicas": 2, "availableReplicas": 5}, False, "5 of 6 available"),
        ("StatefulSet", {"replicas": 8, "updatedReplicas": 2, "readyReplicas": 8}, False, "2 pods too many are ending"),
        ("StatefulSet", {"replicas": 5, "readyReplicas": 5}, False, "5 of 6 available"),
    ],
)
def test_a_count_does_not_wait_for_a_rollout(kind: str, status: dict[str, int], done: bool, text: str) -> None:
    progress = count_progress(kind, workload(6, **status))
    assert (progress.done, progress.failed, progress.text) == (done, None, text)
    assert count_progress(kind, workload(6, generation=3, **status)).done is False


def test_a_count_does_not_fail_for_a_rollout_that_did() -> None:
    condition = {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}
    stuck = workload(6, replicas=7, updatedReplicas=1, availableReplicas=6, conditions=[condition])
    assert count_progress("Deployment", stuck).done is True
