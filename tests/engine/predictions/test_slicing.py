"""From a simulated log on disk to the slices that a face shows."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.detect.quality.judge import judge_quality
from console.domain.bins import Bins, ColumnKind, Reference, Role
from console.domain.drift import ColumnDrift, DriftView, Verdict
from console.engine.predictions.slicing import drifted_columns, with_drift_slices, with_quality_slices
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.outcomes import OutcomeReader
from console.history.predictions.slices import slice_columns
from console.settings.predictions import PredictedModelRule, PredictionStore, StoreAddress
from console.simulation.predictions.faults import ConceptDrift
from console.simulation.predictions.models import FRAUD
from console.simulation.predictions.write import write_log
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import LogMapper
from console.transport.sql import SqlStore, open_store

DAY = 86_400.0
NOW = 1_767_225_600.0 + 5 * DAY
FELL_AT = NOW - 2 * DAY
RULE = PredictedModelRule(training={"roc_auc": 0.85}, horizon=DAY)


@pytest.fixture(scope="module")
def log_directory(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("log")
    spec = FRAUD.with_faults(ConceptDrift(begins=FELL_AT, strength=0.9, only=("region", "emea")))
    write_log(directory, spec, seed=4, start=NOW - 5 * DAY, end=NOW, rows_per_hour=1000)
    return directory


@pytest.fixture
async def store(log_directory: Path) -> AsyncIterator[SqlStore]:
    opened = open_store(StoreAddress(url=f"duckdb://{log_directory}"), environment=os.environ)
    yield opened
    await opened.aclose()


async def log_of(store: SqlStore) -> tuple[PredictionLog, PredictionStore]:
    settings = PredictionStore(address=StoreAddress(url=store.shown), models=(RULE,))
    return await LogMapper(store, settings).load(), settings


async def test_the_region_whose_labels_no_longer_follow_is_named(store: SqlStore) -> None:
    log, settings = await log_of(store)
    (past,) = await OutcomeReader(store, log, settings, AnswerCache(None, pytest.fail, lambda: NOW)).load(NOW)
    judgement = judge_quality(past, RULE, NOW)
    (anomaly,) = judgement.anomalies
    assert abs(anomaly.onset - FELL_AT) <= 2 * 3600
    assert any(fact.startswith("concept drift") for fact in anomaly.evidence)
    view = judgement.view
    assert view is not None
    sliced = await with_quality_slices(store, log, past, view, slice_columns(log, ("region", "device"), None))
    first = sliced.slices[0]
    assert (first.column, first.value) == ("region", "emea")
    assert first.explained > 0.8
    assert "all of it within" in first.detail


async def test_only_columns_that_moved_are_told_apart_by_slice(store: SqlStore) -> None:
    log, _ = await log_of(store)
    bins = Bins("age", Role.FEATURE, ColumnKind.NUMBER, (0, 0, 1, 1, 0), (41.0,), 18.0, 95.0)
    reference = Reference("a week", 2, {"age": bins}, "x")
    still = ColumnDrift("age", Role.FEATURE, Verdict.OK, 0.0, 0.0)
    view = DriftView("fraud", NOW - 3600, NOW, "a week", 2, 2, (still,))
    columns = slice_columns(log, ("region",), None)
    assert drifted_columns(view) == []
    assert (await with_drift_slices(store, log, "fraud", reference, view, columns)).slices == ()
    moved = ColumnDrift("age", Role.FEATURE, Verdict.DRIFT, 0.0, 0.0, psi=0.3)
    view = DriftView("fraud", NOW - 3600, NOW, "a week", 2, 2, (moved,))
    before = (NOW - 2 * DAY, NOW - DAY)
    told = await with_drift_slices(store, log, "fraud", reference, view, columns, before)
    assert all(one.column == "region" for one in told.slices)
