"""Sums and counts by slice of one model, asked for when somebody looks at it: two windows in one grouped question."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from console.domain.bins import Bins, ColumnKind, Reference
from console.settings.nearest import did_you_mean
from console.sources.predictions.counting import count_queries
from console.sources.predictions.group_counts import GroupCounts
from console.sources.predictions.log import VERSION, LoggedColumn, PredictionLog
from console.sources.predictions.outcome_plan import OutcomePlan
from console.sources.predictions.outcomes import Asked, outcome_expression
from console.transport.sql import SqlStore

if TYPE_CHECKING:
    import pyarrow

MOST_VALUES = 20
"""Values of a feature above which it slices nothing unless the configuration names it."""
MOST_COLUMNS = 5
MOST_COMBINATIONS = 20_000
"""Combinations of values, above which the columns with most values are left out."""
_VERSION = LoggedColumn(VERSION, VERSION, ColumnKind.CATEGORY, "text")


class Windows(msgspec.Struct, frozen=True):
    """Two windows of predictions (UTC seconds) that follow each other: before from `start`, now from `split`."""

    start: float
    split: float
    end: float


class SliceColumns(msgspec.Struct, frozen=True):
    """The columns by whose values rows are told apart, and what a person should know of the choice."""

    columns: tuple[LoggedColumn, ...]
    notes: tuple[str, ...] = ()


def slice_columns(log: PredictionLog, wanted: Sequence[str], reference: Reference | None) -> SliceColumns:
    """Return the columns that are wanted by name; without any, the version and the features with few values."""
    by_name = {column.name: column for column in log.features} | {VERSION: _VERSION}
    if wanted:
        unknown = tuple(
            f"slices: {name!r} is no feature; {did_you_mean(name, by_name)}" for name in wanted if name not in by_name
        )
        return SliceColumns(tuple(by_name[name] for name in wanted if name in by_name), unknown)
    bins = reference.bins if reference is not None else {}
    few = sorted(
        (len(bins[column.name].categories), column.name)
        for column in log.features
        if column.name in bins and _has_few_values(bins[column.name])
    )
    chosen: list[LoggedColumn] = [_VERSION]
    combinations = 2
    for values, name in few[:MOST_COLUMNS]:
        combinations *= values + 1
        if combinations > MOST_COMBINATIONS:
            break
        chosen.append(by_name[name])
    return SliceColumns(tuple(chosen))


def _has_few_values(bins: Bins) -> bool:
    return bins.kind is ColumnKind.CATEGORY and 2 <= len(bins.categories) <= MOST_VALUES and not bins.rare


async def read_outcomes_by_slice(
    store: SqlStore,
    log: PredictionLog,
    plan: OutcomePlan,
    model: str,
    windows: Windows,
    cutoff: float,
    columns: Sequence[LoggedColumn],
) -> "pyarrow.Table":
    """Return the sums of outcomes of one model (raw name) in two windows, with the labels that had come by `cutoff`.

    Raises:
        SourceError: the store does not answer.
    """
    asked = Asked(
        start=windows.start,
        end=windows.end,
        cutoff=cutoff,
        models=(model,),
        by_hour=False,
        with_bins=False,
        split=windows.split,
        slices=tuple(column.column for column in columns),
    )
    return await store.read(outcome_expression(log, plan, asked))


async def read_counts_by_slice(
    store: SqlStore,
    log: PredictionLog,
    model: str,
    reference: Reference,
    drifted: Sequence[str],
    before: tuple[float, float],
    now: tuple[float, float],
    columns: Sequence[LoggedColumn],
) -> tuple[tuple[str, GroupCounts, GroupCounts], ...]:
    """Return by slicing column the counts of the drifted columns of one model (raw name) before and now.

    Raises:
        SourceError: the store does not answer.
    """
    bins = {name: reference.bins[name] for name in drifted if name in reference.bins}
    narrowed = {model: msgspec.structs.replace(reference, bins=bins)}
    found: list[tuple[str, GroupCounts, GroupCounts]] = []
    for column in columns:
        counted = []
        for start, end in (before, now):
            queries = count_queries(
                log, narrowed, engine=store.engine, start=start, end=end, by_hour=False, slice_by=column
            )
            counted.append([query.read(await store.read(query.expression))[0] for query in queries])
        found.extend((column.name, one, other) for one, other in zip(*counted, strict=True))
    return tuple(found)
