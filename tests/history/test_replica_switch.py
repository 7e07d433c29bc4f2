"""Two replicas that saw different things: what one says is never joined to what the other said."""

import time
from pathlib import Path

import pytest

from console.domain.moments import floor_to_step
from console.history.cache import DiskCache, Kept
from console.history.store import HistoryStore
from console.settings.settings import Settings
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.preset import load_presets
from console.transport.http import Endpoint
from console.transport.http.replicas import STICK_SECONDS
from tests.services import OpenMetricsHistory, Servers

END = floor_to_step(time.time() - 600.0, 300.0)
LABELS = {"model": "fraud", "code": "200", "job": "models", "instance": "a:80"}


def seen_at(rate: float) -> OpenMetricsHistory:
    history = OpenMetricsHistory()
    return history.add_counter("http_requests_total", LABELS, rate, start=END - 7200.0, end=END)


async def test_a_switch_reloads_everything_and_so_does_the_way_back(servers: Servers) -> None:
    first, second = (servers.prometheus(history=seen_at(rate)) for rate in (5.0, 7.0))
    now = [1000.0]
    endpoints = [Endpoint.parse(server.url) for server in (first, second)]
    async with PrometheusClient(endpoints, timeout_seconds=1.0, clock=lambda: now[0]) as client:
        store = HistoryStore(client, load_presets(), Settings())

        async def traffic(at: float) -> tuple[float, float]:
            (model,) = (await store.load(at)).history.models
            values = [value for value in model.fine["traffic"].values if value == value]
            assert len(values) > 200
            return min(values), max(values)

        assert await traffic(END - 60.0) == pytest.approx((5.0, 5.0))
        first.suspend()
        assert await traffic(END - 45.0) == pytest.approx((7.0, 7.0))
        assert client.stand_in == second.address
        first.resume()
        assert await traffic(END - 30.0) == pytest.approx((7.0, 7.0))
        now[0] += STICK_SECONDS
        await traffic(END - 15.0)  # some queries may still be answered by the stand-in, none by both
        assert await traffic(END) == pytest.approx((5.0, 5.0))
        assert client.stand_in is None


async def test_what_one_replica_told_is_not_joined_to_another_by_the_disk(servers: Servers, tmp_path: Path) -> None:
    first, second = (servers.prometheus(history=seen_at(rate)) for rate in (5.0, 7.0))
    endpoints = [Endpoint.parse(server.url) for server in (first, second)]

    async def traffic(at: float) -> set[float]:
        kept = Kept(DiskCache(tmp_path / "cache", pytest.fail, time.time), "me")
        async with PrometheusClient(endpoints, timeout_seconds=1.0) as client:
            store = HistoryStore(client, load_presets(), Settings(), cache=kept)
            (model,) = (await store.load(at)).history.models
            await store.aclose()
            return {round(value, 6) for value in model.fine["traffic"].values if value == value}

    assert await traffic(END - 60.0) == {5.0}
    first.suspend()
    assert await traffic(END - 45.0) == {7.0}
    first.resume()
    assert await traffic(END - 30.0) == {5.0}
