"""What each serving system's own page tells of its models, asked of a real Prometheus; known answers."""

from collections.abc import AsyncIterator, Mapping

import pytest

from console.sources.prometheus import PrometheusClient
from console.sources.prometheus.discovery import discover
from console.sources.prometheus.preset import load_presets
from console.sources.prometheus.signal_query import Composition, Structure
from console.transport.http import Endpoint
from tests.services import WITH_THE_API_OF_PROMETHEUS, OpenMetricsHistory, Prometheus, Servers, VictoriaMetrics
from tests.sources.prometheus.asking import Values, ask, signal_values, structure_values
from tests.sources.prometheus.pages import page_of
from tests.sources.scraped_text import add_page

AT = 1_700_000_000.0
PAGES = (
    "tensorrt-llm",
    "triton-latencies",
    "mlserver",
    "torchserve",
    "tf-serving",
    "bentoml",
    "ray-serve",
    "seldon-core-1",
    "seldon-core-2",
    "kserve",
    "otel-genai",
    "otel-genai-server",
)

# Preset and signal, then what each model has: by the values of its identity labels but the namespace.
KNOWN: list[tuple[str, str, Mapping[tuple[str, ...], float]]] = [
    ("tensorrt-llm", "queue", {("tensorrt_llm",): 7}),
    ("tensorrt-llm", "kv_cache", {("tensorrt_llm",): 0.75}),
    ("triton", "latency_p50", {("bert",): 0.0052, ("stream",): 0.3}),
    ("triton", "latency_p95", {("bert",): 0.041, ("stream",): 0.48}),
    ("triton", "latency_p99", {("bert",): 0.096, ("stream",): 0.496}),
    ("mlserver", "traffic", {("fraud",): 2.0, ("churn",): 0.5}),
    ("mlserver", "error_ratio", {("fraud",): 0.05, ("churn",): 0.1}),
    ("mlserver", "latency_mean", {("fraud",): 0.0041187, ("churn",): 0.063208}),
    ("mlserver", "latency_p99", {}),
    ("torchserve", "traffic", {("mnist",): 2.0}),
    ("torchserve", "error_ratio", {("mnist",): 0.05}),
    ("torchserve", "latency_mean", {("mnist",): 0.2}),
    ("tf-serving", "traffic", {("resnet",): 2.0, ("bert",): 1.0}),
    ("tf-serving", "error_ratio", {("resnet",): 0.1, ("bert",): 0.0}),
    ("tf-serving", "latency_mean", {("resnet",): 0.05}),
    ("tf-serving", "latency_p99", {("resnet",): 0.0671665}),
    ("bentoml", "traffic", {("fraud", "fraud"): 97 / 60, ("churn", "fraud"): 0.5}),
    ("bentoml", "error_ratio", {("fraud", "fraud"): 9 / 97, ("churn", "fraud"): 0.1}),
    ("bentoml", "latency_mean", {("fraud", "fraud"): 0.029913, ("churn", "fraud"): 0.066007}),
    ("ray-serve", "traffic", {("Scorer", "fraud"): 1.0, ("Scorer", "churn"): 0.5}),
    ("ray-serve", "error_ratio", {("Scorer", "fraud"): 0.0, ("Scorer", "churn"): 0.1}),
    ("ray-serve", "latency_mean", {("Scorer", "fraud"): 0.0093, ("Scorer", "churn"): 0.075}),
    ("seldon-core-1", "traffic", {("iris", "default"): 2.0, ("iris", "canary"): 0.5}),
    ("seldon-core-1", "error_ratio", {("iris", "default"): 0.1, ("iris", "canary"): 0.0}),
    ("seldon-core-1", "latency_mean", {("iris", "default"): 0.075, ("iris", "canary"): 0.4}),
    ("seldon-core-1", "latency_p50", {("iris", "default"): 0.075, ("iris", "canary"): 0.375}),
    ("seldon-core-2", "traffic", {("iris",): 2.0, ("income",): 1.0}),
    ("seldon-core-2", "error_ratio", {("iris",): 0.1, ("income",): 0.0}),
    ("seldon-core-2", "latency_mean", {("iris",): 0.1, ("income",): 0.05}),
    ("kserve", "traffic", {("fraud",): 1.0, ("churn",): 0.5}),
    ("kserve", "latency_mean", {("fraud",): 0.0031385, ("churn",): 0.061403}),
    (
        "otel-genai",
        "traffic",
        {
            ("gpt-fake-fast", "openai"): 1.0,
            ("gpt-fake-slow", "openai"): 0.5,
            ("embedding-fake", "openai"): 1 / 6,
            ("llama", "vllm"): 1.0,
        },
    ),
    (
        "otel-genai",
        "error_ratio",
        {
            ("gpt-fake-fast", "openai"): 0.0,
            ("gpt-fake-slow", "openai"): 0.1,
            ("embedding-fake", "openai"): 0.0,
            ("llama", "vllm"): 0.05,
        },
    ),
    ("otel-genai", "time_to_first_token", {("llama", "vllm"): 0.2485}),
    ("otel-genai", "tokens", {("gpt-fake-fast", "openai"): 6.0, ("gpt-fake-slow", "openai"): 2.7}),
]


@pytest.fixture(scope="module", params=WITH_THE_API_OF_PROMETHEUS)
def prometheus(session_servers: Servers, request: pytest.FixtureRequest) -> Prometheus | VictoriaMetrics:
    history = OpenMetricsHistory()
    for name in PAGES:
        target = {"job": name, "instance": "10.0.0.1:8000", "namespace": "ml", "pod": f"{name}-0"}
        add_page(history, page_of(name), target, start=AT - 7200, end=AT)
    return session_servers.with_the_api_of_prometheus(request.param, history)


@pytest.fixture
async def client(prometheus: Prometheus | VictoriaMetrics) -> AsyncIterator[PrometheusClient]:
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        yield client


@pytest.fixture
async def compositions(client: PrometheusClient) -> Mapping[str, Composition]:
    discovery = await discover(client, load_presets(), AT)
    return {composition.preset: composition for composition in discovery.compositions(load_presets(), 300)}


def test_every_page_is_asked_about() -> None:
    assert {name.removesuffix("-latencies").removesuffix("-server") for name in PAGES} == {name for name, _, _ in KNOWN}


@pytest.mark.parametrize(("preset", "signal", "known"), KNOWN, ids=[f"{name}-{signal}" for name, signal, _ in KNOWN])
async def test_a_signal(
    client: PrometheusClient,
    compositions: Mapping[str, Composition],
    preset: str,
    signal: str,
    known: Mapping[tuple[str, ...], float],
) -> None:
    found = _without_namespace(compositions[preset], await signal_values(client, compositions[preset], signal, AT))
    relevant = {key: value for key, value in found.items() if preset != "triton" or key != ("tensorrt_llm",)}
    assert relevant == {key: pytest.approx(value, rel=1e-3) for key, value in known.items()}


def _without_namespace(composition: Composition, values: Values) -> Values:
    place = composition.identity.group_labels.index("namespace")
    return {key[:place] + key[place + 1 :]: value for key, value in values.items()}


@pytest.mark.parametrize("name", sorted({name for name, _, _ in KNOWN}))
async def test_everything_that_is_asked_is_accepted(
    client: PrometheusClient, compositions: Mapping[str, Composition], name: str
) -> None:
    composition = compositions[name]
    for query in composition.signals:
        await ask(client, query.expression, query.group_labels, AT)
    for structure in composition.structures:
        values = await structure_values(client, composition, structure, AT)
        assert bool(values) or structure in (Structure.DEAD_TARGETS, Structure.SHARED), structure
    for burn in composition.burns:
        await client.query(burn.expression, AT)


async def test_versions(client: PrometheusClient, compositions: Mapping[str, Composition]) -> None:
    async def versions(preset: str) -> dict[tuple[str, ...], float]:
        return await structure_values(client, compositions[preset], Structure.TRAFFIC_BY_VERSION, AT)

    assert {(key[0], key[-1]): value for key, value in (await versions("mlserver")).items()} == {
        ("fraud", "v41"): pytest.approx(0.9),
        ("fraud", "v42"): pytest.approx(1.1),
        ("churn", "None"): pytest.approx(0.5),
    }
    assert {key[-1] for key in await versions("seldon-core-2")} == {"iris_1", "income_3"}
    assert Structure.TRAFFIC_BY_VERSION not in compositions["seldon-core-1"].structures


async def test_a_predictor_of_seldon_core_1_may_say_its_version(servers: Servers) -> None:
    history = OpenMetricsHistory()
    page = page_of("seldon-core-1").replace('predictor_version=""', 'predictor_version="v3"')
    add_page(history, page, {"job": "seldon", "instance": "a:80"}, start=AT - 900, end=AT)
    async with PrometheusClient([Endpoint.parse(servers.prometheus(history=history).url)]) as client:
        (seldon,) = (await discover(client, load_presets(), AT)).compositions(load_presets(), 300)
        versions = await structure_values(client, seldon, Structure.TRAFFIC_BY_VERSION, AT)
        assert {key[-1] for key in versions} == {"v3"}


async def test_a_server_of_several_models_tells_whose_numbers_it_does_not_know(
    client: PrometheusClient, compositions: Mapping[str, Composition]
) -> None:
    mlserver = compositions["mlserver"]
    assert mlserver.joined == {"latency_p50", "latency_p95", "latency_p99"}
    shared = await structure_values(client, mlserver, Structure.SHARED, AT)
    assert {(key[0], key[-1]) for key in shared} == {("fraud", "10.0.0.1:8000"), ("churn", "10.0.0.1:8000")}
    assert await structure_values(client, compositions["torchserve"], Structure.SHARED, AT) == {}


async def test_a_summary_of_a_model_that_nobody_asked_is_no_latency(
    client: PrometheusClient, compositions: Mapping[str, Composition]
) -> None:
    values = await signal_values(client, compositions["triton"], "latency_p99", AT)
    assert "unasked" not in {key[0] for key in values}


@pytest.mark.parametrize(("page", "median"), [("mlserver", 75 / 93 * 0.005), ("mlserver-grpc", 6 / 9 * 0.005)])
async def test_a_server_of_one_model_has_the_percentiles_of_its_protocol(
    servers: Servers, page: str, median: float
) -> None:
    history = OpenMetricsHistory()
    alone = "\n".join(line for line in page_of(page).splitlines() if 'model="churn"' not in line)
    add_page(history, alone, {"job": "m", "instance": "a:80"}, start=AT - 900, end=AT)
    async with PrometheusClient([Endpoint.parse(servers.prometheus(history=history).url)]) as client:
        (mlserver,) = (await discover(client, load_presets(), AT)).compositions(load_presets(), 300)
        values = await signal_values(client, mlserver, "latency_p50", AT)
        assert values == {("fraud",): pytest.approx(median)}


async def test_the_conventions_in_development_name_the_provider_anew(servers: Servers) -> None:
    history = OpenMetricsHistory()
    add_page(history, page_of("otel-genai-latest"), {"job": "agents", "instance": "a:80"}, start=AT - 900, end=AT)
    async with PrometheusClient([Endpoint.parse(servers.prometheus(history=history).url)]) as client:
        (genai,) = (await discover(client, load_presets(), AT)).compositions(load_presets(), 300)
        assert await signal_values(client, genai, "error_ratio", AT) == {
            ("gpt-fake-fast", "openai"): 0.0,
            ("gpt-fake-slow", "openai"): pytest.approx(0.1),
        }


async def test_an_api_server_of_bentoml_1_1_names_no_runner(servers: Servers) -> None:
    history = OpenMetricsHistory()
    page = page_of("bentoml").replace("bentoml_service_", "bentoml_api_server_").replace(',runner_name="fraud"', "")
    page = "\n".join(line for line in page.splitlines() if "runner_name" not in line)
    add_page(history, page, {"job": "bento", "instance": "a:80"}, start=AT - 900, end=AT)
    async with PrometheusClient([Endpoint.parse(servers.prometheus(history=history).url)]) as client:
        (bentoml,) = (await discover(client, load_presets(), AT)).compositions(load_presets(), 300)
        assert await signal_values(client, bentoml, "traffic", AT) == {("fraud", "fraud"): pytest.approx(97 / 60)}
        assert await signal_values(client, bentoml, "error_ratio", AT) == {("fraud", "fraud"): pytest.approx(9 / 97)}
        mean = await signal_values(client, bentoml, "latency_mean", AT)
        assert mean == {("fraud", "fraud"): pytest.approx(0.0299, rel=1e-3)}
