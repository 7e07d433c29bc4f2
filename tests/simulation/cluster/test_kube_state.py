"""The simulated cluster tells its state as kube-state-metrics does."""

import subprocess

from console.simulation.cluster import SimulatedCluster
from console.simulation.exposition import state_text
from tests.services.programs import program

STARTED = 1_790_000_000.0


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = STARTED

    def __call__(self) -> float:
        return self.now


def cluster_of(clock: Clock) -> SimulatedCluster:
    cluster = SimulatedCluster(clock, seed=1)
    cluster.add_deployment(
        namespace="ml",
        name="fraud",
        replicas=2,
        image="registry/fraud:v1",
        labels={"app": "fraud", "version": "v1"},
        created=STARTED - 3600.0,
    )
    cluster.add_autoscaler(namespace="ml", deployment="fraud", minimum=1, maximum=4)
    return cluster


def values(cluster: SimulatedCluster, name: str) -> list[float]:
    return [sample.value for sample in cluster.kube_state() if sample.name == name]


def without_node(cluster: SimulatedCluster) -> set[str]:
    samples = [sample for sample in cluster.kube_state() if sample.name == "kube_pod_status_scheduled"]
    told = {(dict(sample.labels)["pod"], dict(sample.labels)["condition"]): sample.value for sample in samples}
    waiting = {pod for (pod, answer), value in told.items() if answer == "false" and value}
    assert waiting == {pod for (pod, answer), value in told.items() if answer == "true" and not value}
    return waiting


def test_promtool_takes_it() -> None:
    text = state_text(cluster_of(Clock()).kube_state())
    command = (program("promtool"), "check", "metrics")
    checked = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    problems = [line for line in checked.stderr.splitlines() if "no help text" not in line]
    assert (checked.returncode in (0, 3), problems) == (True, [])


def test_pods_are_owned_by_replica_sets_and_these_by_deployments() -> None:
    samples = cluster_of(Clock()).kube_state()
    owners = {dict(sample.labels)["owner_name"] for sample in samples if sample.name == "kube_pod_owner"}
    (above,) = [dict(sample.labels) for sample in samples if sample.name == "kube_replicaset_owner"]
    assert owners == {above["replicaset"]}
    assert (above["owner_kind"], above["owner_name"]) == ("Deployment", "fraud")


def test_a_pod_that_crashes_is_not_ready() -> None:
    clock = Clock()
    cluster = cluster_of(clock)
    cluster.break_pod("ml", cluster.pods("ml", "fraud")[0].name)
    clock.now += 30.0
    assert values(cluster, "kube_deployment_status_replicas_ready") == [1]
    assert values(cluster, "kube_deployment_spec_replicas") == [2]
    assert max(values(cluster, "kube_pod_container_status_restarts_total")) >= 1


def test_a_rollout_moves_replicas_to_another_set() -> None:
    clock = Clock()
    cluster = cluster_of(clock)
    cluster.roll_out(namespace="ml", name="fraud", image="registry/fraud:v2", labels={"version": "v2"})
    clock.now += 120.0
    assert sorted(values(cluster, "kube_replicaset_spec_replicas")) == [0, 2]


def test_a_pod_that_waits_for_its_image_is_pending_and_has_room() -> None:
    clock = Clock()
    cluster = cluster_of(clock)
    cluster.refuse_image("registry/fraud:v2", "no such tag")
    cluster.roll_out(namespace="ml", name="fraud", image="registry/fraud:v2", labels={"version": "v2"})
    clock.now += 60.0
    pending = [
        sample.value
        for sample in cluster.kube_state()
        if sample.name == "kube_pod_status_phase" and ("phase", "Pending") in sample.labels
    ]
    assert sorted(pending) == [0, 0, 1]
    assert without_node(cluster) == set()
    cluster.add_deployment(namespace="ml", name="big", replicas=80, image="big:1", labels={}, created=clock.now)
    waiting = {pod.name for pod in cluster.pods("ml", "big") if not pod.node}
    assert waiting
    assert without_node(cluster) == waiting
