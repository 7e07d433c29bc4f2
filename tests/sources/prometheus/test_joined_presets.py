"""Series that name no model: what proxies and HTTP servers measure is the model's whose pods they stand before."""

from collections.abc import AsyncIterator, Mapping

import pytest

from console.domain.label import Label
from console.domain.model import Model
from console.sources.prometheus import PrometheusClient
from console.sources.prometheus.discovery import discover
from console.sources.prometheus.preset import load_presets
from console.sources.prometheus.signal_query import Composition, Structure
from console.transport.http import Endpoint
from tests.services import WITH_THE_API_OF_PROMETHEUS, OpenMetricsHistory, Servers
from tests.sources.prometheus.asking import signal_values, structure_values
from tests.sources.prometheus.pages import page_of
from tests.sources.scraped_text import add_page

AT = 1_700_000_000.0
POD = "fraud-predictor-00001-deployment-7d9f8b6c5d-x2x4z"
SCRAPED = {"namespace": "ml", "pod": POD}
ONLY_FRAUD = "\n".join(line for line in page_of("kserve").splitlines() if "churn" not in line)
"""The page of a KServe server that serves one model."""


def pages(*named: tuple[str, Mapping[str, str]]) -> OpenMetricsHistory:
    """Return a past with what KServe's server exports of fraud, and pages with the labels of their scrapes."""
    history = OpenMetricsHistory()
    add_page(history, ONLY_FRAUD, {"job": "kserve", "instance": "10.0.0.1:8080", **SCRAPED}, start=AT - 7200, end=AT)
    for number, (name, scraped) in enumerate(named, start=1):
        target = {"job": name, "instance": f"10.0.0.1:909{number}", **scraped}
        add_page(history, page_of(name), target, start=AT - 7200, end=AT)
    return history


async def composed(
    client: PrometheusClient, *, only: tuple[Model, ...] = (), creating: tuple[str, ...] = ()
) -> dict[str, Composition]:
    presets = load_presets((), creating)
    discovery = await discover(client, presets, AT)
    return {composition.preset: composition for composition in discovery.compositions(presets, 300, only=only)}


@pytest.fixture(scope="module", params=WITH_THE_API_OF_PROMETHEUS)
def url(session_servers: Servers, request: pytest.FixtureRequest) -> str:
    proxies = [(name, SCRAPED) for name in ("istio", "knative-opencensus", "otel-http", "http")]
    return session_servers.with_the_api_of_prometheus(request.param, pages(*proxies)).url


@pytest.fixture
async def client(url: str) -> AsyncIterator[PrometheusClient]:
    async with PrometheusClient([Endpoint.parse(url)]) as client:
        yield client


@pytest.mark.parametrize(
    ("preset", "error_ratio", "versions"),
    [
        ("knative-opencensus", 0.05, {"fraud-predictor-00001": 4.0}),
        ("istio", 0.1, {"fraud-predictor-00001": 4.0}),
        ("otel-http", 5 / 93, {}),
        ("http", 0.25, {}),
    ],
)
async def test_what_a_proxy_measures_is_the_model_behind_it(
    client: PrometheusClient, preset: str, error_ratio: float, versions: dict[str, float]
) -> None:
    composition = (await composed(client))[preset]
    assert not composition.creates
    assert await signal_values(client, composition, "error_ratio", AT) == {("fraud", "ml"): pytest.approx(error_ratio)}
    if versions:
        by_version = await structure_values(client, composition, Structure.TRAFFIC_BY_VERSION, AT)
        assert {key[-1]: value for key, value in by_version.items()} == pytest.approx(versions)
    assert await structure_values(client, composition, Structure.SHARED, AT) == {}


async def test_only_what_serving_presets_lack_is_asked_of_a_proxy(client: PrometheusClient) -> None:
    istio = (await composed(client))["istio"]
    assert {query.signal for query in istio.signals} == {"error_ratio"}
    assert istio.burns
    assert set(istio.structures) == {Structure.TRAFFIC_BY_VERSION, Structure.ADDED_TO, Structure.SHARED}


async def test_units_of_a_proxy_become_seconds(client: PrometheusClient) -> None:
    created = await composed(client, creating=("istio", "knative-opencensus"))
    for preset, mean, median in (("istio", 0.15, 0.175), ("knative-opencensus", 0.16, 0.175)):
        values = await signal_values(client, created[preset], "latency_mean", AT)
        assert values["fraud", "ml"] == pytest.approx(mean)
        values = await signal_values(client, created[preset], "latency_p50", AT)
        assert values["fraud", "ml"] == pytest.approx(median)
    assert await signal_values(client, created["knative-opencensus"], "queue", AT) == {("fraud", "ml"): 4}


async def test_a_proxy_makes_models_where_the_configuration_says_so(client: PrometheusClient) -> None:
    istio = (await composed(client, creating=("istio",)))["istio"]
    assert istio.creates
    assert await signal_values(client, istio, "traffic", AT) == {("fraud", "ml"): 4.0, ("shop", "web"): 10.0}
    live = await structure_values(client, istio, Structure.LIVE_TARGETS, AT)
    assert live == {("fraud", "ml"): 1, ("shop", "web"): 1}
    shop = Model("shop", Label("shop"), {"namespace": "web"})
    alone = (await composed(client, only=(shop,), creating=("istio",)))["istio"]
    assert await signal_values(client, alone, "traffic", AT) == {("shop", "web"): 10.0}


@pytest.mark.parametrize(
    ("preset", "scraped", "known"),
    [
        ("knative", SCRAPED, ["fraud-predictor", "churn-predictor"]),
        ("knative", {}, ["fraud-predictor", "churn-predictor"]),
        ("otel-http", {}, ["scoring-fraud", "scoring-churn"]),
        ("otel-http", SCRAPED, ["scoring-fraud", "scoring-churn"]),
    ],
)
async def test_models_are_named_by_labels_that_stand_beside_the_series(
    servers: Servers, preset: str, scraped: Mapping[str, str], known: list[str]
) -> None:
    history = OpenMetricsHistory()
    for model in ("fraud", "churn"):
        told = {name: value.replace("fraud", model) for name, value in scraped.items()}
        resource = {"k8s_namespace_name": "ml", "k8s_deployment_name": model, "service_name": f"scoring-{model}"}
        resource |= {"kn_revision_name": f"{model}-predictor-00001", "kn_service_name": f"{model}-predictor"}
        target = {"job": preset, "instance": f"{model}:9091", **told}
        page = "\n".join(line for line in page_of(preset).splitlines() if not line.startswith("target_info"))
        add_page(history, page, target, start=AT - 900, end=AT)
        history.add("target_info", {**target, **resource}, [(AT - 15, 1.0), (AT, 1.0)])
    prometheus = servers.prometheus(history=history)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        made = (await composed(client, creating=(preset,)))[preset]
        assert made.creates
        for signal in ("traffic", "error_ratio", "latency_p99"):
            values = await signal_values(client, made, signal, AT)
            assert set(values) == {(model, "ml") for model in known}, signal
        first = Model(known[0], Label(known[0]), {"namespace": "ml"})
        alone = (await composed(client, only=(first,), creating=(preset,)))[preset]
        assert set(await signal_values(client, alone, "traffic", AT)) == {(known[0], "ml")}


@pytest.mark.parametrize(
    ("preset", "resource", "known"),
    [
        ("http", {}, "app-"),
        ("otel-http", {}, "app-"),
        ("otel-http", {"service_name": "scoring-"}, "scoring-"),
    ],
)
async def test_servers_of_which_no_pod_is_known_are_models_by_their_names(
    servers: Servers, preset: str, resource: Mapping[str, str], known: str
) -> None:
    history = OpenMetricsHistory()
    page = "\n".join(line for line in page_of(preset).splitlines() if not line.startswith("target_info"))
    for model in ("fraud", "churn"):
        target = {"job": f"app-{model}", "instance": f"{model}:80"}
        add_page(history, page, target, start=AT - 900, end=AT)
        for label, value in resource.items():
            history.add("target_info", {**target, label: value + model}, [(AT - 15, 1.0), (AT, 1.0)])
    vllm = {"job": "vllm", "instance": "a:8000"}
    history.add_counter("vllm:request_success_total", vllm | {"model_name": "llama"}, 2.0, start=AT - 900, end=AT)
    add_page(history, page, vllm, start=AT - 900, end=AT)
    url = servers.prometheus(history=history).url
    async with PrometheusClient([Endpoint.parse(url)]) as client:
        assert set(await composed(client)) == {"vllm"}
        made = (await composed(client, creating=(preset,)))[preset]
        assert made.creates
        for signal in ("traffic", "error_ratio", "latency_p99"):
            values = await signal_values(client, made, signal, AT)
            assert set(values) == {(f"{known}fraud",), (f"{known}churn",)}, signal
        assert await structure_values(client, made, Structure.LIVE_TARGETS, AT) == {
            (f"{known}fraud",): 1,
            (f"{known}churn",): 1,
        }


async def test_one_model_can_be_asked_about_alone(client: PrometheusClient) -> None:
    fraud = Model("fraud", Label("fraud"), {"namespace": "ml"})
    alone = await composed(client, only=(fraud,))
    assert await signal_values(client, alone["istio"], "error_ratio", AT) == {("fraud", "ml"): pytest.approx(0.1)}
    other = Model("other", Label("other"), {"namespace": "ml"})
    assert await signal_values(client, (await composed(client, only=(other,)))["istio"], "error_ratio", AT) == {}


REVISION = {"kn_revision_name": "fraud-predictor-00001", "k8s_namespace_name": "ml"}


@pytest.mark.parametrize(
    ("scraped", "promoted"),
    [({}, False), (REVISION, True), (SCRAPED, False)],
    ids=["revision on target_info", "revision promoted to every series", "only the pod, by the scrape"],
)
async def test_knative_says_its_revision_in_three_ways(
    servers: Servers, scraped: Mapping[str, str], promoted: bool
) -> None:
    prometheus = servers.prometheus(history=pages(("knative", scraped)))
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        plain = await composed(client)
        knative = (await composed(client, creating=("knative",)))["knative"]
        known: dict[str, float] = {"traffic": 4.0, "error_ratio": 0.025, "latency_p50": 0.175, "queue": 5}
        for signal, value in known.items():
            values = await signal_values(client, knative, signal, AT)
            assert values == {("fraud", "ml"): pytest.approx(value)}, signal
        ratio = await signal_values(client, plain["knative"], "error_ratio", AT)
        assert ratio == {("fraud", "ml"): pytest.approx(0.025)}
        told = Structure.TRAFFIC_BY_VERSION in plain["knative"].structures
        assert told == (scraped != SCRAPED)


async def test_a_workload_of_several_models_is_nobodys(servers: Servers) -> None:
    history = OpenMetricsHistory()
    add_page(history, page_of("kserve"), {"job": "k", "instance": "a:1", **SCRAPED}, start=AT - 7200, end=AT)
    add_page(history, page_of("istio"), {"job": "i", "instance": "a:2", **SCRAPED}, start=AT - 7200, end=AT)
    prometheus = servers.prometheus(history=history)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        istio = (await composed(client))["istio"]
        assert await signal_values(client, istio, "error_ratio", AT) == {}
        shared = await structure_values(client, istio, Structure.SHARED, AT)
        workload = "fraud-predictor-00001-deployment"
        assert set(shared) == {("churn", "ml", workload), ("fraud", "ml", workload)}


async def test_revisions_and_deployments_of_one_model_add_up(servers: Servers) -> None:
    history = pages()
    second = {"namespace": "ml", "pod": "fraud-v2-6c5d7d9f8b-b4cd7"}
    add_page(history, ONLY_FRAUD, {"job": "k", "instance": "b:1", **second}, start=AT - 7200, end=AT)
    for workload, failed in (("fraud-predictor-00001-deployment", 0.0), ("fraud-v2", 1.0)):
        labels = {"reporter": "destination", "destination_workload": workload, "destination_workload_namespace": "ml"}
        for code, rate in (("200", 3.0 - failed), ("500", failed)):
            history.add_counter("istio_requests_total", labels | {"response_code": code}, rate, start=AT - 900, end=AT)
    prometheus = servers.prometheus(history=history)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        istio = (await composed(client))["istio"]
        assert await signal_values(client, istio, "error_ratio", AT) == {("fraud", "ml"): pytest.approx(1 / 6)}


@pytest.mark.parametrize("proxy_names_cluster", [True, False])
async def test_namesakes_in_two_clusters_are_never_mixed(servers: Servers, proxy_names_cluster: bool) -> None:
    history = OpenMetricsHistory()
    where = {"destination_workload": "fraud", "destination_workload_namespace": "ml", "reporter": "destination"}
    for cluster, failed in (("eu", 0.0), ("us", 1.0)):
        target = {"job": "k", "instance": cluster, "cluster": cluster, "namespace": "ml", "pod": "fraud-0"}
        add_page(history, ONLY_FRAUD, target, start=AT - 900, end=AT)
        seen = {"cluster": cluster} if proxy_names_cluster else {"source_workload": cluster}
        for code, rate in (("200", 2.0 - failed), ("500", failed)):
            history.add_counter(
                "istio_requests_total", {"response_code": code, **where, **seen}, rate, start=AT - 900, end=AT
            )
    prometheus = servers.prometheus(history=history)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        istio = (await composed(client))["istio"]
        assert istio.identity.group_labels == ("model", "cluster", "namespace")
        values = await signal_values(client, istio, "error_ratio", AT)
        of_each = {("fraud", "eu", "ml"): 0.0, ("fraud", "us", "ml"): 0.5}
        assert values == (pytest.approx(of_each) if proxy_names_cluster else {})
        shared = await structure_values(client, istio, Structure.SHARED, AT)
        assert len(shared) == (0 if proxy_names_cluster else 2)


async def test_a_grpc_call_that_failed_with_http_200_is_a_failure(servers: Servers) -> None:
    history = pages()
    where = {"destination_workload": "fraud-predictor-00001-deployment", "destination_workload_namespace": "ml"}
    for code, status, rate in (("200", "0", 6.0), ("200", "13", 1.0), ("200", "5", 2.0), ("503", "14", 1.0)):
        labels = {"reporter": "destination", "response_code": code, "grpc_response_status": status, **where}
        history.add_counter("istio_requests_total", labels, rate, start=AT - 900, end=AT)
    prometheus = servers.prometheus(history=history)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        istio = (await composed(client))["istio"]
        assert await signal_values(client, istio, "error_ratio", AT) == {("fraud", "ml"): pytest.approx(0.2)}


@pytest.mark.parametrize(
    ("pod", "workload"),
    [
        ("fraud-7d9f8b6c5d-x2x4z", "fraud"),
        ("fraud-v2-5d-x2x4z", "fraud-v2"),
        ("fraud-0", "fraud"),
        ("fraud-12", "fraud"),
        ("fraud", "fraud"),
        ("fraud-predictor-00001-deployment-7d9f8b6c5d-x2x4z", "fraud-predictor-00001-deployment"),
        ("fraud-scorer", "fraud-scorer"),
    ],
)
async def test_a_pods_name_tells_its_workload(servers: Servers, pod: str, workload: str) -> None:
    history = OpenMetricsHistory()
    scraped = {"namespace": "ml", "pod": pod}
    add_page(history, ONLY_FRAUD, {"job": "k", "instance": "a:1", **scraped}, start=AT - 900, end=AT)
    labels = {"reporter": "destination", "destination_workload": workload, "destination_workload_namespace": "ml"}
    history.add_counter("istio_requests_total", labels | {"response_code": "500"}, 3.0, start=AT - 900, end=AT)
    prometheus = servers.prometheus(history=history)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        istio = (await composed(client))["istio"]
        assert await signal_values(client, istio, "error_ratio", AT) == {("fraud", "ml"): 1.0}


async def test_presets_that_nobody_exports_cost_no_query(servers: Servers) -> None:
    prometheus = servers.prometheus(history=pages())
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        assert list(await composed(client)) == ["kserve"]


async def test_labels_to_lend_are_not_asked_for_where_nobody_borrows_them(servers: Servers) -> None:
    history = pages()
    history.add("target_info", {"job": "k", "instance": "a:1", **REVISION}, [(AT, 1.0)])
    prometheus = servers.prometheus(history=history)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        assert (await discover(client, load_presets(), AT)).presets["knative"] == {}
