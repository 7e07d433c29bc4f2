"""One deployment that several presets see is one row, and what nobody can attribute says why."""

import time
from collections.abc import Mapping

import pytest

from console.detect.judge import judge
from console.domain.moments import floor_to_step
from console.domain.signal import State
from console.domain.snapshot import ModelView
from console.history.store import HistoryStore
from console.settings.settings import Settings
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.preset import load_presets
from console.transport.http import Endpoint
from tests.services import OpenMetricsHistory, Servers
from tests.sources.prometheus.pages import page_of
from tests.sources.scraped_text import add_page

POD = "fraud-predictor-00001-deployment-7d9f8b6c5d-x2x4z"


@pytest.fixture(scope="module")
def end() -> float:
    return floor_to_step(time.time() - 600.0, 300.0)


def add(history: OpenMetricsHistory, end: float, name: str, page: str, pod: str = POD, port: int = 80) -> None:
    target = {"job": name, "instance": f"{pod}:{port}", "namespace": "ml", "pod": pod}
    add_page(history, page, target, start=end - 7200, end=end)


def of(model: str, page: str) -> str:
    """Return a page as of a server that serves one model."""
    others = {"churn", "fraud"} - {model}
    return "\n".join(line for line in page.splitlines() if not any(f'"{other}"' in line for other in others))


async def views(servers: Servers, history: OpenMetricsHistory, end: float, *creating: str) -> Mapping[str, ModelView]:
    prometheus = servers.prometheus(history=history)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        loaded = await HistoryStore(client, load_presets((), creating), Settings()).load(end)
    assert loaded.history.failed is None
    return {view.model.id: view for view in judge(loaded.history, Settings().judgement, (), ())}


async def test_kserve_knative_and_istio_see_one_model(servers: Servers, end: float) -> None:
    history = OpenMetricsHistory()
    add(history, end, "kserve", of("fraud", page_of("kserve")), port=8080)
    add(history, end, "knative", page_of("knative-opencensus"), port=9091)
    add(history, end, "istio", page_of("istio"), port=15020)
    found = await views(servers, history, end)
    assert list(found) == ["fraud"]
    readings = found["fraud"].readings
    assert readings["traffic"].value == pytest.approx(1.0)
    assert readings["latency_p50"].value == pytest.approx(0.0025, rel=0.1)
    assert readings["error_ratio"].value == pytest.approx(0.05)
    assert readings["queue"].value == pytest.approx(4)
    assert found["fraud"].versions == {"fraud-predictor-00001": pytest.approx(1.0)}
    assert found["fraud"].model.labels == {"namespace": "ml"}
    assert found["fraud"].replicas == 1


async def test_mlserver_kserve_and_istio_see_one_model(servers: Servers, end: float) -> None:
    history = OpenMetricsHistory()
    pod = "fraud-predictor-0"
    add(history, end, "mlserver", of("fraud", page_of("mlserver")), pod)
    add(history, end, "kserve", of("fraud", page_of("kserve")), pod, 8080)
    istio = page_of("istio").replace("fraud-predictor-00001-deployment", "fraud-predictor")
    add(history, end, "istio", istio, pod, 15020)
    found = await views(servers, history, end)
    assert list(found) == ["fraud"]
    readings = found["fraud"].readings
    assert readings["error_ratio"].value == pytest.approx(0.05)
    assert readings["latency_p99"].state is State.OK
    assert found["fraud"].versions == {"v42": pytest.approx(0.55), "v41": pytest.approx(0.45)}


async def test_a_server_of_several_models_says_where_the_number_would_stand(servers: Servers, end: float) -> None:
    history = OpenMetricsHistory()
    add(history, end, "kserve", page_of("kserve"), port=8080)
    add(history, end, "istio", page_of("istio"), port=15020)
    found = await views(servers, history, end)
    assert sorted(found) == ["churn", "fraud"]
    reading = found["churn"].readings["error_ratio"]
    assert reading.state is State.NOT_EXPORTED
    assert reading.detail == (
        "KServe's SDK counts no failures; Knative, Istio or OpenTelemetry in front of it may; "
        "istio tells it only of fraud-predictor-00001-deployment, which serves 2 models"
    )


@pytest.mark.parametrize("creating", [(), ("istio",)], ids=["only adding", "making models"])
async def test_numbers_of_two_namesakes_on_a_proxy_are_nobodys_model(
    servers: Servers, end: float, creating: tuple[str, ...]
) -> None:
    history = OpenMetricsHistory()
    for predictor in ("default", "canary"):
        page = "\n".join(
            line
            for line in page_of("seldon-core-1").splitlines()
            if line.startswith("#") or f'predictor_name="{predictor}"' in line
        )
        add(history, end, f"seldon-{predictor}", page, f"iris-{predictor}-7d9f8b6c5d-x2x4z")
    for predictor in ("default", "canary"):
        where = {"destination_workload": f"iris-{predictor}", "destination_workload_namespace": "ml"}
        labels = {"reporter": "destination", "response_code": "200", **where}
        history.add_counter("istio_requests_total", labels, 1.0, start=end - 7200, end=end)
    found = await views(servers, history, end, *creating)
    assert sorted(found) == ["ml/canary/iris", "ml/default/iris"]


async def test_a_proxy_makes_models_only_where_it_is_told_to(servers: Servers, end: float) -> None:
    history = OpenMetricsHistory()
    add(history, end, "istio", page_of("istio"), port=15020)
    assert await views(servers, history, end) == {}
    made = await views(servers, history, end, "istio")
    assert sorted(made) == ["fraud-predictor", "shop"]
    assert made["shop"].readings["error_ratio"].value == 0
    assert made["shop"].readings["latency_p50"].value == pytest.approx(0.175)


async def test_failures_counted_by_server_are_nobodys_where_it_serves_several_models(
    servers: Servers, end: float
) -> None:
    history = OpenMetricsHistory()
    page = page_of("torchserve")
    second = "\n".join(line.replace("mnist", "resnet") for line in page.splitlines() if "mnist" in line)
    add(history, end, "torchserve", f"{page}\n{second}", "shared-0")
    add(history, end, "torchserve", page.replace("mnist", "bert"), "alone-0")
    found = await views(servers, history, end)
    assert sorted(found) == ["bert", "mnist", "resnet"]
    assert found["bert"].readings["error_ratio"].value == pytest.approx(0.05)
    for model in ("mnist", "resnet"):
        reading = found[model].readings["error_ratio"]
        assert (reading.value, reading.state) == (None, State.NOT_EXPORTED)
        assert reading.detail == "torchserve tells it only of shared-0:80, which serves 2 models"
