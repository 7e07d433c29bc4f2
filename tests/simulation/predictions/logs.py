"""Logs written for one test, read back with another library than the one that wrote them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from console.simulation.predictions import LogSpec, WrittenLog, write_log

MONDAY = 1_764_547_200.0
"""2025-12-01T00:00:00Z, a Monday."""
HOUR = 3600.0


class Log:
    """A log on disk with its two tables: `one("SELECT … FROM predictions")`."""

    def __init__(self, written: WrittenLog) -> None:
        self.written = written
        self._connection = duckdb.connect()
        self._connection.execute("SET TimeZone='UTC'")
        for name, glob in {"predictions": written.predictions, "labels": written.labels}.items():
            self._connection.read_parquet(str(glob), union_by_name=True).create_view(name)

    def rows(self, query: str, values: Mapping[str, object] = {}) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self._connection.execute(query, dict(values)).fetchall()

    def one(self, query: str, values: Mapping[str, object] = {}) -> Any:
        """Return the only value of a query."""
        ((value,),) = self.rows(query, values)
        return value

    def split(self, measure: str, instant: float, where: str = "true") -> tuple[float, float]:
        """Return an aggregate of the predictions before and after an instant (UTC seconds)."""
        late = f"epoch(timestamp) >= {instant} AS late"
        split = self._connection.view("predictions").filter(where).aggregate(f"{late}, {measure}", "late").order("late")
        (_, before), (_, after) = split.fetchall()
        return float(before), float(after)


def log(
    directory: Path,
    spec: LogSpec,
    *,
    hours: float = 12,
    rows_per_hour: float = 1000,
    start: float = MONDAY,
    seed: int = 1,
) -> Log:
    """Return the log of some hours, by default of the first Monday's."""
    end = start + hours * HOUR
    return Log(write_log(directory, spec, seed=seed, start=start, end=end, rows_per_hour=rows_per_hour))
