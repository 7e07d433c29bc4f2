"""The newest rows of a table: the few that are looked at are those of today, not the first that were ever logged."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from console.sources.predictions.arrays import first_of
from console.sources.predictions.clock import unit_of
from console.sources.predictions.conventions import PER_SECOND, split_unit
from console.sources.predictions.source_column import SourceColumn

if TYPE_CHECKING:
    import ibis
    import pyarrow

    from console.transport.sql import SqlStore

DAY_SECONDS = 86_400
FEWEST = 20
"""So many rows of the last day stand for it."""
COUNTED = "rows"
"""The column of an answer that says how many rows were looked at, where it does not hold the rows themselves."""


class RecentRows:
    """The rows of the last day that a table has, found when they are first asked for.

    A table without a time, or with one that is text, is taken as it is: its newest rows cannot be found cheaply. So is
    one with few rows in its last day: a clock that is ahead must not hide the others.
    """

    def __init__(self, store: "SqlStore", table: "ibis.Table", time: SourceColumn | None) -> None:
        self._store = store
        self._table = table
        self._time = time
        self._recent: ibis.Table | None = None

    async def ask(self, question: "Callable[[ibis.Table], ibis.Table]", *, most: int) -> "pyarrow.Table":
        """Return the answer to a question about at most so many rows.

        Raises:
            SourceError: the store cannot be asked.
        """
        if self._recent is None:
            self._recent = await self._find()
        answer = await self._store.read(question(self._recent.limit(most)))
        rows = answer[COUNTED][0].as_py() if COUNTED in answer.column_names else answer.num_rows
        if rows < FEWEST and self._recent is not self._table:
            self._recent = self._table
            answer = await self._store.read(question(self._table.limit(most)))
        return answer

    async def _find(self) -> "ibis.Table":
        time, table = self._time, self._table
        if time is None or time.kind.is_string():
            return table
        value = time.of(table)
        answer = await self._store.read(table.aggregate(newest=value.max()))
        newest = first_of(answer["newest"])
        if newest is None:
            return table
        if isinstance(newest, date | datetime):
            return table.filter(value >= newest - timedelta(seconds=DAY_SECONDS))
        unit = split_unit(time.inner).unit or unit_of(float(newest))
        return table.filter(value >= newest - DAY_SECONDS * PER_SECOND[unit])
