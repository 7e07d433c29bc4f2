"""What clients and machines measure is read for the pods of broken models, and told by model."""

import time
from collections.abc import Mapping
from functools import partial

import pytest

from console.domain.circumstances import Circumstances
from console.domain.moments import floor_to_step
from console.domain.series import Grid
from console.history.circumstances.asking import Asking
from console.history.circumstances.reader import Sought
from console.history.reader import Reading
from console.history.store import HistoryStore
from console.history.tally import Tally
from console.settings.settings import ModelRule, Settings
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.preset import load_presets
from console.transport.http import Endpoint
from tests.history.circumstances.past import DAY, OLD_PODS, SINCE, a_bad_release, add_cluster, add_pod, pod_labels
from tests.services import OpenMetricsHistory, Servers

END = floor_to_step(time.time() - 600.0, 300.0)
ONSET = END - SINCE


async def circumstances_of(url: str, *rules: ModelRule) -> Circumstances:
    async with PrometheusClient([Endpoint(url)]) as client:
        store = HistoryStore(client, load_presets(), Settings(models=rules))
        history = (await store.load(END)).history
        fleet = [past.model for past in history.models]
        sought = [Sought(model, ONSET, "latency_p99") for model in fleet if model.id == "fraud"]
        return (await store.circumstances_reader(client).read(sought, fleet, END, Tally()))["fraud"]


def constant(_: float, value: float) -> float:
    return value


def target_of(pod: str) -> dict[str, str]:
    return {"job": "models", "instance": f"{pod}:80", "pod": pod, "namespace": "ml"}


def add_calls(
    history: OpenMetricsHistory, pod: str, address: str, seconds: float, failed: float = 0.0, per_second: float = 2.0
) -> None:
    """Add what an OpenTelemetry client in a pod measures of an address."""
    labels = target_of(pod) | {"server_address": address}
    span = {"start": END - DAY, "end": END, "step": 30.0}
    name = "http_client_request_duration_seconds"
    for code, rate in (("200", per_second * (1 - failed)), ("503", per_second * failed)):
        told = labels | {"http_response_status_code": code} | ({"error_type": code} if code == "503" else {})
        history.add_counter(f"{name}_count", told, rate, **span)
        history.add_counter(f"{name}_sum", told, rate * seconds, **span)


@pytest.fixture(scope="module")
def url(session_servers: Servers) -> str:
    history = a_bad_release(END)
    add_cluster(history, END)
    add_pod(history, pod_labels("eta-0", "v1", model="eta"), start=END - DAY, end=END, seconds=0.2)
    for pod in OLD_PODS:
        add_calls(history, pod, "feature-store.ml.svc.cluster.local", 0.5, failed=0.25)
        add_calls(history, pod, "169.254.169.254", 0.01, per_second=0.1)
    add_calls(history, "eta-0", "feature-store.ml.svc.cluster.local", 0.5)
    for number, pod in enumerate(OLD_PODS):
        where = {"namespace": "ml", "pod": pod, "container": "server"}
        kubelet = {"job": "kubelet", "instance": "10.0.0.1:10250"}
        span = {"start": END - DAY, "end": END, "step": 30.0}
        history.add_counter("container_cpu_usage_seconds_total", where | kubelet, 1.0 + number, **span)
        sidecar = where | kubelet | {"container": "proxy"}
        history.add_counter("container_cpu_usage_seconds_total", sidecar, 6.0, **span)
        elsewhere = where | kubelet | {"cluster": "green"}
        history.add_counter("container_cpu_usage_seconds_total", elsewhere, 30.0, **span)
        whole = where | kubelet | {"container": ""}
        history.add_counter("container_cpu_usage_seconds_total", whole, 100.0, **span)
        history.add_function("container_memory_working_set_bytes", where | kubelet, lambda _: 3e9, **span)
        exporter = {"job": "kube-state-metrics", "instance": "10.0.0.9:8080"}
        for resource, limit in (("cpu", 2.0), ("memory", 4e9)):
            limits = where | exporter | {"resource": resource}
            history.add_function("kube_pod_container_resource_limits", limits, partial(constant, value=limit), **span)
        gpu = {"job": "dcgm", "instance": "10.0.0.2:9400", "namespace": "gpu", "pod": "dcgm-0", "gpu": str(number)}
        gpu |= {"exported_namespace": "ml", "exported_pod": pod}
        history.add_function("DCGM_FI_DEV_GPU_UTIL", gpu, lambda _: 80.0, **span)
    return session_servers.prometheus(history=history).url


async def test_cpu_memory_and_gpu_are_ratios_of_their_limits(url: str) -> None:
    found = await circumstances_of(url)
    told: Mapping[str, float] = {name: series.last for name, series in found.gauges.items()}
    assert told == {
        "CPU": pytest.approx(0.75),
        "memory": pytest.approx(0.75),
        "GPU": pytest.approx(0.8),
    }
    assert found.missing == ()


async def test_what_clients_measure_makes_dependencies(url: str) -> None:
    store, metadata = (await circumstances_of(url)).dependencies
    assert (store.name, metadata.name) == ("feature-store.ml.svc.cluster.local", "169.254.169.254")
    assert store.latency is not None
    assert store.error_ratio is not None
    assert store.latency.last == pytest.approx(0.5)
    assert store.error_ratio.last == pytest.approx(0.25)
    assert metadata.error_ratio is not None
    assert metadata.error_ratio.last == 0.0
    assert store.models == ("fraud",)


async def test_the_configuration_names_them_and_who_shares_them(url: str) -> None:
    found = await circumstances_of(url, ModelRule("*", depends_on=("feature-store", "billing")))
    by_name = {dependency.name: dependency for dependency in found.dependencies}
    assert list(by_name) == ["feature-store", "billing", "169.254.169.254"]
    assert by_name["feature-store"].models == ("eta", "fraud")
    assert by_name["feature-store"].latency is not None
    assert (by_name["billing"].latency, by_name["billing"].models) == (None, ("eta", "fraud"))


async def test_without_clients_and_machines_nothing_is_told(servers: Servers) -> None:
    found = await circumstances_of(servers.prometheus(history=a_bad_release(END)).url)
    assert (found.gauges, found.dependencies) == ({}, ())


async def test_of_a_model_that_names_no_replicas_nothing_is_asked_beside_it(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    ask = Asking.series

    async def series(self: Asking, expression: str, grid: Grid) -> Reading:
        asked.append(expression)
        return await ask(self, expression, grid)

    monkeypatch.setattr(Asking, "series", series)
    history = OpenMetricsHistory()
    nameless = {name: text for name, text in pod_labels("fraud-0", "v1").items() if name != "pod"}
    add_pod(history, nameless, start=END - DAY, end=END, seconds=0.2)
    add_pod(history, pod_labels("eta-0", "v1", model="eta"), start=END - DAY, end=END, seconds=0.2)
    found = await circumstances_of(servers.prometheus(history=history).url)
    assert "replicas: the metrics name none" in found.missing
    assert asked
    assert [expression for expression in asked if '=~""' in expression] == []


async def test_of_too_many_replicas_those_that_serve_are_asked_about(
    servers: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.history.circumstances.reader.MOST_REPLICAS", 1)
    history = OpenMetricsHistory()
    add_pod(history, pod_labels("fraud-0", "v1"), start=END - DAY, end=ONSET, seconds=0.2)
    add_calls(history, "fraud-0", "gone.ml.svc", 0.5)
    add_pod(history, pod_labels("fraud-1", "v1"), start=END - DAY, end=END, seconds=0.2)
    add_calls(history, "fraud-1", "feature-store.ml.svc", 0.5)
    found = await circumstances_of(servers.prometheus(history=history).url)
    assert [dependency.name for dependency in found.dependencies] == ["feature-store.ml.svc"]
