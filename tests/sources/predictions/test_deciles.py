import os
from pathlib import Path

import numpy
import pytest

from console.settings.predictions import PredictionStore, StoreAddress
from console.simulation.predictions import FRAUD, write_log
from console.sources.predictions.drawing import ROWS_FOR_DECILES, read_deciles
from console.sources.predictions.mapping import map_log
from console.transport.sql import open_store
from tests.simulation.predictions.logs import HOUR, MONDAY


async def test_deciles_of_many_rows_are_drawn_and_near_the_exact_ones(tmp_path: Path) -> None:
    written = write_log(
        tmp_path, FRAUD, seed=1, start=MONDAY, end=MONDAY + 4 * HOUR, rows_per_hour=2 * ROWS_FOR_DECILES
    )
    settings = PredictionStore(StoreAddress(f"duckdb://{written.predictions}"))
    async with open_store(settings.address, environment=os.environ) as store:
        log = await map_log(store, settings)
        (age,) = (column for column in log.features if column.name == "age")
        exact = await read_deciles(store, log, [age], model="fraud")
        drawn = await read_deciles(store, log, [age], model="fraud", of_rows=written.rows)
        again = await read_deciles(store, log, [age], model="fraud", of_rows=written.rows)
    assert written.rows > 2 * ROWS_FOR_DECILES
    assert drawn == again
    assert numpy.asarray(drawn["age"]) == pytest.approx(numpy.asarray(exact["age"]), abs=1.0)
