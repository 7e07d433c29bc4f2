"""One exact window of one model, counted in the bins of a reference."""

from console.domain.bins import Reference
from console.sources.predictions.counting import count
from console.sources.predictions.group_counts import GroupCounts
from console.sources.predictions.log import LoggedColumn, PredictionLog
from console.transport.sql import SqlStore


async def count_window(
    store: SqlStore,
    log: PredictionLog,
    reference: Reference,
    *,
    model: str,
    start: float,
    end: float,
    slice_by: LoggedColumn | None = None,
) -> GroupCounts:
    """Return the rows of a model from `start` to before `end` (UTC seconds) by version, and by the values of a slice.

    Raises:
        SourceError: The store gave no answer.
    """
    found = await count(store, log, {model: reference}, start=start, end=end, by_hour=False, slice_by=slice_by)
    return found[model]
