"""Native histograms: one series holds what a classic one tells in many; Prometheus 2.42 takes none from text."""

import time
from typing import cast

import pytest

from console.history.store import HistoryStore
from console.settings.settings import Settings
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.compose import compose
from console.sources.prometheus.exported import Exported
from console.sources.prometheus.preset import load_presets
from console.sources.prometheus.signal_query import Composition
from console.transport.http import Endpoint
from tests.history.canned import CannedClient
from tests.services import Servers

NATIVE = "http_request_duration_seconds"
LABELS = frozenset({"__name__", "job", "instance", "model", "code"})
ONLY_NATIVE = {NATIVE: LABELS}
ONLY_CLASSIC = {f"{NATIVE}_count": LABELS, f"{NATIVE}_sum": LABELS, f"{NATIVE}_bucket": LABELS | {"le"}}
(PRESET,) = (preset for preset in load_presets() if preset.name == "model-label")


def composed(labels: dict[str, frozenset[str]]) -> Composition:
    found = Exported.of(PRESET, labels)
    assert found is not None
    return compose(found, 300.0)


def signals(composition: Composition) -> dict[str, str]:
    return {query.signal: query.expression for query in composition.signals}


def test_a_native_histogram_tells_what_a_classic_one_does() -> None:
    native, classic = composed(ONLY_NATIVE), composed(ONLY_CLASSIC)
    assert signals(native).keys() == signals(classic).keys()
    assert native.structures.keys() == classic.structures.keys()
    assert len(native.burns) == len(classic.burns)
    live = f'rate({NATIVE}{{model!=""}}[5m]) and {NATIVE}{{model!=""}}'
    assert signals(native)["latency_p99"] == f"histogram_quantile(0.99, sum by (model) ({live}))"
    assert signals(native)["traffic"] == f"sum by (model) (histogram_count({live}))"
    assert f"histogram_sum({live})" in signals(native)["latency_mean"]


def test_while_models_migrate_each_replica_counts_once() -> None:
    both, classic = signals(composed(ONLY_CLASSIC | ONLY_NATIVE)), signals(composed(ONLY_CLASSIC))
    live = f'rate({NATIVE}_count{{model!=""}}[5m]) and {NATIVE}_count{{model!=""}}'
    assert both["traffic"].startswith(f"sum by (model) ({live} or histogram_count(rate({NATIVE}{{")
    assert " or histogram_quantile(0.99, sum by (model) (rate(" in both["latency_p99"]
    assert both["latency_p99"].startswith("(" + classic["latency_p99"].partition(" and on")[0])


def test_the_quantiles_of_a_summary_are_no_native_histogram() -> None:
    beside = composed(ONLY_CLASSIC | {NATIVE: LABELS | {"quantile"}})
    assert signals(beside) == signals(composed(ONLY_CLASSIC))
    assert Exported.of(PRESET, {NATIVE: LABELS | {"quantile"}}) is None


@pytest.mark.parametrize("labels", [ONLY_NATIVE, ONLY_CLASSIC | ONLY_NATIVE])
async def test_a_real_server_takes_every_expression(servers: Servers, labels: dict[str, frozenset[str]]) -> None:
    composition = composed(labels)
    expressions = [query.expression for query in composition.signals]
    expressions += [query.expression for query in composition.burns]
    expressions += [query.expression for query in composition.structures.values()]
    async with PrometheusClient([Endpoint.parse(servers.prometheus().url)]) as client:
        for expression in expressions:
            assert (await client.query(expression, time.time())).samples == []


async def test_a_fleet_that_exports_nothing_else_is_read() -> None:
    client = CannedClient()
    client.names = {NATIVE: tuple(sorted(LABELS))}
    store = HistoryStore(cast(PrometheusClient, client), load_presets(), Settings())
    (model,) = (await store.load(1e9)).history.models
    assert {"traffic", "error_ratio", "latency_mean", "latency_p99"} <= model.fine.keys()
