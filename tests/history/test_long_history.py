"""Onsets of incidents that are older than a day, read a day at a time from a real Prometheus, and kept on disk."""

import math
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import msgspec
import pytest

from console.domain.anomaly import Anomaly
from console.domain.moments import floor_to_step
from console.domain.objective import Objective
from console.domain.series import Grid
from console.domain.snapshot import Snapshot
from console.engine.refresh import Refresher
from console.history.loads import Loader
from console.history.tally import Tally
from console.settings.settings import ModelRule, ServerSettings, Settings
from console.sources.prometheus.answers import RangeAnswer
from console.sources.prometheus.client import PrometheusClient
from console.sources.prometheus.errors import QueryTooHeavy
from console.transport.http import Endpoint
from tests.services import OpenMetricsHistory, Prometheus, Servers

END = floor_to_step(time.time(), 86_400.0) - 43_200.0
"""A noon, so that the day before is over whenever the tests run."""
DAYS = 8 * 86_400.0
SLOW_SINCE = END - 2.6 * 86_400.0
BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, math.inf)
MODELS = ("calm", "fraud")


def requests_within(at: float, bound: float, slow_since: float) -> float:
    """Return how many of 5 requests a second took at most `bound` seconds: 0.1 to 0.25 s, later 1 to 2.5 s."""
    total = (at - (END - DAYS)) * 5.0
    slow = max(0.0, at - slow_since) * 5.0
    return total if bound >= 2.5 else total - slow if bound >= 0.25 else 0.0


def the_past() -> OpenMetricsHistory:
    history = OpenMetricsHistory()
    span = {"start": END - DAYS, "end": END + 900.0, "step": 120.0}
    for model in MODELS:
        labels = {"model": model, "job": "models", "instance": f"{model}:80"}
        slow_since = SLOW_SINCE if model == "fraud" else math.inf
        history.add_counter("http_requests_total", labels | {"code": "200"}, 5.0, **span)
        history.add_counter("http_request_duration_seconds_count", labels, 5.0, **span)
        history.add_counter("http_request_duration_seconds_sum", labels, 0.5, **span)
        for bound in BUCKETS:
            text = "+Inf" if bound == math.inf else f"{bound:g}"
            within = partial(requests_within, bound=bound, slow_since=slow_since)
            history.add_function("http_request_duration_seconds_bucket", labels | {"le": text}, within, **span)
    return history


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    return session_servers.prometheus(history=the_past())


@pytest.fixture
def settings(prometheus: Prometheus) -> Settings:
    rule = ModelRule("*", Objective(latency={"latency_p99": 0.5}))
    server = ServerSettings(name="prometheus", urls=(prometheus.url,), timeout=20.0)
    return Settings(prometheus=server, models=(rule,), rate_window=600.0)


@pytest.fixture
def points(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many instants every range query asked for."""
    asked: list[int] = []
    original = PrometheusClient.query_range

    async def counting(
        self: PrometheusClient, expression: str, start: float, end: float, step: float, **more: float | None
    ) -> RangeAnswer:
        asked.append(round((end - start) / step) + 1)
        return await original(self, expression, start, end, step, **more)

    monkeypatch.setattr(PrometheusClient, "query_range", counting)
    return asked


@asynccontextmanager
async def console(settings: Settings, cache: Path, said: list[str] | None = None) -> AsyncIterator[Refresher]:
    told = [] if said is None else said
    environment = {"XDG_CACHE_HOME": str(cache)}
    refresher = Refresher(settings, environment=environment, clock=lambda: END, tell=told.append)
    async with refresher:
        yield refresher


async def cold_summary(settings: Settings, cache: Path, at: float = END, said: list[str] | None = None) -> Snapshot:
    async with console(settings, cache, said) as refresher:
        return await refresher.take(at)


def anomaly_of(snapshot: Snapshot, model: str) -> Anomaly:
    (anomaly,) = next(view.anomalies for view in snapshot.models if view.model.id == model)
    return anomaly


@pytest.mark.parametrize("points_of_baselines", [0, 10_000_000])
async def test_an_onset_days_ago_is_known_to_five_minutes(
    settings: Settings, tmp_path: Path, points_of_baselines: int
) -> None:
    looking = msgspec.structs.replace(settings, baseline_points=points_of_baselines)
    anomaly = anomaly_of(await cold_summary(looking, tmp_path), "fraud")
    assert not anomaly.onset_is_earlier
    assert abs(anomaly.onset - SLOW_SINCE) <= settings.rate_window + 300.0


async def test_an_onset_before_the_configured_history_is_told_as_earlier(settings: Settings, tmp_path: Path) -> None:
    short = msgspec.structs.replace(settings, history=2 * 86_400.0)
    anomaly = anomaly_of(await cold_summary(short, tmp_path), "fraud")
    assert anomaly.onset_is_earlier
    assert anomaly.onset == pytest.approx(END - 2 * 86_400.0, abs=300.0)


async def test_a_healthy_fleet_without_baselines_is_asked_for_one_day(
    settings: Settings, tmp_path: Path, points: list[int]
) -> None:
    rule = ModelRule("*", Objective(latency={"latency_p99": 5.0}))
    await cold_summary(msgspec.structs.replace(settings, models=(rule,), baseline_points=0), tmp_path)
    assert max(points) == 289


async def test_a_screen_and_a_cold_summary_tell_the_same_onset(settings: Settings, tmp_path: Path) -> None:
    async with console(settings, tmp_path / "screen") as screen:
        for at in (END - 30.0, END - 15.0):
            await screen.take(at)
        on_the_screen = await screen.take(END)
    assert anomaly_of(on_the_screen, "fraud") == anomaly_of(await cold_summary(settings, tmp_path / "cold"), "fraud")


async def test_the_second_summary_reads_tails_and_tells_the_same(
    settings: Settings, tmp_path: Path, points: list[int]
) -> None:
    await cold_summary(settings, tmp_path)
    cold = sum(points)
    points.clear()
    warm = await cold_summary(settings, tmp_path, END + 15.0)
    assert max(points) < 20
    assert sum(points) * 10 < cold
    points.clear()
    fresh = await cold_summary(settings, tmp_path / "elsewhere", END + 15.0)
    assert [(v.model.id, v.status, v.readings, v.anomalies) for v in warm.models] == [
        (v.model.id, v.status, v.readings, v.anomalies) for v in fresh.models
    ]


async def test_a_past_instant_reads_days_from_disk_and_leaves_newer_tails_there(
    settings: Settings, tmp_path: Path, points: list[int]
) -> None:
    await cold_summary(settings, tmp_path)
    points.clear()
    await cold_summary(settings, tmp_path, END - 3600.0)
    assert points.count(292) == 0, "the days before are on disk"
    points.clear()
    await cold_summary(settings, tmp_path, END + 15.0)
    assert max(points) < 20


async def test_another_step_and_another_tenant_read_everything(
    settings: Settings, tmp_path: Path, points: list[int]
) -> None:
    await cold_summary(settings, tmp_path)
    points.clear()
    await cold_summary(msgspec.structs.replace(settings, step=30.0), tmp_path)
    assert points.count(121) > 3
    points.clear()
    assert settings.prometheus is not None
    tenant = msgspec.structs.replace(settings.prometheus, headers={"X-Scope-OrgID": "b"})
    await cold_summary(msgspec.structs.replace(settings, prometheus=tenant), tmp_path)
    assert points.count(241) > 3


async def test_without_a_cache_nothing_is_written(settings: Settings, tmp_path: Path) -> None:
    await cold_summary(msgspec.structs.replace(settings, cache=False), tmp_path)
    assert not os.listdir(tmp_path)


async def test_a_cache_that_cannot_be_written_is_told_once(settings: Settings, tmp_path: Path) -> None:
    said: list[str] = []
    snapshot = await cold_summary(settings, Path("/dev/null"), said=said)
    assert len(snapshot.models) == len(MODELS)
    assert len(said) == 1


def damage(cache: Path) -> None:
    for file in (cache / "incident-console" / "history").iterdir():
        os.truncate(file, file.stat().st_size - 4)


async def test_damaged_files_are_told_once_and_replaced(settings: Settings, tmp_path: Path, points: list[int]) -> None:
    await cold_summary(settings, tmp_path)
    damage(tmp_path)
    said: list[str] = []
    await cold_summary(settings, tmp_path, said=said)
    assert len(said) == 1
    points.clear()
    await cold_summary(settings, tmp_path, END + 15.0)
    assert max(points) < 20


QUERY = "sum by (model, le) (rate(http_request_duration_seconds_bucket[10m]))"
WEEK = Grid.until(END, 7 * 86_400.0, 300.0)


@pytest.mark.parametrize(("most_samples", "is_split"), [(9_000, False), (2_500, True)])
async def test_a_week_stays_under_the_limits_of_the_server(
    servers: Servers, prometheus: Prometheus, most_samples: int, is_split: bool
) -> None:
    limited = servers.prometheus(history=the_past(), flags=[f"--query.max-samples={most_samples}"])
    tally = Tally()
    async with PrometheusClient([Endpoint.parse(limited.url)]) as client:
        with pytest.raises(QueryTooHeavy):
            await client.query_range(QUERY, WEEK.start, WEEK.end, WEEK.step)
        week = await Loader(client).load(QUERY, WEEK, tally)
    async with PrometheusClient([Endpoint.parse(prometheus.url)]) as client:
        whole = await client.query_range(QUERY, WEEK.start, WEEK.end, WEEK.step)
    assert sorted(week.keys) == sorted(whole.keys)
    for key, series in zip(whole.keys, whole.series, strict=True):
        row = week.row(key)
        assert row is not None
        assert row.tolist() == [point.value for point in series.values]
    assert bool(tally.too_heavy) is is_split


async def test_what_is_too_heavy_even_for_a_few_points_is_an_error(servers: Servers) -> None:
    limited = servers.prometheus(history=the_past(), flags=["--query.max-samples=10"])
    async with PrometheusClient([Endpoint.parse(limited.url)]) as client:
        with pytest.raises(QueryTooHeavy):
            await Loader(client).load(QUERY, WEEK, Tally())
