import numpy as np
import pyarrow
import pytest

from console.detect.quality import metrics
from console.detect.slices.drift import drift_slices
from console.detect.slices.quality import quality_slices
from console.domain.bins import Bins, ColumnKind, Reference, Role
from console.domain.quality import Metric, Task
from console.history.predictions.slices import (
    Windows,
    read_counts_by_slice,
    read_outcomes_by_slice,
    slice_columns,
)
from console.settings.predictions import PredictionStore
from console.sources.predictions.mapping import LogMapper
from console.sources.predictions.outcome_plan import OutcomePlan
from tests.services.engines import Engine
from tests.sources.predictions.logs import START, instants

HOUR = 3600.0
ROWS = 4000
WINDOWS = Windows(START, START + HOUR, START + 2 * HOUR)
PLAN = OutcomePlan(Task.BINARY, 0.0, HOUR, ("0", "1"), "score")


def columns() -> dict[str, pyarrow.Array]:
    """Return two hours of rows; in the second, Germans are mistaken for frauds and grow younger."""
    generator = np.random.default_rng(8)
    now = np.arange(ROWS) >= ROWS // 2
    german = generator.random(ROWS) < 0.3
    score = generator.beta(0.6, 1.0, ROWS)
    label = (generator.random(ROWS) < score).astype(int)
    score = np.where(now & german, 1 - score, score)
    age = np.where(now & german, generator.normal(25, 5, ROWS), generator.normal(45, 10, ROWS))
    return {
        "timestamp": instants((np.arange(ROWS) * 2 * HOUR / ROWS).tolist()),
        "age": pyarrow.array(age),
        "region": pyarrow.array(np.where(german, "DE", "FR")),
        "device": pyarrow.array(np.where(generator.random(ROWS) < 0.5, "ios", "web")),
        "score": pyarrow.array(score),
        "prediction": pyarrow.array((score >= 0.5).astype(int)),
        "label": pyarrow.array(label),
    }


def reference() -> Reference:
    bins = {
        "age": Bins(
            "age", Role.FEATURE, ColumnKind.NUMBER, (0, 0, 250, 250, 250, 250, 0), (38.0, 45.0, 52.0), 0.0, 90.0
        ),
        "region": Bins("region", Role.FEATURE, ColumnKind.CATEGORY, (0, 700, 300, 0, 0), categories=("FR", "DE")),
        "device": Bins("device", Role.FEATURE, ColumnKind.CATEGORY, (0, 500, 500, 0, 0), categories=("ios", "web")),
    }
    return Reference("training", 1000, bins, "x")


@pytest.mark.parametrize("metric", [metrics.ROC_AUC, metrics.F1, metrics.ACCURACY, metrics.PRECISION, metrics.BRIER])
async def test_the_slice_that_got_worse_is_named(engine: Engine, metric: Metric) -> None:
    address = engine.keep(pyarrow.table(columns()))
    store = engine.open(address)
    try:
        log = await LogMapper(store, PredictionStore(address=address, model="fraud")).load()
        chosen = slice_columns(log, (), reference())
        assert {column.name for column in chosen.columns} == {"version", "region", "device"}
        answer = await read_outcomes_by_slice(store, log, PLAN, "fraud", WINDOWS, START + 9 * HOUR, chosen.columns)
    finally:
        await store.aclose()
    explained = quality_slices(answer, PLAN, metric, chosen.columns)
    first = explained.slices[0]
    assert (first.column, first.value) == ("region", "DE")
    assert first.explained > 0.85
    assert abs(first.mix) < 0.15
    assert not any(one.column == "device" and one.explained > 0.8 for one in explained.slices)


async def test_the_slice_that_drifted_is_named(engine: Engine) -> None:
    address = engine.keep(pyarrow.table(columns()))
    store = engine.open(address)
    try:
        log = await LogMapper(store, PredictionStore(address=address, model="fraud")).load()
        chosen = slice_columns(log, ("region", "device"), reference())
        counted = await read_counts_by_slice(
            store, log, "fraud", reference(), ["age"],
            (WINDOWS.start, WINDOWS.split), (WINDOWS.split, WINDOWS.end), chosen.columns,
        )  # fmt: skip
    finally:
        await store.aclose()
    first = drift_slices(counted)[0]
    assert (first.column, first.value) == ("region", "DE")
    assert first.explained > 0.9


async def test_a_column_that_is_no_feature_is_told_with_the_nearest(engine: Engine) -> None:
    address = engine.keep(pyarrow.table(columns()))
    store = engine.open(address)
    try:
        log = await LogMapper(store, PredictionStore(address=address, model="fraud")).load()
    finally:
        await store.aclose()
    chosen = slice_columns(log, ("regoin",), None)
    assert chosen.columns == ()
    assert chosen.notes == (
        "slices: 'regoin' is no feature; expected one of age, device, region, version; nearest: region",
    )
