"""What is known at the head of a log, which ends where its newest row is and not where the console stands."""

import math
from collections.abc import Iterable
from pathlib import Path

import duckdb
import pytest

from console.detect.errors import BURN_WINDOWS
from console.domain.model import Model, identify
from console.domain.series import Grid
from console.domain.signal import ERROR_RATIO, TRAFFIC
from console.engine.predictions.logged import read_logged
from console.history.view import ModelHistory
from console.settings.predictions import PredictionStore, StoreAddress
from console.sources.predictions.mapping import LogMapper
from console.transport.sql import open_store

NOW = 1_780_272_000.0
HOUR = 3600.0
MODELS = tuple(identify((name, {}) for name in ("busy", "quiet")))


def write_rows(directory: Path, **until: float) -> PredictionStore:
    """Write a row a second of each model for two hours, one in ten an error, up to `until` seconds before now."""
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE rows (timestamp TIMESTAMPTZ, model TEXT, version TEXT, error BOOL, age DOUBLE)"
        )
        for name, late in until.items():
            connection.execute(
                "INSERT INTO rows SELECT to_timestamp(i), ?, 'v1', i % 10 = 0, 1.0 FROM range(?, ?) _(i)",
                [name, int(NOW - 2 * HOUR), int(NOW - late)],
            )
        connection.execute(f"COPY rows TO '{directory}/rows.parquet'")
    return PredictionStore(StoreAddress(f"duckdb://{directory}/*.parquet"))


async def pasts(store: PredictionStore, *, lateness: float, models: Iterable[Model] = MODELS) -> list[ModelHistory]:
    grids = Grid.until(NOW, HOUR, 15.0), Grid.until(NOW, 24 * HOUR, 300.0)
    async with open_store(store.address, environment={}, timeout=30.0, most_rows=1_000_000) as opened:
        log = await LogMapper(opened, store).load()
        return list(await read_logged(opened, log, models, grids, newest=-math.inf, lateness=lateness))


@pytest.mark.parametrize("late", [0.0, 40.0, 120.0, 290.0, 900.0])
async def test_rates_hold_while_rows_may_still_come(tmp_path: Path, late: float) -> None:
    busy, quiet = await pasts(write_rows(tmp_path, busy=late, quiet=late), lateness=HOUR)
    for past in (busy, quiet):
        for series in (past.fine[TRAFFIC.name], past.traffic_by_version["v1"]):
            assert min(series.values) == pytest.approx(1.0, abs=0.01)
        assert past.fine[ERROR_RATIO.name].last == pytest.approx(0.1, abs=0.01)
        assert past.coarse[TRAFFIC.name].last == pytest.approx(1.0, abs=0.01)
        hour = next(rate for rate in past.burn_rates if rate.window == max(w for w in BURN_WINDOWS if w <= HOUR))
        assert hour.error_ratio == pytest.approx(0.1, abs=0.01)


async def test_a_log_that_ended_too_long_ago_tells_nothing_of_now(tmp_path: Path) -> None:
    busy, quiet = await pasts(write_rows(tmp_path, busy=900.0, quiet=900.0), lateness=600.0)
    for past in (busy, quiet):
        traffic = past.fine[TRAFFIC.name]
        known = [instant for instant, value in traffic.points() if not math.isnan(value)]
        assert math.isnan(traffic.last)
        assert math.isnan(past.live_targets.last)
        assert NOW - 320.0 <= known[-1] <= NOW - 285.0


async def test_a_model_that_ends_in_a_log_that_goes_on_has_no_traffic(tmp_path: Path) -> None:
    busy, quiet = await pasts(write_rows(tmp_path, busy=0.0, quiet=900.0), lateness=HOUR)
    assert busy.fine[TRAFFIC.name].last == pytest.approx(1.0, abs=0.01)
    assert (quiet.fine[TRAFFIC.name].last, quiet.live_targets.last) == (0.0, 1.0)
