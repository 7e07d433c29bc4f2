"""Small prediction logs in DuckDB, made by hand."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import ibis
import pyarrow

from console.domain.bins import ColumnKind
from console.sources.predictions.log import LoggedColumn, PredictionLog

START = 1_767_225_600.0
"""2026-01-01T00:00:00Z."""


def instants(seconds: Sequence[float | None]) -> pyarrow.Array:
    """Return seconds after the start as timestamps without a zone."""
    moments = [None if s is None else datetime.fromtimestamp(START + s, UTC).replace(tzinfo=None) for s in seconds]
    return pyarrow.array(moments, pyarrow.timestamp("us"))


def log_of(columns: Mapping[str, object], *, features: Sequence[str] = ()) -> PredictionLog:
    """Return a log with the canonical columns that are given; `timestamp`, `model` and `version` have defaults."""
    rows = len(next(iter(columns.values())))  # type: ignore[arg-type] # every column is a sequence
    told = {
        "timestamp": instants([0.0] * rows),
        "model": pyarrow.array(["fraud"] * rows),
        "version": pyarrow.array(["v1"] * rows),
        **columns,
    }
    table = ibis.memtable(pyarrow.table(told))
    connection = ibis.duckdb.connect()
    kept = connection.create_table("log", table)
    return PredictionLog(
        table=kept,
        features=tuple(_logged(name) for name in features),
        prediction=_logged("prediction") if "prediction" in told else None,
        scores=tuple(_logged(name) for name in told if name.startswith("score")),
        has_label="label" in told,
        has_label_time="label_time" in told,
    )


def _logged(name: str) -> LoggedColumn:
    return LoggedColumn(name.removeprefix("score."), name, ColumnKind.NUMBER, "")
