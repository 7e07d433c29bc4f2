"""What is told of a pod: the word of kubectl, why it does not serve, how it ended before."""

from typing import Any

import pytest

from console.domain.cluster_facts import PodFacts, Trouble, worst_first
from console.sources.cluster.objects import decode_object
from console.sources.cluster.pod_facts import pod_facts
from console.sources.cluster.pod_objects import LivingPod
from tests.sources.cluster import recorded
from tests.sources.cluster.recorded import NOW


def facts(document: dict[str, Any]) -> PodFacts:
    return pod_facts(decode_object(document, LivingPod), NOW, revision="17")


@pytest.mark.parametrize(
    ("document", "status", "trouble", "why"),
    [
        (recorded.HEALTHY, "Running", Trouble.NONE, ""),
        (recorded.OOM_BUT_BACK, "Running", Trouble.NONE, ""),
        (recorded.OOM_KILLED, "OOMKilled", Trouble.BROKEN, "OOMKilled with exit code 137"),
        (recorded.CRASH_LOOP, "CrashLoopBackOff", Trouble.BROKEN, "CrashLoopBackOff: back-off 40s restarting failed"),
        (recorded.BAD_IMAGE, "ImagePullBackOff", Trouble.BROKEN, "ImagePullBackOff: Back-off pulling image"),
        (recorded.UNSCHEDULABLE, "Pending", Trouble.BROKEN, f"no node has room: {recorded.NO_ROOM}"),
        (recorded.FETCHES_WEIGHTS, "Init:0/2", Trouble.WATCH, "PodInitializing"),
        (recorded.NO_WEIGHTS, "Init:CrashLoopBackOff", Trouble.BROKEN, "CrashLoopBackOff: back-off 10s"),
        (recorded.EVICTED, "Evicted", Trouble.WATCH, "Evicted: The node was low on resource: memory."),
        (recorded.STUCK, "Terminating", Trouble.BROKEN, "it should be gone; held back by example.com/drain"),
        (recorded.LOST, "Unknown", Trouble.BROKEN, "it should be gone; node gpu-1 does not say that it ended"),
        (recorded.ENDING, "Terminating", Trouble.WATCH, "it is asked to end"),
        (recorded.COMPLETED, "Completed", Trouble.NONE, ""),
        (recorded.UNREADY_PROBE, "Running", Trouble.WATCH, "model runs, but its readiness probe does not pass"),
        (recorded.SIDECAR, "Running", Trouble.NONE, ""),
    ],
)  # fmt: skip
def test_a_pod_in_words(document: dict[str, Any], status: str, trouble: Trouble, why: str) -> None:
    found = facts(document)
    assert (found.status, found.trouble) == (status, trouble)
    assert found.why.startswith(why) if why else found.why == ""


def test_how_a_container_ended_before_is_told_with_when() -> None:
    found = facts(recorded.OOM_BUT_BACK)
    assert found.last_end is not None
    assert (found.restarts, found.last_end.reason, found.last_end.exit_code) == (3, "OOMKilled", 137)
    assert found.last_end.at == NOW - 130
    assert found.restarted_lately(NOW)
    assert not found.restarted_lately(NOW + 3600)


def test_a_sidecar_counts_among_the_containers_that_serve() -> None:
    found = facts(recorded.SIDECAR)
    assert (found.ready, found.count, found.restarts) == (2, 2, 1)
    assert [(each.name.raw, each.is_init) for each in found.containers] == [("model", False), ("proxy", False)]


def test_the_version_is_the_tag_of_the_image_and_never_the_port_of_the_registry() -> None:
    assert facts(recorded.HEALTHY).version == "v42"
    untagged = recorded.pod()
    untagged["spec"]["containers"][0]["image"] = "registry:5000/ml/model@sha256:0123456789abcdef"
    assert facts(untagged).version == "0123456789ab"


def test_the_log_that_is_read_first_is_that_of_the_container_in_trouble() -> None:
    both = [running_and_restarted := recorded.running("model", restarts=2), recorded.running("proxy")]
    assert running_and_restarted["restartCount"] == 2
    assert facts(recorded.pod(containers=("proxy", "model"), statuses=both)).default_container == "model"
    assert facts(recorded.NO_WEIGHTS).default_container == "storage-initializer"
    marked = {"annotations": {"kubectl.kubernetes.io/default-container": "proxy"}}
    calm = recorded.pod(
        containers=("model", "proxy"), statuses=[recorded.running(), recorded.running("proxy")], metadata=marked
    )
    assert facts(calm).default_container == "proxy"


def test_the_worst_pods_come_first() -> None:
    pods = tuple(map(facts, (recorded.HEALTHY, recorded.OOM_BUT_BACK, recorded.ENDING, recorded.CRASH_LOOP)))
    assert [pod.status for pod in worst_first(pods, NOW)] == ["CrashLoopBackOff", "Terminating", "Running", "Running"]
    assert worst_first(pods, NOW)[2].restarts == 3


def test_nothing_that_the_cluster_says_steers_a_terminal() -> None:
    hostile = "\x1b]0;owned\x07[bold]\u202eevil"
    found = facts(
        recorded.pod(node=hostile, statuses=[recorded.waiting(hostile, hostile)], reason=hostile, message=hostile)
    )
    texts = (found.status, found.why, found.node, found.containers[0].why)
    assert all("\x1b" not in text and "\u202e" not in text for text in texts)


def test_the_end_of_a_log_in_a_termination_message_tells_no_secret_either() -> None:
    log = "connecting to postgresql://svc:hunter2hunter2@db/x\nDB_PASSWORD=hunter2hunter2 refused"
    ended = {"reason": "Error", "exitCode": 1, "finishedAt": "2026-11-22T03:18:04Z", "message": log}
    crashed = recorded.container("model", {"terminated": ended}, lastState={"terminated": ended}, restartCount=2)
    found = facts(recorded.pod(statuses=[crashed], message=log))
    assert "postgresql://***@db/x" in found.containers[0].why
    assert "hunter2" not in repr(found)
