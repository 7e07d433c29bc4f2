"""The SQL of engines that cannot run here, as text; `UPDATE_GOLDENS=1 pytest tests/sources` writes it anew."""

import os
import re
from pathlib import Path

import ibis
import msgspec
import pytest

from console.domain.bins import Bins, ColumnKind, Reference, Role
from console.domain.quality import Task
from console.settings.predictions import ColumnSettings
from console.sources.predictions.counting import count_queries
from console.sources.predictions.inference import infer
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.outcome_facts import facts_expression
from console.sources.predictions.outcome_plan import OutcomePlan, ScoreMeaning
from console.sources.predictions.outcomes import Asked, outcome_expression
from console.sources.predictions.projection import Projection, Reading
from console.sources.predictions.source_column import columns_of

GOLDENS = Path(__file__).parent / "goldens"
ENGINES = ("bigquery", "clickhouse", "snowflake", "trino")
START, HOUR = 1_767_225_600.0, 3600.0

COLUMNS = {
    "timestamp": "timestamp('UTC')",
    "model": "string",
    "version": "string",
    "request_id": "string",
    "age": "float64",
    "visits": "int64",
    "country": "string",
    'it\'s "odd"': "boolean",
    "prediction": "string",
    "score": "float64",
    "latency_ms": "float64",
    "error": "boolean",
    "label": "string",
    "label_time": "timestamp('UTC')",
}
BINS = (
    Bins("age", Role.FEATURE, ColumnKind.NUMBER, (1, 0, 5, 5, 0), (40.0,), 18.0, 90.0, quantiles=(20.0,) * 9),
    Bins("visits", Role.FEATURE, ColumnKind.NUMBER, (0, 0, 5, 6, 0), (3.0,), 0.0, 12.0, quantiles=(1.0,) * 9),
    Bins("country", Role.FEATURE, ColumnKind.CATEGORY, (0, 8, 2, 1), categories=("DE", "O'Brien"), rare=("FR",)),
    Bins("prediction", Role.PREDICTION, ColumnKind.CATEGORY, (0, 9, 2, 0, 0), categories=("no", "yes")),
    Bins("score", Role.SCORE, ColumnKind.NUMBER, (0, 0, 5, 6, 0), (0.5,), 0.0, 1.0, quantiles=(0.1,) * 9),
)


def log_in(engine: str) -> PredictionLog:
    """Return a log as it is mapped from a table of an engine."""
    table = ibis.table(COLUMNS, name="predictions")
    inferred = infer(columns_of(table.schema()), ColumnSettings())
    return Projection(table, inferred, Reading(engine), model_name="predictions", labels=None).log()


def counts_by_hour(engine: str) -> ibis.Table:
    references = {"fraud": Reference("a data set", 11, {bins.column: bins for bins in BINS}, "f")}
    (query,) = count_queries(log_in(engine), references, engine=engine, start=START, end=START + HOUR)
    return query.expression


def counts_of_two_models(engine: str) -> ibis.Table:
    """Return counts of models whose bins are not the same, and of which one has fewer columns."""
    age, visits, country, _, _ = BINS
    fewer = msgspec.structs.replace(age, edges=(30.0, 50.0)), msgspec.structs.replace(country, rare=())
    references = {
        "fraud": Reference("a data set", 11, {bins.column: bins for bins in (age, visits, country)}, "f"),
        "it's": Reference("a data set", 11, {bins.column: bins for bins in fewer}, "g"),
    }
    (query,) = count_queries(log_in(engine), references, engine=engine, start=START, end=START + HOUR)
    return query.expression


def outcomes(engine: str) -> ibis.Table:
    plan = OutcomePlan(Task.BINARY, 0.0, HOUR, ("no", "yes"), "score", ScoreMeaning.POSITIVE)
    return outcome_expression(log_in(engine), plan, Asked(START, START + HOUR, START + 2 * HOUR, models=("it's",)))


def facts(engine: str) -> ibis.Table:
    return facts_expression(log_in(engine), START, START + HOUR)


ASKED = {
    "counts_by_hour": counts_by_hour,
    "counts_of_two_models": counts_of_two_models,
    "outcomes": outcomes,
    "facts": facts,
}


@pytest.mark.parametrize("engine_name", ENGINES)
@pytest.mark.parametrize("asked", ASKED)
def test_sql(engine_name: str, asked: str) -> None:
    sql = f"{ibis.to_sql(ASKED[asked](engine_name), dialect=engine_name)}\n"
    sql = re.sub("'[0-9a-f]{32}'", "'drawn by ibis'", sql)
    path = GOLDENS / engine_name / f"{asked}.sql"
    if os.environ.get("UPDATE_GOLDENS") == "1":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sql, encoding="utf-8")
    assert sql == path.read_text(encoding="utf-8")


def test_duckdb_reads_times_of_a_zone_without_its_calendar() -> None:
    sql = ibis.to_sql(counts_by_hour("duckdb"), dialect="duckdb")
    assert "EPOCH_US" in sql
    assert "AS TIMESTAMP)" not in sql, "a cast costs as much as reading all other columns"
