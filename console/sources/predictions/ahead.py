"""Rows that are dated after now: a wrong clock wrote them, and no window counts them before their time comes."""

from typing import TYPE_CHECKING

import msgspec

from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.quantity import how_many
from console.sources.predictions.clock import seconds_of
from console.sources.predictions.group_counts import LATEST
from console.sources.predictions.log import MODEL, TIMESTAMP, PredictionLog

if TYPE_CHECKING:
    from console.transport.sql import SqlStore

TOLERANCE = 60.0
"""Clocks that differ by so many seconds are right enough."""
MOST_MODELS = 3
"""So many models are named, those with the most such rows."""


class RowsAhead(msgspec.Struct, frozen=True):
    """How many rows of a model are dated after now, and how far the last of them is ahead (seconds)."""

    model: str
    rows: int
    seconds: float

    def __str__(self) -> str:
        """Return it in words."""
        rows = how_many(self.rows, "row")
        are, they = ("is", "it is") if self.rows == 1 else ("are", "they are")
        ahead = f"{are} dated up to {in_words(self.seconds)} ahead"
        return f"{rows} of {harmless(self.model)} {ahead}: a clock is wrong; {they} not counted"


async def find_rows_ahead(store: "SqlStore", log: PredictionLog, now: float) -> tuple[RowsAhead, ...]:
    """Return the models with rows more than `TOLERANCE` after now (UTC seconds), those with the most rows first.

    Raises:
        SourceError: The store gave no answer.
    """
    import ibis

    rows = log.between(now + TOLERANCE, LATEST, ())
    counted = rows.group_by(MODEL).aggregate(rows=rows.count(), last=rows[TIMESTAMP].max())
    most = counted.order_by([ibis.desc(counted["rows"]), counted[MODEL]]).limit(MOST_MODELS)
    answer = (await store.read(most)).to_pylist()
    return tuple(RowsAhead(row[MODEL], row["rows"], seconds_of(row["last"]) - now) for row in answer)
