"""Every engine adds up the same, and what plain numpy adds up."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow
import pytest

from console.domain.quality import Task
from console.domain.series import Grid
from console.history.predictions.outcome_assembly import cells_by_model
from console.settings.predictions import LabelSettings, PredictedModelRule, PredictionStore
from console.sources.predictions.cutoff import CutoffByDay
from console.sources.predictions.mapping import LogMapper
from console.sources.predictions.outcome_facts import classes_expression, facts_expression, read_facts
from console.sources.predictions.outcome_plan import NOT_PREDICTED, OTHER, OutcomePlan, ScoreMeaning
from console.sources.predictions.outcome_task import plan_outcomes
from console.sources.predictions.outcomes import Asked, outcome_expression
from tests.services.engines import Engine
from tests.sources.predictions.logs import START, instants

DAY, HOUR = 86_400.0, 3600.0
ROWS = 600
ASKED = Asked(START, START + 4 * HOUR, START + 30 * HOUR)


async def groups(engine: Engine, columns: Mapping[str, Any], plan: OutcomePlan, asked: Asked) -> list[dict[str, Any]]:
    """Return the groups of a log that an engine holds, mapped by convention as a user's log is."""
    address = engine.keep(pyarrow.table(dict(columns)))
    store = engine.open(address)
    try:
        log = await LogMapper(store, PredictionStore(address=address, model="fraud")).load()
        return list((await store.read(outcome_expression(log, plan, asked))).to_pylist())
    finally:
        await store.aclose()


def drawn(seed: int = 5) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    score = np.round(generator.beta(0.6, 1.2, ROWS), 4)
    return {
        "seconds": generator.uniform(0, 4 * HOUR, ROWS),
        "score": score,
        "label": (generator.random(ROWS) < score).astype(int),
        "prediction": (score >= 0.5).astype(int),
        "delay": generator.exponential(2 * HOUR, ROWS),
        "unknown": generator.random(ROWS) < 0.3,
    }


def columns_of(rows: Mapping[str, np.ndarray]) -> dict[str, Any]:
    return {
        "timestamp": instants(rows["seconds"].tolist()),
        "version": pyarrow.array(["v1", "v2"] * (ROWS // 2)),
        "prediction": pyarrow.array(rows["prediction"]),
        "score": pyarrow.array(rows["score"]),
        "label": pyarrow.array(rows["label"], mask=rows["unknown"]),
        "label_time": instants((rows["seconds"] + rows["delay"]).tolist()),
    }


async def test_a_binary_model_adds_up_to_what_numpy_says(engine: Engine) -> None:
    rows = drawn()
    plan = OutcomePlan(Task.BINARY, 0.0, 3 * HOUR, ("0", "1"), "score", ScoreMeaning.POSITIVE)
    told = await groups(engine, columns_of(rows), plan, ASKED)
    counts = ~rows["unknown"]
    score, label = rows["score"][counts], rows["label"][counts]
    assert sum(group["rows"] for group in told) == ROWS
    labelled = [group for group in told if group["labelled"]]
    assert sum(group["rows"] for group in labelled) == counts.sum()
    assert sum(group["within_3600"] for group in labelled) == (counts & (rows["delay"] <= HOUR)).sum()
    confusion = {(str(p), str(y)): 0 for p in (0, 1) for y in (0, 1)}
    for group in labelled:
        confusion[group["predicted"], group["actual"]] += group["rows"]
    assert confusion["1", "0"] == ((rows["prediction"][counts] == 1) & (label == 0)).sum()
    assert confusion["1", "1"] == ((rows["prediction"][counts] == 1) & (label == 1)).sum()
    loss = -np.log(np.clip(np.where(label == 1, score, 1 - score), 1e-15, 1))
    for name, values in {
        "score": score,
        "squared": (score - label) ** 2,
        "fourth": (score - label) ** 4.0,
        "loss": loss,
        "loss_squared": loss**2,
    }.items():
        assert sum(group[name] for group in labelled) == pytest.approx(values.sum(), rel=1e-9), name
    hours = {group["hour"] for group in told}
    assert len(hours) == 4
    assert {(moment.minute, moment.second) for moment in hours} == {(0, 0)}


async def test_a_look_at_the_past_knows_only_the_labels_that_had_come(engine: Engine) -> None:
    rows = drawn()
    plan = OutcomePlan(Task.BINARY, 0.0, 30 * HOUR, ("0", "1"), "score")
    told = await groups(engine, columns_of(rows), plan, Asked(START, START + 4 * HOUR, START + 2 * HOUR))
    had_come = ~rows["unknown"] & (rows["seconds"] + rows["delay"] <= 2 * HOUR)
    assert sum(group["rows"] for group in told if group["labelled"]) == had_come.sum()


@pytest.mark.parametrize(("step", "hours"), [(1, [0, 1, 2, 3]), (6, [0]), (24, [0])])
async def test_hours_of_little_traffic_are_told_together(engine: Engine, step: int, hours: list[int]) -> None:
    rows = drawn()
    plan = OutcomePlan(Task.BINARY, 0.0, 30 * HOUR, ("0", "1"), "score", step=step)
    columns = columns_of(rows)
    address = engine.keep(pyarrow.table(columns))
    store = engine.open(address)
    try:
        log = await LogMapper(store, PredictionStore(address=address, model="fraud")).load()
        answer = await store.read(outcome_expression(log, plan, ASKED))
        late = Asked(START - 24 * HOUR, START + 24 * HOUR, START + 30 * HOUR)
        again = await store.read(outcome_expression(log, plan, late))
    finally:
        await store.aclose()
    cells = cells_by_model(answer, plan, Grid(START, HOUR, 24))["fraud"].cells
    assert sorted(set(cells.hour.tolist())) == hours
    assert cells.rows.sum() == ROWS
    moved = cells_by_model(again, plan, Grid(START - 24 * HOUR, HOUR, 48))["fraud"].cells
    assert sorted(set(moved.hour.tolist())) == [24 + hour for hour in hours]


async def test_numbers_that_float64_cannot_square_stop_no_engine(engine: Engine) -> None:
    predicted = [1.5, 2.0, 1e200, 1e-200, math.inf, math.nan, 1e-40, 3.0]
    labels = [1.0, 4.0, 1.0, 0.0, 1.0, 1.0, 0.0, 1e-310]
    columns = {
        "timestamp": instants([60.0] * 8),
        "prediction": pyarrow.array(predicted),
        "label": pyarrow.array(labels),
    }
    (group,) = await groups(engine, columns, OutcomePlan(Task.REGRESSION, 0.0, HOUR), ASKED)
    assert (group["rows"], group["numbers"], group["ratios"]) == (8, 5, 2)
    assert group["absolute"] == pytest.approx(0.5 + 2.0 + 3.0)
    assert group["squared"] == pytest.approx(0.25 + 4.0 + 9.0)
    assert group["ratio"] == pytest.approx(0.5 + 0.5)


async def test_scores_at_the_ends_stop_no_engine(engine: Engine) -> None:
    scores = [0.0, 1e-300, 1.0, 1 - 1e-16, None, math.nan]
    columns = {
        "timestamp": instants([60.0] * 6),
        "prediction": pyarrow.array([0, 0, 1, 1, 1, 1]),
        "score": pyarrow.array(scores),
        "label": pyarrow.array([0, 1, 0, 1, 1, 1]),
    }
    told = await groups(engine, columns, OutcomePlan(Task.BINARY, 0.0, HOUR, ("0", "1"), "score"), ASKED)
    assert sum(group["loss"] for group in told) == pytest.approx(2 * -math.log(1e-15))
    assert sum(group["rows"] for group in told if group["bin"] >= 0) == 4


async def test_text_and_booleans_compare_and_rare_classes_are_one(engine: Engine) -> None:
    columns = {
        "timestamp": instants([60.0] * 4),
        "prediction": pyarrow.array(["a", "b", "c", "c"]),
        "label": pyarrow.array(["a", "d", "c", "a"]),
    }
    told = await groups(engine, columns, OutcomePlan(Task.MULTICLASS, 0.0, HOUR, ("a",)), ASKED)
    assert {(group["predicted"], group["actual"]): group["rows"] for group in told} == {
        ("a", "a"): 1,
        (OTHER, NOT_PREDICTED): 1,
        (OTHER, OTHER): 1,
        (OTHER, "a"): 1,
    }
    columns |= {"prediction": pyarrow.array([True, False, True, None]), "label": pyarrow.array([1, 0, 0, 1])}
    told = await groups(engine, columns, OutcomePlan(Task.BINARY, 0.0, HOUR, ("0", "1")), ASKED)
    assert {(group["predicted"], group["actual"]) for group in told} == {
        ("1", "1"),
        ("0", "0"),
        ("1", "0"),
        (None, "1"),
    }


async def test_facts_tell_the_task(engine: Engine) -> None:
    address = engine.keep(pyarrow.table(columns_of(drawn())))
    store = engine.open(address)
    try:
        log = await LogMapper(store, PredictionStore(address=address, model="fraud")).load()
        ranges = await store.read(facts_expression(log, START, START + 30 * HOUR))
        question = classes_expression(log, START, START + 30 * HOUR)
        assert question is not None
        classes = await store.read(question)
    finally:
        await store.aclose()
    facts = read_facts(ranges.to_pylist(), classes.to_pylist())
    assert facts["fraud"].label_classes[0][0] in ("0", "1")
    planned = plan_outcomes(log, facts["fraud"], PredictedModelRule(), HOUR)
    assert planned.plan is not None
    assert planned.plan.task is Task.BINARY
    assert planned.plan.classes == ("0", "1")
    assert planned.plan.score == "score"


@pytest.mark.parametrize("in_second_table", [True, False])
async def test_days_that_settle_one_after_the_other_add_up_as_asked_for_one_by_one(
    engine: Engine, in_second_table: bool
) -> None:
    days, wait, rows = 4, 2 * HOUR, 400
    generator = np.random.default_rng(11)
    seconds = generator.uniform(0, days * DAY, rows)
    came = seconds + generator.exponential(14 * HOUR, rows)
    ids = pyarrow.array([f"r{number % 390}" for number in range(rows)])  # some name rows of several days
    predictions = {
        "timestamp": instants(seconds.tolist()),
        "request_id": ids,
        "prediction": pyarrow.array(generator.integers(0, 2, rows)),
    }
    labels = {
        "label": pyarrow.array(generator.integers(0, 2, rows)),
        "label_time": instants(came.tolist()),
    }
    if in_second_table:
        corrected = {
            "request_id": pyarrow.concat_arrays([ids, ids]),
            "label": pyarrow.concat_arrays([labels["label"], pyarrow.array(generator.integers(0, 2, rows))]),
            "label_time": pyarrow.concat_arrays([labels["label_time"], instants((came + 9 * HOUR).tolist())]),
        }
        address, given = engine.keep(pyarrow.table(predictions)), engine.keep(pyarrow.table(corrected))
    else:
        address, given = engine.keep(pyarrow.table(predictions | labels)), None
    plan = OutcomePlan(Task.BINARY, 0.0, wait, ("0", "1"))
    latest = START + (days - 1) * DAY + 5 * HOUR
    store = engine.open(address)
    try:
        log = await LogMapper(
            store, PredictionStore(address=address, model="fraud", labels=LabelSettings(address=given))
        ).load()
        together = await store.read(
            outcome_expression(log, plan, Asked(START, START + days * DAY, CutoffByDay(wait, latest)))
        )
        one_by_one = []
        for day in (START + DAY * number for number in range(days)):
            asked = Asked(day, day + DAY, min(day + DAY + wait, latest))
            one_by_one += (await store.read(outcome_expression(log, plan, asked))).to_pylist()
    finally:
        await store.aclose()
    assert sorted(map(repr, together.to_pylist())) == sorted(map(repr, one_by_one))
    labelled = sum(group["rows"] for group in one_by_one if group["labelled"])
    assert 0 < labelled < rows


async def test_a_regression_without_labels_is_counted(engine: Engine) -> None:
    columns = {"timestamp": instants([60.0] * 3), "prediction": pyarrow.array([1.5, 2.5, 4.0])}
    (group,) = await groups(engine, columns, OutcomePlan(Task.REGRESSION, 0.0, HOUR), ASKED)
    assert (group["rows"], group["labelled"], group["numbers"]) == (3, 0, 0)
