"""How often a store is asked for rows that are dated ahead, and what is said where it does not answer."""

from pathlib import Path

import ibis
import pyarrow
import pytest

from console.engine.predictions.clock_watch import EVERY, ClockWatch
from console.settings.predictions import PredictionStore, StoreAddress
from console.simulation.predictions import FRAUD, write_log
from console.sources.predictions.mapping import map_log
from console.transport.errors import SourceError
from console.transport.sql import open_store

START, HOUR = 1_780_272_000.0, 3600.0
NOW = START + HOUR


async def test_a_store_is_asked_every_few_minutes_and_only_of_now(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_log(tmp_path, FRAUD, seed=7, start=START, end=NOW + HOUR, rows_per_hour=300)
    now, reads = [NOW], 0
    store = PredictionStore(StoreAddress(f"duckdb://{tmp_path}/predictions/*.parquet"))
    async with open_store(store.address, environment={}) as opened:
        log = await map_log(opened, store)
        watch, read = ClockWatch(opened, lambda: now[0]), opened.read

        async def counted(asked: ibis.Table) -> pyarrow.Table:
            nonlocal reads
            reads += 1
            if reads == 3:
                raise SourceError("the store is gone")
            return await read(asked)

        monkeypatch.setattr(opened, "read", counted)
        assert await watch.notes(log, NOW - HOUR) == ()
        assert reads == 0
        (first,) = await watch.notes(log, NOW)
        assert first.endswith("rows of fraud are dated up to 59 min ahead: a clock is wrong; they are not counted")
        now[0] += EVERY - 1
        assert await watch.notes(log, now[0]) == (first,)
        assert reads == 1
        now[0] += 1
        (second,) = await watch.notes(log, now[0])
        assert "up to 54 min ahead" in second
        now[0] += EVERY
        assert await watch.notes(log, now[0]) == ("rows dated ahead are not looked for: the store is gone",)
        now[0] += 2 * HOUR
        assert await watch.notes(log, now[0]) == ()
        assert reads == 4
