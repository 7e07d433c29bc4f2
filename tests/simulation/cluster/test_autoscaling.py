"""Autoscalers: the answers that the documentation of Kubernetes gives, then the controller on its clock."""

from typing import Any

import httpx
import pytest

from console.simulation.cluster import SimulatedCluster
from console.simulation.cluster.autoscaling.behavior import Change, Past, behavior_of, decide, remember
from console.simulation.cluster.autoscaling.proposals import MetricMissing, PodUsage, proposal
from tests.simulation.cluster.support import NOON, FakeClock

AUTOSCALER = "/apis/autoscaling/v2/namespaces/ml/horizontalpodautoscalers/scorer"
WIDE = (1, 1000)


def pod(name: str, *, ready: bool = True, cpu: str = "1") -> dict[str, Any]:
    container = {"name": "server", "resources": {"requests": {"cpu": cpu}} if cpu else {}}
    condition = {"type": "Ready", "status": "True" if ready else "False"}
    return {
        "metadata": {"name": name, "namespace": "ml"},
        "spec": {"containers": [container]},
        "status": {"phase": "Running", "conditions": [condition]},
    }


def using(values: dict[str, float], name: str = "cpu") -> PodUsage:
    return lambda _, pod: {name: values[pod]} if pod in values else None


def cpu_metric(**target: Any) -> dict[str, Any]:
    kind = "Utilization" if "averageUtilization" in target else "AverageValue"
    return {"type": "Resource", "resource": {"name": "cpu", "target": {"type": kind, **target}}}


@pytest.mark.parametrize(
    ("each", "target", "current", "expected"),
    [
        (0.2, {"averageValue": "100m"}, 3, 6),  # twice the target: twice the replicas
        (0.05, {"averageValue": "100m"}, 4, 2),  # half of it: half of them
        (0.109, {"averageValue": "100m"}, 4, 4),  # within a tenth: nothing
        (0.112, {"averageValue": "100m"}, 4, 5),
        (3.05, {"averageUtilization": 50}, 1, 7),  # the walkthrough: 305 % of 50 %
        (0.6, {"averageUtilization": 50}, 3, 4),  # 3.6, rounded up
    ],
)
def test_the_algorithm_gives_the_documented_answers(
    each: float, target: dict[str, Any], current: int, expected: int
) -> None:
    pods = [pod(f"p{number}") for number in range(current)]
    usage = using({found["metadata"]["name"]: each for found in pods})
    assert proposal(cpu_metric(**target), current, pods, usage).replicas == expected


def test_pods_that_start_are_idle_on_the_way_up_and_unmeasured_ones_busy_on_the_way_down() -> None:
    up = [pod("a"), pod("b"), pod("c", ready=False)]
    both_busy = using({"a": 1.0, "b": 1.0, "c": 1.0})
    assert proposal(cpu_metric(averageUtilization=50), 3, up, both_busy).replicas == 4  # ceil(67/50 x 3): c is idle
    down = [pod("a"), pod("b"), pod("c")]
    idle = using({"a": 0.1, "b": 0.1})
    assert proposal(cpu_metric(averageUtilization=50), 3, down, idle).replicas == 3  # c may be busy: 40 % of 3
    assert proposal(cpu_metric(averageUtilization=80), 3, down, idle).replicas == 2


def test_what_is_missing_is_told_in_the_words_of_the_controller() -> None:
    metric = cpu_metric(averageUtilization=50)
    cases: list[tuple[dict[str, Any], PodUsage | None, str]] = [
        (pod("a"), None, "requested resource (get pods.metrics.k8s.io)"),
        (pod("a"), using({}), "no metrics returned from resource metrics API"),
        (pod("a", cpu=""), using({"a": 0.5}), "missing request for cpu in container server of Pod a"),
        (pod("a", ready=False), using({"a": 0.5}), "pods might be unready"),
    ]
    for found, usage, expected in cases:
        with pytest.raises(MetricMissing) as failure:
            proposal(metric, 1, [found], usage)
        assert expected in str(failure.value)
        assert failure.value.reason == "FailedGetResourceMetric"


def test_a_metric_of_pods_is_an_average_of_each() -> None:
    metric = {
        "type": "Pods",
        "pods": {"metric": {"name": "requests_per_second"}, "target": {"type": "AverageValue", "averageValue": "50"}},
    }
    asked = proposal(metric, 2, [pod("a"), pod("b")], using({"a": 90.0, "b": 110.0}, "requests_per_second"))
    assert (asked.replicas, asked.name) == (4, "pods metric requests_per_second")
    assert asked.status["pods"]["current"] == {"averageValue": "100"}


def course(behavior: dict[str, Any], current: int, proposed: int, seconds: float, steps: int) -> list[int]:
    """Return the replicas after each look of an autoscaler whose metrics propose the same all the time."""
    rules, past, found = behavior_of({"behavior": behavior}), Past([Change(NOON - 3600, current)]), []
    for step in range(steps):
        now = NOON + step * seconds
        wanted = decide(rules, past, current, proposed, WIDE, now).replicas
        if wanted != current:
            remember(rules, past, wanted - current, now)
        current = wanted
        found.append(current)
    return found


def test_the_documented_policies_give_the_documented_courses() -> None:
    at_once = {"stabilizationWindowSeconds": 0}
    slow = [
        {"type": "Pods", "value": 4, "periodSeconds": 60},
        {"type": "Percent", "value": 10, "periodSeconds": 60},
    ]
    down = course({"scaleDown": {**at_once, "policies": slow}}, 80, 10, 60, 14)
    # a tenth, rounded up; below 40 that is less than 4 pods
    assert down == [72, 64, 57, 51, 45, 40, 36, 32, 28, 24, 20, 16, 12, 10]
    fast = [{"type": "Percent", "value": 900, "periodSeconds": 60}]
    assert course({"scaleUp": {"policies": fast}}, 1, 1000, 60, 3) == [10, 100, 1000]
    one = [{"type": "Pods", "value": 1, "periodSeconds": 60}]
    assert course({"scaleUp": {"policies": one}}, 1, 9, 60, 3) == [2, 3, 4]
    assert course({"scaleUp": {"policies": one}}, 1, 9, 15, 5) == [2, 2, 2, 2, 3]
    assert course({"scaleUp": {"selectPolicy": "Disabled"}}, 3, 9, 60, 2) == [3, 3]
    assert course({}, 3, 40, 15, 4) == [7, 14, 28, 40]  # four more, then at most twice as many each 15 s
    assert course({}, 40, 1, 15, 2) == [1, 1]


def test_it_goes_down_only_when_nothing_higher_was_recommended_for_five_minutes() -> None:
    rules, past = behavior_of({}), Past([Change(NOON, 4)])
    verdict = decide(rules, past, 4, 2, (1, 10), NOON + 15)
    assert (verdict.replicas, verdict.held and verdict.held[0]) == (4, "ScaleDownStabilized")
    assert decide(rules, past, 4, 2, (1, 10), NOON + 299).replicas == 4
    assert decide(rules, past, 4, 2, (1, 10), NOON + 300).replicas == 2


@pytest.mark.parametrize(
    ("current", "proposed", "bounds", "expected"),
    [
        (5, 9, (1, 6), (6, "TooManyReplicas")),
        (6, 9, (1, 6), (6, "TooManyReplicas")),
        (5, 40, (1, 60), (10, "ScaleUpLimit")),
        (5, 1, (2, 9), (2, "TooFewReplicas")),
        (5, 4, (2, 9), (4, None)),
    ],
)
def test_what_limits_it_is_named(
    current: int, proposed: int, bounds: tuple[int, int], expected: tuple[int, str | None]
) -> None:
    verdict = decide(behavior_of({}), Past([]), current, proposed, bounds, NOON)
    assert (verdict.replicas, verdict.limited and verdict.limited[0]) == expected


class Load:
    """So many cores of work, shared by the ready pods of `scorer`, each of which asks for one core."""

    def __init__(self, cores: float) -> None:
        self.cores = cores
        self.serving = 0

    def __call__(self, _namespace: str, pod: str) -> dict[str, float] | None:
        return {"cpu": min(1.0, self.cores / self.serving)} if self.serving else None


@pytest.fixture
def load(clock: FakeClock, cluster: SimulatedCluster) -> Load:
    cluster.add_deployment(
        namespace="ml", name="scorer", replicas=2, image="s:1", labels={}, created=NOON - 3600, cpu="1"
    )
    cluster.add_autoscaler(namespace="ml", deployment="scorer", minimum=2, maximum=6)
    return Load(1.2)


def run(cluster: SimulatedCluster, clock: FakeClock, load: Load, seconds: float) -> int:
    """Let time pass in steps in which load is shared anew, and return how many pods are ready."""
    for _ in range(int(seconds / 5)):
        load.serving = sum(found.ready for found in cluster.pods("ml", "scorer"))
        clock.now += 5
    return sum(found.ready for found in cluster.pods("ml", "scorer"))


async def read(client: httpx.AsyncClient) -> tuple[dict[str, Any], dict[str, str]]:
    status = (await client.get(AUTOSCALER)).json()["status"]
    return status, {held["type"]: f"{held['status']} {held['reason']}" for held in status["conditions"]}


async def test_it_follows_the_load_and_takes_back_what_others_set(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock, load: Load
) -> None:
    cluster.measure(load)
    assert run(cluster, clock, load, 60) == 2
    load.cores = 3.4
    assert run(cluster, clock, load, 120) == 5  # 3.4 / 0.7 is 4.9
    status, conditions = await read(client)
    assert (status["currentReplicas"], status["desiredReplicas"]) == (5, 5)
    assert status["currentMetrics"][0]["resource"]["current"] == {"averageUtilization": 68, "averageValue": "680m"}
    assert conditions == {
        "AbleToScale": "True ReadyForNewScale",
        "ScalingActive": "True ValidMetricFound",
        "ScalingLimited": "False DesiredWithinRange",
    }
    scale = "/apis/apps/v1/namespaces/ml/deployments/scorer/scale"
    merge = {"Content-Type": "application/merge-patch+json"}
    await client.patch(scale, json={"spec": {"replicas": 3}}, headers=merge)
    assert run(cluster, clock, load, 60) == 5
    await client.patch(AUTOSCALER, json={"spec": {"minReplicas": 6}}, headers=merge)
    assert run(cluster, clock, load, 600) == 6
    events = (
        await client.get("/api/v1/namespaces/ml/events", params={"fieldSelector": "reason=SuccessfulRescale"})
    ).json()
    told = [event["message"] for event in events["items"]]
    assert "New size: 6; reason: Current number of replicas below Spec.MinReplicas" in told
    assert "New size: 5; reason: cpu resource utilization (percentage of request) above target" in told


async def test_at_its_ceiling_it_says_so_and_without_metrics_that_it_does_nothing(
    cluster: SimulatedCluster, client: httpx.AsyncClient, clock: FakeClock, load: Load
) -> None:
    run(cluster, clock, load, 30)
    status, conditions = await read(client)
    assert conditions["ScalingActive"] == "False FailedGetResourceMetric"
    assert status["currentMetrics"] is None
    load.cores = 9.0
    cluster.measure(load)
    assert run(cluster, clock, load, 120) == 6
    assert (await read(client))[1]["ScalingLimited"] == "True TooManyReplicas"
