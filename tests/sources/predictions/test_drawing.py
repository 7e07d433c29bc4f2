"""Deciles and samples of a window, the same whatever order the rows are in."""

import math

import numpy as np
import pyarrow
import pytest

from console.settings.predictions import PredictionStore
from console.sources.predictions.drawing import read_deciles, read_sample
from console.sources.predictions.mapping import map_log
from tests.services.engines import Engine

ROWS = 2000


async def test_deciles_and_samples_do_not_depend_on_the_order_of_rows(engine: Engine) -> None:
    random = np.random.default_rng(1)
    values = random.lognormal(0, 1, ROWS)
    values[:3] = (math.nan, math.inf, -math.inf)
    rows = pyarrow.table(
        {
            "timestamp": pyarrow.array(1_790_000_000_000_000 + np.arange(ROWS) * 1000, pyarrow.timestamp("us")),
            "model": ["fraud"] * ROWS,
            "amount": values,
        }
    )
    drawn = []
    for table in (rows, rows.take(random.permutation(ROWS))):
        address = engine.keep(table)
        async with engine.open(address) as store:
            log = await map_log(store, PredictionStore(address))
            (column,) = log.features
            deciles = await read_deciles(store, log, [column], model="fraud")
            assert deciles["amount"] == pytest.approx(np.quantile(values[3:], np.arange(1, 10) / 10))
            drawn.append((await read_sample(store, log, column, 100, model="fraud")).tolist())
            assert len(await read_sample(store, log, column, 5000, model="fraud")) == ROWS - 3
    assert drawn[0] == drawn[1]
    assert len(drawn[0]) == 100
    assert np.median(drawn[0]) == pytest.approx(1.0, rel=0.4)
