"""Which slices carry a model's drift and its change of quality: asked of the store when somebody looks at it."""

from collections.abc import Sequence

import msgspec

from console.detect.drift.column import change_of
from console.detect.quality.metrics import metric_named
from console.detect.slices.drift import drift_slices
from console.detect.slices.quality import quality_slices
from console.domain.bins import Reference
from console.domain.drift import DriftView, Verdict
from console.domain.quality import QualityView
from console.history.predictions.outcome_past import OutcomePast
from console.history.predictions.slices import (
    SliceColumns,
    Windows,
    read_counts_by_slice,
    read_outcomes_by_slice,
)
from console.sources.predictions.log import PredictionLog
from console.transport.sql import SqlStore

MOST_COLUMNS = 5
"""Drifted columns that are told apart by slice: those that changed most."""
_WEEK = 604_800.0


async def with_quality_slices(
    store: SqlStore, log: PredictionLog, past: OutcomePast, view: QualityView, columns: SliceColumns
) -> QualityView:
    """Return the view with the slices that carry the change against all that was judged before it began.

    Raises:
        SourceError: the store does not answer.
    """
    metric = metric_named(view.headline, view.task) if view.headline is not None else None
    if metric is None or not columns.columns or not past.grid.start < view.start < view.end:
        return msgspec.structs.replace(view, notes=(*view.notes, *columns.notes))
    windows = Windows(past.grid.start, view.start, view.end)
    answer = await read_outcomes_by_slice(
        store, log, past.plan, past.model.name.raw, windows, past.cutoff, columns.columns
    )
    explained = quality_slices(answer, past.plan, metric, columns.columns)
    by = (f"slices: the change of {explained.by} is taken apart",) if explained.slices else ()
    return msgspec.structs.replace(view, slices=explained.slices, notes=(*view.notes, *columns.notes, *by))


async def with_drift_slices(
    store: SqlStore,
    log: PredictionLog,
    model: str,
    reference: Reference,
    view: DriftView,
    columns: SliceColumns,
    before: tuple[float, float] | None = None,
) -> DriftView:
    """Return the view with the slices that carry the drift of its drifted columns; `model` is the raw name.

    `before` are the rows of the reference in this log (UTC seconds); without them it is the same window a week ago.

    Raises:
        SourceError: the store does not answer.
    """
    moved = drifted_columns(view)
    if not moved or not columns.columns:
        return msgspec.structs.replace(view, notes=(*view.notes, *columns.notes))
    start, end = before or (view.start - _WEEK, view.end - _WEEK)
    counted = await read_counts_by_slice(
        store, log, model, reference, moved, (start, end), (view.start, view.end), columns.columns
    )
    slices = drift_slices(counted)
    by = (f"slices: the drift of {', '.join(moved)} is taken apart",) if slices else ()
    return msgspec.structs.replace(view, slices=slices, notes=(*view.notes, *columns.notes, *by))


def drifted_columns(view: DriftView) -> Sequence[str]:
    """Return the names of the columns whose drift is taken apart, those that changed most first."""
    moved = [column for column in view.columns if column.verdict in (Verdict.DRIFT, Verdict.BROKEN)]
    return [column.name for column in sorted(moved, key=change_of, reverse=True)[:MOST_COLUMNS]]
