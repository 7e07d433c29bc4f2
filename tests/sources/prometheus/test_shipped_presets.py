"""Each shipped preset against a real Prometheus that holds what the real server exports."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from console.domain.signal import SIGNALS
from console.sources.prometheus import PrometheusClient
from console.sources.prometheus.discovery import Discovery, discover
from console.sources.prometheus.preset import load_presets
from console.sources.prometheus.signal_query import COUNTED_LABEL, WINDOW_LABEL, Composition, Structure
from console.transport.http import Endpoint
from tests.services import WITH_THE_API_OF_PROMETHEUS, OpenMetricsHistory, Prometheus, Servers, VictoriaMetrics
from tests.sources.prometheus.asking import Values, ask, by_model, signal_values, structure_values
from tests.sources.scraped_text import add_page

AT = 1_700_000_000.0
PAGES = Path(__file__).parents[1] / "presets"
LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


@pytest.fixture(scope="module", params=WITH_THE_API_OF_PROMETHEUS)
def server(session_servers: Servers, request: pytest.FixtureRequest) -> Prometheus | VictoriaMetrics:
    history = OpenMetricsHistory()
    for name in ("vllm", "triton", "model-label"):
        for replica in (1, 2):
            target = {"job": name, "instance": f"10.0.0.{replica}:8000", "namespace": "ml", "pod": f"{name}-{replica}"}
            add_page(history, (PAGES / f"{name}.metrics").read_text(), target, start=AT - 7200, end=AT)
    return session_servers.with_the_api_of_prometheus(request.param, history)


@pytest.fixture
async def client(server: Prometheus | VictoriaMetrics) -> AsyncIterator[PrometheusClient]:
    async with PrometheusClient([Endpoint.parse(server.url)]) as client:
        yield client


@pytest.fixture
async def discovery(client: PrometheusClient) -> Discovery:
    return await discover(client, load_presets(), AT)


@pytest.fixture
def compositions(discovery: Discovery) -> Mapping[str, Composition]:
    return {composition.preset: composition for composition in discovery.compositions(load_presets(), 300)}


async def test_all_three_are_found_in_the_order_of_ownership(compositions: Mapping[str, Composition]) -> None:
    assert list(compositions) == ["vllm", "triton", "model-label", "http"]
    for composition in compositions.values():
        assert composition.identity.others == (("namespace", "namespace"),)


async def test_every_expression_is_accepted_and_yields_a_known_signal(
    client: PrometheusClient, compositions: Mapping[str, Composition]
) -> None:
    for composition in compositions.values():
        assert composition.signals
        for query in composition.signals:
            assert query.signal in SIGNALS
            values = await ask(client, query.expression, query.group_labels, AT)
            assert values, query.expression
            assert {key[1] for key in values} == {"ml"}
        for structure in composition.structures:
            values = await structure_values(client, composition, structure, AT)
            if structure is not Structure.SHARED:
                assert bool(values) == (structure is not Structure.DEAD_TARGETS), structure


@pytest.mark.parametrize(
    ("signal", "value"),
    [
        ("traffic", 8.0),
        ("error_ratio", 0.2),
        ("latency_mean", 1.2),
        ("latency_p50", 1.0),
        ("latency_p99", 1.98),
        ("time_to_first_token", 0.247),
        ("queue", 14.0),
        ("kv_cache", 0.75),
        ("tokens", 1600.0),
    ],
)
async def test_vllm(
    client: PrometheusClient, compositions: Mapping[str, Composition], signal: str, value: float
) -> None:
    values = await signal_values(client, compositions["vllm"], signal, AT)
    assert values == {(LLAMA, "ml"): pytest.approx(value)}


async def test_vllm_says_why_there_is_no_error_ratio_without_its_http_server(discovery: Discovery) -> None:
    presets = load_presets()
    (vllm,) = Discovery(AT, {"vllm": discovery.presets["vllm"]}).compositions(presets, 300)
    assert "http_requests_total is not exported" in vllm.not_exported["error_ratio"]
    assert vllm.burns == ()
    assert Structure.TRAFFIC_BY_VERSION not in vllm.structures


@pytest.mark.parametrize(
    ("signal", "value"),
    [("traffic", 8.0), ("error_ratio", 0.05), ("latency_mean", 0.1), ("queue", 34.0)],
)
async def test_triton(
    client: PrometheusClient, compositions: Mapping[str, Composition], signal: str, value: float
) -> None:
    values = by_model(await signal_values(client, compositions["triton"], signal, AT))
    assert values["resnet50"] == pytest.approx(value)


async def test_triton_without_traffic_has_no_ratio_and_no_mean(
    client: PrometheusClient, compositions: Mapping[str, Composition]
) -> None:
    triton = compositions["triton"]
    assert by_model(await signal_values(client, triton, "traffic", AT))["idle"] == 0
    for signal in ("error_ratio", "latency_mean"):
        assert "idle" not in by_model(await signal_values(client, triton, signal, AT))


async def test_triton_says_why_there_are_no_percentiles(compositions: Mapping[str, Composition]) -> None:
    triton = compositions["triton"]
    for signal in ("latency_p50", "latency_p95", "latency_p99"):
        assert "only a mean" in triton.not_exported[signal]
    assert {query.signal for query in triton.signals}.isdisjoint(triton.not_exported)


async def test_model_label(client: PrometheusClient, compositions: Mapping[str, Composition]) -> None:
    composition = compositions["model-label"]
    expected = {
        "traffic": {"fraud": 4.0, "churn": 2.0, "ads": 4.0, "quiet": 0.0, "histogram-only": 0.4},
        "error_ratio": {"fraud": 0.05, "churn": 0.5, "ads": 0.0},
        "latency_mean": {"fraud": 0.15, "histogram-only": 0.05},
        "latency_p50": {"fraud": 0.1, "histogram-only": 0.05},
        "saturation": {"fraud": 0.61},
        "queue": {"fraud": 10.0},
    }
    for signal, values in expected.items():
        found = by_model(await signal_values(client, composition, signal, AT))
        assert found == {name: pytest.approx(value) for name, value in values.items()}, signal


async def test_structures_of_model_label(client: PrometheusClient, compositions: Mapping[str, Composition]) -> None:
    composition = compositions["model-label"]

    async def values(structure: Structure) -> dict[tuple[str, ...], float]:
        return await structure_values(client, composition, structure, AT)

    assert (await values(Structure.LIVE_TARGETS))["fraud", "ml"] == 2
    assert (await values(Structure.REPLICAS))["fraud", "ml"] == 2
    names = [key[2] for key in await values(Structure.REPLICA_NAMES) if key[0] == "fraud"]
    assert sorted(names) == ["model-label-1", "model-label-2"]
    versions = {
        key[2]: value for key, value in (await values(Structure.TRAFFIC_BY_VERSION)).items() if key[0] == "fraud"
    }
    assert versions == {"v41": pytest.approx(1.8), "v42": pytest.approx(2.2)}


async def test_burn_counts_of_model_label(client: PrometheusClient, compositions: Mapping[str, Composition]) -> None:
    counts: Values = {}
    for query in compositions["model-label"].burns:
        labels = (*query.group_labels, WINDOW_LABEL, COUNTED_LABEL)
        found = await ask(client, query.expression, labels, AT)
        counts |= {key[2:]: value for key, value in found.items() if key[:2] == ("fraud", "ml")}
    for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d"):
        assert counts[window, "failed 0"] == pytest.approx(0.05 * counts[window, "asked 0"]), window
    assert counts["5m", "asked 0"] == pytest.approx(1200)
    assert counts["1h", "asked 0"] == pytest.approx(14400)
    assert counts["3d", "asked 0"] == pytest.approx(28800, rel=0.01)


async def test_a_discovery_can_be_kept_as_json(discovery: Discovery) -> None:
    import msgspec

    kept = msgspec.json.decode(msgspec.json.encode(discovery), type=Discovery)
    assert kept == discovery
    assert discovery.presets["model-label"]["http_requests_total"] == (
        "__name__", "code", "instance", "job", "method", "model", "namespace", "pod", "status", "version",
    )  # fmt: skip


async def test_nothing_is_found_before_anything_was_exported(client: PrometheusClient) -> None:
    found = await discover(client, load_presets(), AT - 30 * 86400)
    assert found.compositions(load_presets(), 300) == ()
