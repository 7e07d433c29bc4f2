"""Traffic, errors and latency from a log, against numpy on the same rows."""

import math
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import numpy as np
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as some

from console.domain.series import Grid
from console.history.predictions.service import quantile_of, read_service_signals
from console.settings.predictions import PredictionStore
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import map_log
from console.transport.sql import SqlStore
from tests.services.engines import Engine

START = datetime(2026, 11, 20, tzinfo=UTC).timestamp()
ROWS = 3000


def logged() -> pyarrow.Table:
    random = np.random.default_rng(4)
    seconds = np.sort(random.uniform(0, 1800, ROWS))
    return pyarrow.table(
        {
            "timestamp": pyarrow.array(((START + seconds) * 1e6).astype(np.int64), pyarrow.timestamp("us")),
            "model": ["fraud"] * ROWS,
            "version": ["v2" if second > 1200 else "v1" for second in seconds],
            "latency": random.exponential(0.2, ROWS),
            "error": random.random(ROWS) < 0.05,
            "x": random.normal(0, 1, ROWS),
        }
    )


@pytest.fixture
async def opened(engine: Engine) -> AsyncIterator[tuple[SqlStore, PredictionLog]]:
    address = engine.keep(logged())
    async with engine.open(address) as store:
        yield store, await map_log(store, PredictionStore(address))


async def test_signals_are_those_of_the_rows_in_the_window_before_each_instant(
    opened: tuple[SqlStore, PredictionLog],
) -> None:
    grid = Grid(START + 600, 15.0, 81)
    found = await read_service_signals(*opened, grid, models=["fraud", "other"])
    assert list(found) == ["fraud"]
    signals = found["fraud"]
    rows = logged()
    at = rows["timestamp"].to_numpy().astype("datetime64[us]").astype(np.int64) / 1e6
    for index in (0, 40, 80):
        end = grid.instant(index)
        inside = (at >= end - 300) & (at < end)
        assert signals.series["traffic"].values[index] == inside.sum() / 300
        assert (
            signals.series["error_ratio"].values[index] == rows["error"].to_numpy(zero_copy_only=False)[inside].mean()
        )
        p95 = np.quantile(rows["latency"].to_numpy()[inside], 0.95)
        assert 0.5 <= p95 <= 1.0
        assert signals.series["latency_p95"].values[index] == pytest.approx(p95, rel=0.3)
    assert list(signals.by_version) == ["v1", "v2"]
    total = np.sum([series["traffic"].values.tolist() for series in signals.by_version.values()], axis=0)
    assert total.tolist() == pytest.approx(list(signals.series["traffic"].values))


async def test_no_rows_in_a_window_are_no_traffic_and_nothing_else(opened: tuple[SqlStore, PredictionLog]) -> None:
    found = await read_service_signals(*opened, Grid(START - 600, 60.0, 12))
    assert found["fraud"].series["traffic"].values[0] == 0.0
    assert all(math.isnan(found["fraud"].series[name].values[0]) for name in ("error_ratio", "latency_p99"))


def test_quantiles_are_interpolated_as_prometheus_does() -> None:
    counts = np.array([[10, 10, 0, 0], [0, 0, 0, 5], [0, 0, 0, 0], [0, 4, 0, 0]])
    assert quantile_of(counts, 0.5, (1.0, 2.0, 4.0)).tolist() == pytest.approx([1.0, 4.0, math.nan, 1.5], nan_ok=True)
    assert quantile_of(counts, 0.95, (1.0, 2.0, 4.0))[0] == pytest.approx(1.9)


@given(some.lists(some.integers(0, 1000), min_size=4, max_size=4), some.floats(0.01, 0.99))
def test_quantiles_lie_in_the_bucket_that_holds_them(counts: list[int], wanted: float) -> None:
    value = float(quantile_of(np.array([counts]), wanted, (1.0, 2.0, 4.0))[0])
    if not sum(counts):
        assert math.isnan(value)
        return
    place = int(np.searchsorted(np.cumsum(counts), wanted * sum(counts)))
    low, high = [(0.0, 1.0), (1.0, 2.0), (2.0, 4.0), (4.0, 4.0)][place]
    assert low <= value <= high
