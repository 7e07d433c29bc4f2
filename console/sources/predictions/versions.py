"""Which models and versions a log holds, since when and until when."""

from typing import TYPE_CHECKING

import msgspec

from console.sources.predictions.clock import seconds_of
from console.sources.predictions.log import MODEL, TIMESTAMP, VERSION, PredictionLog

if TYPE_CHECKING:
    from console.transport.sql import SqlStore


class LoggedVersion(msgspec.Struct, frozen=True):
    """A version of a model: its rows, and the timestamps of the first and the last of them (UTC seconds)."""

    model: str
    version: str
    rows: int
    first: float
    last: float


async def find_versions(store: "SqlStore", log: PredictionLog, start: float, end: float) -> tuple[LoggedVersion, ...]:
    """Return the versions that have rows from `start` to before `end` (UTC seconds), by model and first appearance.

    Raises:
        SourceError: The store gave no answer.
    """
    rows = log.between(start, end, ())
    time = rows[TIMESTAMP]
    asked = rows.group_by(MODEL, VERSION).aggregate(rows=rows.count(), first=time.min(), last=time.max())
    found = (
        LoggedVersion(row[MODEL], row[VERSION], row["rows"], seconds_of(row["first"]), seconds_of(row["last"]))
        for row in (await store.read(asked)).to_pylist()
    )
    return tuple(sorted(found, key=lambda version: (version.model, version.first, version.version)))
