"""The store against a real Prometheus whose past is known."""

import math
import time
from collections.abc import AsyncIterator
from functools import partial

import pytest

from console.detect.judge import judge
from console.domain.anomaly import AnomalyKind, Status
from console.domain.moments import floor_to_step
from console.domain.signal import State
from console.history.store import HistoryStore
from console.settings.settings import Settings
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.preset import load_presets
from console.transport.http import Endpoint, SourceError
from tests.services import WITH_THE_API_OF_PROMETHEUS, OpenMetricsHistory, Servers

MODELS = ("ads", "fraud", "lost")
BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, math.inf)
DAY = 26 * 3600.0
SLOW_FOR = 720.0
LOST_FOR = 900.0
"""Longer than the five minutes for which Prometheus repeats the last sample of a backfilled series."""


def the_past(end: float) -> OpenMetricsHistory:
    """Three models at 10 requests per second for a day: fraud turned slow, lost fell silent."""
    history = OpenMetricsHistory()
    for model in MODELS:
        for pod in ("a", "b"):
            labels = {"model": model, "namespace": "ml", "version": "v1", "pod": f"{model}-{pod}"}
            labels |= {"job": "models", "instance": f"{model}-{pod}:80"}
            until = end - LOST_FOR if model == "lost" else end
            span = {"start": end - DAY, "end": until, "step": 30.0}
            history.add_counter("http_requests_total", labels | {"code": "200"}, 5.0, **span)
            for bound in BUCKETS:
                text = "+Inf" if bound == math.inf else f"{bound:g}"
                history.add_function(
                    "http_request_duration_seconds_bucket",
                    labels | {"le": text},
                    partial(fast_and_slow, model=model, bound=bound, end=end),
                    **span,
                )
            history.add_counter("http_request_duration_seconds_count", labels, 5.0, **span)
            history.add_counter("http_request_duration_seconds_sum", labels, 0.5, **span)
    return history


def fast_and_slow(at: float, model: str, bound: float, end: float) -> float:
    """Return how many requests took at most `bound` seconds: 0.1 to 0.25 s each, fraud's lately 1 to 2.5 s."""
    total = (at - (end - DAY)) * 5.0
    slow = max(0.0, at - (end - SLOW_FOR)) * 5.0 if model == "fraud" else 0.0
    if bound >= 2.5:
        return total
    return total - slow if bound >= 0.25 else 0.0


@pytest.fixture(scope="module")
def end() -> float:
    return floor_to_step(time.time() - 600.0, 300.0)


@pytest.fixture(scope="module", params=WITH_THE_API_OF_PROMETHEUS)
def url(session_servers: Servers, end: float, request: pytest.FixtureRequest) -> str:
    return session_servers.with_the_api_of_prometheus(request.param, the_past(end)).url


@pytest.fixture
async def client(url: str) -> AsyncIterator[PrometheusClient]:
    async with PrometheusClient([Endpoint.parse(url)]) as client:
        yield client


async def test_models_appear_by_themselves_and_the_broken_ones_are_named(client: PrometheusClient, end: float) -> None:
    loaded = await HistoryStore(client, load_presets(), Settings()).load(end)
    views = {view.model.id: view for view in judge(loaded.history, Settings().judgement, (), ())}
    assert {model: view.status for model, view in views.items()} == {
        "ads": Status.OK,
        "fraud": Status.CRITICAL,
        "lost": Status.UNKNOWN,
    }
    (slow,) = views["fraud"].anomalies
    assert slow.kind is AnomalyKind.LATENCY
    assert slow.expected == pytest.approx(0.2485, rel=0.02)
    assert slow.value == pytest.approx(2.485, rel=0.02)
    assert end - SLOW_FOR <= slow.onset <= end - SLOW_FOR + 60.0
    assert views["lost"].anomalies[0].kind is AnomalyKind.MISSING_DATA
    assert views["lost"].readings["traffic"].state is State.STALE
    assert views["ads"].readings["traffic"].value == pytest.approx(10.0, rel=0.02)
    assert views["ads"].readings["error_ratio"].value == 0.0
    assert views["ads"].versions == {"v1": 1.0}
    assert views["ads"].replicas == 2


async def test_tails_and_a_cold_load_tell_the_same(client: PrometheusClient, end: float) -> None:
    warm = HistoryStore(client, load_presets(), Settings())
    for earlier in (900.0, 840.0, 465.0, 450.0, 17.0):
        await warm.load(end - earlier)
    cold = await HistoryStore(client, load_presets(), Settings()).load(end)
    settled = await warm.load(end)
    rules = (Settings().judgement, (), ())
    assert repr(judge(settled.history, *rules)) == repr(judge(cold.history, *rules))  # NaN equals no NaN


async def test_a_refresh_asks_as_many_queries_whatever_the_number_of_models(
    client: PrometheusClient, end: float
) -> None:
    store = HistoryStore(client, load_presets(), Settings())
    first = await store.load(end - 30.0)
    again = await store.load(end - 15.0)
    assert again.queries < first.queries <= 20


async def test_the_past_of_before_the_data_is_empty_not_an_error(client: PrometheusClient, end: float) -> None:
    loaded = await HistoryStore(client, load_presets(), Settings()).load(end - 3 * DAY)
    assert loaded.history.models == ()


async def test_a_store_that_hides_its_newest_samples_makes_nothing_stale(servers: Servers) -> None:
    now = time.time()
    store = servers.victoria_metrics(history=the_past(now), flags=())
    async with PrometheusClient([Endpoint.parse(store.url)]) as client:
        loaded = await HistoryStore(client, load_presets(), Settings()).load(now)
    views = {view.model.id: view for view in judge(loaded.history, Settings().judgement, (), ())}
    assert {model: view.status for model, view in views.items()} == {
        "ads": Status.OK,
        "fraud": Status.CRITICAL,
        "lost": Status.UNKNOWN,
    }
    assert views["ads"].readings["traffic"].value == pytest.approx(10.0, rel=0.02)
    assert views["ads"].replicas == 2


async def test_a_server_that_is_gone_is_an_error_of_the_source() -> None:
    async with PrometheusClient([Endpoint.parse("http://127.0.0.1:1")], timeout_seconds=2.0) as nobody:
        with pytest.raises(SourceError, match="connection refused"):
            await HistoryStore(nobody, load_presets(), Settings()).load(1_790_000_000.0)
