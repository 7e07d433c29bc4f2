"""Answers that are well-formed and odd: only NaN, rows in another order, renamed targets, far too many series."""

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count
from typing import Any

import pytest

from console.domain.anomaly import Status
from console.domain.signal import State
from tests.faults.lying_proxy import LyingProxy, asks
from tests.faults.stage import a_console, model, only_source
from tests.services import Servers, wait_until
from tests.sources.lying_server import Lie, LyingServer

LATENCY = asks("histogram_quantile(0.99")


def changed(change: Callable[[list[dict[str, Any]]], object]) -> Callable[[Lie], Lie]:
    """Return what changes the rows of a successful answer."""

    def twist(lie: Lie) -> Lie:
        document = json.loads(lie.body)
        change(document["data"]["result"])
        return replace(lie, body=json.dumps(document).encode())

    return twist


def only_nan(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        row["values"] = [[at, "NaN"] for at, _ in row["values"]]


async def test_only_nan_is_never_health(proxy: LyingProxy) -> None:
    async with a_console(proxy.url) as console:
        before = model(await console.refresh(), "ads").readings["latency_p99"]
        proxy.twist(changed(only_nan), LATENCY)
        snapshot = await console.refresh(times=2)
        ads = model(snapshot, "ads")
        assert (ads.readings["latency_p99"].state, ads.readings["latency_p99"].value) == (State.STALE, before.value)
        assert (ads.status, ads.readings["traffic"].state) == (Status.UNKNOWN, State.OK)
    proxy.twist(changed(only_nan), asks("", path="/api/v1/query_range"))
    async with a_console(proxy.url) as console:
        snapshot = await console.refresh()
    assert (snapshot.models, snapshot.status) == ((), Status.UNKNOWN)


def in_turn() -> Callable[[list[dict[str, Any]]], object]:
    """Return what turns the rows around at every second answer."""
    turn = count()
    return lambda rows: rows.reverse() if next(turn) % 2 else None


async def test_the_order_of_rows_means_nothing(proxy: LyingProxy) -> None:
    now = time.time()
    async with a_console(proxy.url, now=now) as console:
        honest = await console.refresh(times=3)
    proxy.twist(changed(in_turn()), asks("", path="/api/v1/query"))
    async with a_console(proxy.url, now=now) as console:
        shuffled = await console.refresh(times=3)
    assert repr(shuffled.models) == repr(honest.models)


class GrowingCounter(LyingServer):
    """A target whose counter grows with the time."""

    RATE = 20.0

    async def _lie_for(self, _: object) -> Lie:
        body = f'http_requests_total{{model="ads",code="200"}} {time.monotonic() * self.RATE:.0f}\n'
        return Lie(body=body.encode(), content_type="text/plain")


def scraping(job: str, target: LyingServer) -> str:
    return (
        "global: {scrape_interval: 500ms}\n"
        f"scrape_configs: [{{job_name: {job}, static_configs: [{{targets: ['127.0.0.1:{target.port}']}}]}}]\n"
    )


async def test_a_target_that_is_renamed_stays_one_model_without_a_spike(servers: Servers) -> None:
    window = 2.0
    async with AsyncExitStack() as stack:
        target = await stack.enter_async_context(GrowingCounter())
        prometheus = await asyncio.to_thread(servers.prometheus, config=scraping("models", target))
        console = await stack.enter_async_context(a_console(prometheus.url, step=1.0, rate_window=window))

        async def until_scraped_as(job: str) -> None:
            """Wait until the newest point of a refresh has a whole window of samples behind it."""
            enough = f'count_over_time(http_requests_total{{job="{job}"}}[{window:g}s] offset 1s) >= 4'
            await asyncio.to_thread(wait_until, lambda: prometheus.query(enough), enough)

        await until_scraped_as("models")
        before = model(await console.refresh_now(), "ads")
        (prometheus.folder / "prometheus.yml").write_text(scraping("renamed", target))
        await asyncio.to_thread(prometheus.reload)
        await until_scraped_as("renamed")
        snapshot = await console.refresh_now()
        traffic = await console.numbers_of(snapshot.models[0], "traffic")
    assert [view.model.id for view in snapshot.models] == ["ads"]
    after = model(snapshot, "ads")
    assert (after.status, only_source(snapshot).detail) == (before.status, None)
    assert after.readings["traffic"].value == pytest.approx(GrowingCounter.RATE, rel=0.3)
    assert max(traffic) < 1.5 * GrowingCounter.RATE
