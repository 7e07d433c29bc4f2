"""Logs in files of a directory, and the rows that they are read as."""

from collections.abc import Awaitable, Callable
from pathlib import Path

import duckdb
import ibis

from console.sources.predictions.log import PredictionLog
from console.transport.sql import SqlStore

Row = dict[str, object]


def write_file(path: Path, query: str) -> None:
    """Write the rows of a query of DuckDB to a Parquet file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.connect().execute(f"SET TimeZone = 'UTC'; COPY ({query}) TO '{path}'")


class MappedLog:
    """A log and the store that it was read from."""

    def __init__(self, store: SqlStore, log: PredictionLog) -> None:
        self.store = store
        self.log = log

    async def rows(self, table: ibis.Table | None = None) -> list[Row]:
        """Return the rows of a table of the log, of all if None."""
        answer: list[Row] = (await self.store.read(self.log.table if table is None else table)).to_pylist()
        return answer


OpenLog = Callable[..., Awaitable[MappedLog]]
"""Called with a query whose rows are written to `fraud.parquet`, or with the place of files, and with settings."""
