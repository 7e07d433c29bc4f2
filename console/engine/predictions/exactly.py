"""Distances from values instead of bins, for whoever asks: rows are drawn, and leave the store for this alone."""

import msgspec

from console.detect.drift.exact import exact_distances
from console.domain.bins import ColumnKind
from console.domain.drift import ColumnDrift, DriftView
from console.history.predictions.reference_choice import ReferenceChoice
from console.history.predictions.references import Draw, References
from console.sources.predictions.drawing import Numbers, read_sample
from console.sources.predictions.log import LoggedColumn, PredictionLog
from console.transport.sql import SqlStore

MOST_VALUES = 100_000
"""Values of a column that are drawn from either side."""


async def with_exact_distances(
    view: DriftView,
    store: SqlStore,
    log: PredictionLog,
    references: References,
    choice: ReferenceChoice,
) -> DriftView:
    """Return a view whose Kolmogorov-Smirnov and Wasserstein distances of numbers are those of the values themselves.

    Raises:
        SourceError: a store does not answer.
    """
    numbers = {column.name: column for column in log.columns if column.kind is ColumnKind.NUMBER}

    async def now(column: LoggedColumn) -> Numbers:
        return await read_sample(store, log, column, MOST_VALUES, model=view.model, start=view.start, end=view.end)

    async with references.drawing(view.model, choice, MOST_VALUES) as before:
        columns = [
            await _measured(column, numbers[column.name], before, now) if column.name in numbers else column
            for column in view.columns
        ]
    return msgspec.structs.replace(view, columns=tuple(columns))


async def _measured(column: ColumnDrift, logged: LoggedColumn, before: Draw, now: Draw) -> ColumnDrift:
    reference, current = await before(logged), await now(logged)
    if not len(reference) or not len(current) or column.psi is None:
        return column
    exact = exact_distances(reference, current)
    return msgspec.structs.replace(column, kolmogorov_smirnov=exact.kolmogorov_smirnov, wasserstein=exact.wasserstein)
