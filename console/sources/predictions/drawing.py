"""Rows drawn by a hash of what they hold: the same ones each time, in whatever order an engine finds them."""

from collections.abc import Sequence
from functools import reduce
from operator import xor
from typing import TYPE_CHECKING, Any, TypeAlias

from console.sources.predictions.arrays import floats_of
from console.sources.predictions.deciles import ask_deciles, told_deciles
from console.sources.predictions.group_counts import EARLIEST, LATEST
from console.sources.predictions.log import ID, MODEL, TIMESTAMP, VERSION, LoggedColumn, PredictionLog

if TYPE_CHECKING:
    import ibis
    import numpy
    from numpy.typing import NDArray

    from console.transport.sql import SqlStore

HASHING = frozenset({"duckdb", "postgres", "spark"})
"""Engines whose hash is known to draw the same rows each time; the others take all rows for quantiles."""
_HASHED_COLUMNS = 8

Numbers: TypeAlias = "NDArray[numpy.float64]"
ROWS_FOR_DECILES = 50_000
"""Deciles of so many rows are within half a percent of their shares, and changed units are told by a tenth."""


def finite(table: "ibis.Table", column: LoggedColumn) -> "ibis.Value":
    """Return a column of numbers as floats, null where it is NaN or infinite."""
    value = table[column.column]
    number = value.cast("float64")
    return (number.isnan() | number.isinf()).ifelse(None, number) if value.type().is_floating() else number


def one_of(log: PredictionLog, rows: "ibis.Table", many: int, engine: str) -> "ibis.Table":
    """Return about one of so many rows, or all where the engine cannot draw the same again."""
    return rows.filter(_hash(log, rows, engine) % many == 0) if engine in HASHING else rows


async def read_deciles(
    store: "SqlStore",
    log: PredictionLog,
    columns: "Sequence[LoggedColumn]",
    *,
    model: str,
    start: float = EARLIEST,
    end: float = LATEST,
    version: str | None = None,
    of_rows: int = 0,
) -> dict[str, tuple[float, ...]]:
    """Return the nine deciles of columns of numbers over a window, by name; none where a column holds no number.

    Of many more than `ROWS_FOR_DECILES` rows (`of_rows`, where it is known) they are those of about as many: of the
    newest, which cost the least to read, or where these are too few, of rows drawn from all.

    Raises:
        SourceError: The store gave no answer.
    """
    many = of_rows // ROWS_FOR_DECILES
    newest = _rows(log, model, end - (end - start) / max(1, many), end, version, columns)
    answer = await _deciles(store, newest, columns)
    if many > 1 and answer["rows"] < ROWS_FOR_DECILES / 10:
        drawn = one_of(log, _rows(log, model, start, end, version, columns), many, store.engine)
        answer = await _deciles(store, drawn, columns)
    return {column.name: told_deciles(str(place), answer) for place, column in enumerate(columns)}


async def _deciles(store: "SqlStore", rows: "ibis.Table", columns: "Sequence[LoggedColumn]") -> dict[str, Any]:
    """Return the number of rows (`rows`), and what `told_deciles` reads for each column by its place."""
    asked: dict[str, ibis.Value] = {"rows": rows.count()}
    for place, column in enumerate(columns):
        asked |= ask_deciles(str(place), finite(rows, column), store.engine)
    (answer,) = (await store.read(rows.aggregate(**asked))).to_pylist()
    return dict(answer)


async def read_sample(
    store: "SqlStore",
    log: PredictionLog,
    column: LoggedColumn,
    most: int,
    *,
    model: str | None,
    start: float = EARLIEST,
    end: float = LATEST,
    version: str | None = None,
) -> Numbers:
    """Return at most so many finite numbers of a column over a window, for tests that take values and not counts.

    `model` is None for a data set that tells none.

    They are drawn by a hash of their rows, all where there are not more.

    Raises:
        SourceError: The store gave no answer.
    """
    rows = _rows(log, model, start, end, version, [column])
    drawn = rows.select(value=finite(rows, column), order=_hash(log, rows, store.engine))
    drawn = drawn.filter(drawn.value.notnull()).order_by("order", "value").limit(most)
    return floats_of((await store.read(drawn.select("value")))["value"])


def _rows(
    log: PredictionLog,
    model: str | None,
    start: float,
    end: float,
    version: str | None,
    columns: Sequence[LoggedColumn],
) -> "ibis.Table":
    rows = log.between(start, end, {*drawn_by(log), *(column.column for column in columns)})
    rows = rows if model is None else rows.filter(rows[MODEL] == model)
    return rows if version is None else rows.filter(rows[VERSION] == version)


def drawn_by(log: PredictionLog) -> Sequence[str]:
    """Return the columns by whose values rows are drawn."""
    return [ID] if log.has_id else [TIMESTAMP, *(column.column for column in log.columns[:_HASHED_COLUMNS])]


def _hash(log: PredictionLog, rows: "ibis.Table", engine: str) -> "ibis.Value":
    """Return a number that depends on the row's id, or else on its time and what its first columns hold."""
    # DuckDB hashes every type as it is; as text a number takes ten times as long.
    values = (rows[name] if engine == "duckdb" else rows[name].cast("string") for name in drawn_by(log))
    return reduce(xor, (value.hash().coalesce(0) for value in values))
