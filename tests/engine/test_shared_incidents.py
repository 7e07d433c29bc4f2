"""A machine that takes models with it is one incident, of which the healthy models beside and elsewhere are told."""

import time

import pytest

from console.domain.moments import floor_to_step
from console.domain.objective import Objective
from console.domain.shared_incident import Common
from console.engine.refresh import Refresher
from console.settings.settings import ModelRule, ServerSettings, Settings
from console.sources.prometheus.answers import InstantAnswer
from console.sources.prometheus.client import PrometheusClient
from tests.history.circumstances.past import add_pod, one, pod_labels
from tests.services import OpenMetricsHistory, Prometheus, Servers

END = floor_to_step(time.time() - 600.0, 300.0)
BROKE = END - 600.0
ON_BAD_NODE = ("ads", "churn", "ctr", "eta", "fraud")
SPARED = "spam"
ELSEWHERE = tuple(f"model-{number}" for number in range(9))


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    history = OpenMetricsHistory()
    target = {"job": "kube-state-metrics", "instance": "10.0.0.9:8080", "namespace": "ml"}
    for model in (*ON_BAD_NODE, SPARED, *ELSEWHERE):
        is_slow = model in ON_BAD_NODE
        node = "gpu-1" if model in ELSEWHERE else "gpu-3"
        pods = [(f"{model}-6f7d9c-bcdfg", END - 7200, BROKE if is_slow else END, 0.2)]
        if is_slow:
            pods.append((f"{model}-6f7d9c-npqrs", BROKE, END, 2.0))
        for pod, start, end, seconds in pods:
            add_pod(history, pod_labels(pod, "v1", model=model), start=start, end=end, seconds=seconds)
            span = {"start": start, "end": end, "step": 30.0}
            owner = {"owner_kind": "ReplicaSet", "owner_name": f"{model}-6f7d9c"}
            history.add_function("kube_pod_owner", {**target, "pod": pod, **owner}, one, **span)
            history.add_function("kube_pod_info", {**target, "pod": pod, "node": node}, one, **span)
    return session_servers.prometheus(history=history)


def refresher_for(prometheus: Prometheus, patience: float | None = None) -> Refresher:
    server = ServerSettings(name="prometheus", urls=(prometheus.url,))
    promise = ModelRule("*", Objective(latency={"latency_p99": 1.0}))
    settings = Settings(prometheus=server, cache=False, models=(promise,))
    return Refresher(settings, environment={}, clock=lambda: END, patience=patience)


async def test_the_machine_is_named_with_those_it_spared_and_those_elsewhere(prometheus: Prometheus) -> None:
    async with refresher_for(prometheus) as refresher:
        snapshot = await refresher.take(END)
    (shared,) = snapshot.shared_incidents
    assert shared.common == Common("node", "gpu-3")
    assert set(shared.model_ids) == set(ON_BAD_NODE)
    assert shared.summary.startswith("5 of 6 models on node gpu-3 since ")
    assert BROKE < shared.onset < BROKE + 300
    assert (shared.spared, shared.others, shared.others_well) == ((SPARED,), 9, 9)
    worst = snapshot.models[0]
    assert worst.anomalies[0].evidence[0] == f"fleet-wide: {shared.summary}"
    assert worst.playbooks[0].id == "fleet-wide"


async def test_a_fleet_of_which_two_are_slow_has_none(prometheus: Prometheus) -> None:
    async with refresher_for(prometheus) as refresher:
        before = await refresher.take(BROKE)
    assert before.shared_incidents == ()


async def test_a_warm_screen_and_a_cold_summary_tell_the_same(prometheus: Prometheus) -> None:
    async with refresher_for(prometheus, patience=5.0) as screen:
        for earlier in (30.0, 15.0):
            await screen.take(END - earlier)
        warm = await screen.take(END)
    async with refresher_for(prometheus) as cold:
        assert (await cold.take(END)).shared_incidents == warm.shared_incidents != ()


async def test_machines_are_asked_once_a_minute(prometheus: Prometheus, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    query = PrometheusClient.query

    async def noted(self: PrometheusClient, expression: str, at: float, *, until: float | None = None) -> InstantAnswer:
        asked.append(expression)
        return await query(self, expression, at, until=until)

    monkeypatch.setattr(PrometheusClient, "query", noted)
    async with refresher_for(prometheus, patience=5.0) as screen:
        for later in (-60.0, -45.0, -30.0, -15.0):
            await screen.take(END + later)
    assert len([expression for expression in asked if 'kube_pod_info{node="gpu-3"}' in expression]) == 1
