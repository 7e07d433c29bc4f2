import asyncio
import time

import pytest

from console.sources.prometheus.inventory import take_inventory
from console.sources.prometheus.preset import load_presets
from console.transport.http import BasicCredentials, Endpoint, NotJson, TimedOut, Unreachable
from tests.services import OpenMetricsHistory, Servers, wait_until
from tests.services.prometheus import Prometheus
from tests.sources.lying_server import Lie, LyingServer, answer

CONFIG = """
global: {scrape_interval: 1s}
scrape_configs:
  - job_name: itself
    static_configs: [{targets: ['127.0.0.1:1']}]
"""
AT = 1_700_000_000.0


def test_what_a_real_server_has(servers: Servers) -> None:
    history = OpenMetricsHistory()
    for model in ("fraud", "churn"):
        history.add("http_requests_total", {"model": model, "code": "200"}, [(AT, 1)])
    history.add("http_requests_total", {"code": "200"}, [(AT, 1)])
    prometheus = servers.prometheus(config=CONFIG, history=history)

    def scraped(server: Prometheus = prometheus) -> bool:
        return bool(server.query("up == 0"))

    wait_until(scraped, "the target was scraped")
    inventory = take_inventory(Endpoint.parse(prometheus.url), load_presets())
    assert inventory.endpoint == prometheus.address
    assert inventory.series_names >= 2
    found = {preset.preset: preset for preset in inventory.presets}
    assert found["model-label"].models == ("churn", "fraud")
    assert found["model-label"].exported == ("http_requests_total",)
    assert "http_request_duration_seconds_bucket" in found["model-label"].missing
    assert found["vllm"].models == ()
    assert inventory.targets_up == 0
    (down,) = inventory.targets_down
    assert (down.job, down.instance) == ("itself", "127.0.0.1:1")
    assert "refused" in down.error


def test_what_a_store_without_scrape_targets_has(servers: Servers) -> None:
    history = OpenMetricsHistory().add("http_requests_total", {"model": "fraud", "code": "200"}, [(time.time(), 1)])
    store = servers.victoria_metrics(history=history)
    inventory = take_inventory(Endpoint.parse(store.url), load_presets())
    found = {preset.preset: preset for preset in inventory.presets}
    assert found["model-label"].models == ("fraud",)
    assert (inventory.targets_up, inventory.targets_down) == (0, ())


async def test_a_server_that_does_not_know_its_targets_is_not_down() -> None:
    names, values = answer({"status": "success", "data": ["up"]}), Lie(404, b"404 page not found", "text/plain")
    async with LyingServer(names, values) as server:
        inventory = await asyncio.to_thread(take_inventory, Endpoint.parse(server.url), load_presets())
    assert (inventory.series_names, inventory.targets_up, inventory.targets_down) == (1, None, ())
    assert server.requests[1].path == "/api/v1/targets"


def test_a_dead_server_is_told_without_secrets() -> None:
    endpoint = Endpoint.parse("http://127.0.0.1:1", BasicCredentials("ops", "hunter2"))
    with pytest.raises(Unreachable, match="connection refused") as caught:
        take_inventory(endpoint, load_presets())
    assert "hunter2" not in caught.value.detail


def test_a_hung_server_is_asked_once(servers: Servers) -> None:
    prometheus = servers.prometheus()
    prometheus.suspend()
    with pytest.raises(TimedOut, match=r"within 0\.2 s"):
        take_inventory(Endpoint.parse(prometheus.url), load_presets(), timeout_seconds=0.2)


def test_another_kind_of_server(servers: Servers) -> None:
    with pytest.raises(NotJson, match=r"answered 404 .*is the path of the URL right"):
        take_inventory(Endpoint.parse(servers.alertmanager().url), load_presets())


@pytest.mark.parametrize(
    ("names", "targets"),
    [
        ([1, 2], None),
        ({"up": 1}, None),
        (["up"], []),
        (["up"], {"activeTargets": ["x"]}),
        (["up"], {"activeTargets": [{"health": "down", "labels": [], "lastError": "x"}]}),
        (["up"], {"activeTargets": [{"health": "down", "labels": {"job": 4}, "lastError": "x"}]}),
        (["up"], {"activeTargets": [{"health": "down", "labels": {}, "lastError": None}]}),
    ],
)
async def test_json_of_another_shape_is_one_line(names: object, targets: object) -> None:
    lies = [answer({"status": "success", "data": data}) for data in (names, targets)]
    async with LyingServer(*lies) as server:
        with pytest.raises(NotJson, match="answered JSON that is not an answer of Prometheus"):
            await asyncio.to_thread(take_inventory, Endpoint.parse(server.url), load_presets())


async def test_json_that_is_nested_without_end_is_one_line() -> None:
    async with LyingServer(Lie(200, b'{"data":' + b"[" * 100_000)) as server:
        with pytest.raises(NotJson, match="answered something that is not JSON"):
            await asyncio.to_thread(take_inventory, Endpoint.parse(server.url), load_presets())
