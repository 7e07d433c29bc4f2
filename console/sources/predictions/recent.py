"""The newest rows of a table: the few that are looked at are those of today, not the first that were ever logged."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from console.sources.predictions.clock import unit_of
from console.sources.predictions.conventions import PER_SECOND, split_unit
from console.sources.predictions.source_column import SourceColumn

if TYPE_CHECKING:
    import ibis

    from console.transport.sql import SqlStore

DAY_SECONDS = 86_400
FEWEST = 20
"""So many rows of the last day stand for it."""


class RecentRows:
    """The rows of the last day that a table has, found when they are first asked for.

    A table without a time, or with one that is text, is taken as it is: its newest rows cannot be found cheaply. So is
    one with few rows in its last day: a clock that is ahead must not hide the others.
    """

    def __init__(self, store: "SqlStore", table: "ibis.Table", time: SourceColumn | None) -> None:
        self._store = store
        self._table = table
        self._time = time
        self._found: ibis.Table | None = None

    async def rows(self) -> "ibis.Table":
        """Return the rows.

        Raises:
            SourceError: the store cannot be asked.
        """
        if self._found is None:
            self._found = await self._find()
        return self._found

    async def _find(self) -> "ibis.Table":
        time, table = self._time, self._table
        if time is None or time.kind.is_string():
            return table
        value = time.of(table)
        answer = await self._store.read(table.aggregate(newest=value.max()))
        newest = answer["newest"][0].as_py()
        if newest is None:
            return table
        if isinstance(newest, date | datetime):
            recent = table.filter(value >= newest - timedelta(seconds=DAY_SECONDS))
        else:
            unit = split_unit(time.inner).unit or unit_of(float(newest))
            recent = table.filter(value >= newest - DAY_SECONDS * PER_SECOND[unit])
        few = recent.limit(FEWEST)
        counted = await self._store.read(few.aggregate(rows=few.count()))
        return recent if counted["rows"][0].as_py() >= FEWEST else table
