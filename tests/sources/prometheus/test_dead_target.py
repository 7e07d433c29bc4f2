"""A scrape target that died must not read as falling traffic."""

import asyncio
from contextlib import AsyncExitStack

from console.sources.prometheus import PrometheusClient
from console.sources.prometheus.discovery import discover
from console.sources.prometheus.preset import load_presets
from console.sources.prometheus.signal_query import Structure
from console.transport.http import Endpoint
from tests.services import Servers, wait_until
from tests.services.openmetrics import OpenMetricsHistory
from tests.services.prometheus import Prometheus
from tests.sources.lying_server import Lie, LyingServer
from tests.sources.prometheus.asking import ask, by_model, signal_values, structure_values

RATE_WINDOW = 5
PLAIN_RATE = f"sum by (model) (rate(http_requests_total[{RATE_WINDOW}s]))"
GROWING = [
    Lie(body=b'http_requests_total{model="fraud",code="200"} %d\n' % (10 * number), content_type="text/plain")
    for number in range(1000)
]


def scraping(targets: list[LyingServer]) -> str:
    addresses = ", ".join(f"'127.0.0.1:{target.port}'" for target in targets)
    return (
        "global: {scrape_interval: 1s}\n"
        f"scrape_configs: [{{job_name: models, static_configs: [{{targets: [{addresses}]}}]}}]\n"
    )


async def first(prometheus: Prometheus, expression: str) -> float:
    """Return the instant at which an expression first has a value."""
    found = await asyncio.to_thread(wait_until, lambda: prometheus.query(expression), expression)
    return float(found[0]["value"][0])


async def test_the_traffic_of_a_dead_target_ends_with_it(servers: Servers) -> None:
    async with AsyncExitStack() as stack:
        dying = [LyingServer(*GROWING), LyingServer(*GROWING)]
        running = [await stack.enter_async_context(AsyncExitStack()) for _ in dying]
        for lifetime, target in zip(running, dying, strict=True):
            await lifetime.enter_async_context(target)
        prometheus = await asyncio.to_thread(servers.prometheus, config=scraping(dying))
        client = await stack.enter_async_context(PrometheusClient([Endpoint.parse(prometheus.url)]))

        at = await first(prometheus, f"count(rate(http_requests_total[{RATE_WINDOW}s]) > 0) == 2")
        discovery = await discover(client, load_presets(), at)
        (composition,) = discovery.compositions(load_presets(), RATE_WINDOW)
        assert await signal_values(client, composition, "traffic", at) == await ask(client, PLAIN_RATE, ("model",), at)
        assert await structure_values(client, composition, Structure.LIVE_TARGETS, at) == {("fraud",): 2}
        assert await structure_values(client, composition, Structure.DEAD_TARGETS, at) == {}

        await running[0].aclose()
        at = await first(prometheus, "count(up == 0) == 1")
        of_the_living = (
            f'sum by (model) (rate(http_requests_total{{instance="127.0.0.1:{dying[1].port}"}}[{RATE_WINDOW}s]))'
        )
        traffic = await signal_values(client, composition, "traffic", at)
        assert traffic == await ask(client, of_the_living, ("model",), at)
        assert traffic["fraud",] < (await ask(client, PLAIN_RATE, ("model",), at))["fraud",]
        assert await structure_values(client, composition, Structure.LIVE_TARGETS, at) == {("fraud",): 1}
        assert await structure_values(client, composition, Structure.DEAD_TARGETS, at) == {("fraud",): 1}

        await running[1].aclose()
        at = await first(prometheus, "count(up == 0) == 2")
        assert (await client.query(PLAIN_RATE, at)).samples, "the plain rate still declines"
        assert await signal_values(client, composition, "traffic", at) == {}
        assert await structure_values(client, composition, Structure.LIVE_TARGETS, at) == {}
        assert await structure_values(client, composition, Structure.DEAD_TARGETS, at) == {("fraud",): 2}


async def test_a_target_that_is_down_is_dead_at_once_where_nobody_marks_its_series_as_stale(servers: Servers) -> None:
    end = 1_770_000_000.0
    target = {"job": "models", "instance": "10.0.0.1:8080"}
    past = OpenMetricsHistory()
    past.add("up", target, [(end - 60.0 + 15.0 * number, float(number < 2)) for number in range(5)])
    past.add_counter(
        "http_requests_total", {**target, "model": "fraud", "code": "200"}, 10.0, start=end - 600.0, end=end - 45.0
    )
    prometheus = await asyncio.to_thread(servers.prometheus, history=past)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        discovery = await discover(client, load_presets(), end)
        (composition,) = discovery.compositions(load_presets(), RATE_WINDOW)
        lived = await structure_values(client, composition, Structure.LIVE_TARGETS, end - 45.0)
        assert (by_model(lived), await structure_values(client, composition, Structure.LIVE_TARGETS, end)) == (
            {"fraud": 1},
            {},
        )
