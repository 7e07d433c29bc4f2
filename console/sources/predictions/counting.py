"""Counts by model, version, hour and bin: one grouped question, the same for every engine."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy

from console.domain.bins import Reference
from console.sources.predictions.clock import hour_of
from console.sources.predictions.group_counts import (
    EARLIEST,
    HOUR_OF_GROUP,
    LATEST,
    SLICE_OF_GROUP,
    CountQuery,
    GroupCounts,
    ModelReading,
    Reading,
)
from console.sources.predictions.grouped_sums import grouped_sums
from console.sources.predictions.joined_measures import NUMBER, JoinedMeasure, join_models, joined_measure
from console.sources.predictions.log import ERROR, LATENCY, MODEL, TIMESTAMP, VERSION, LoggedColumn, PredictionLog
from console.sources.predictions.measures import Measure, Thresholds, Truths, measure_of
from console.sources.predictions.thresholds import Scale

if TYPE_CHECKING:
    import ibis

    from console.transport.sql import SqlStore

LATENCY_BOUNDS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
"""Seconds; the code of a latency is the number of bounds below it."""
MOST_SUMS = 1500
"""So many are asked for at once: PostgreSQL answers at most 1,664 columns."""
_LATENCY_SCALE = Scale(shift=40, bits=64)


def count_queries(
    log: PredictionLog,
    references: Mapping[str, Reference],
    *,
    engine: str,
    start: float = EARLIEST,
    end: float = LATEST,
    by_hour: bool = True,
    slice_by: LoggedColumn | None = None,
    version: str | None = None,
) -> tuple[CountQuery, ...]:
    """Return what counts the rows from `start` to before `end` (UTC seconds) of models in the bins of their references.

    There is one question, unless there are more columns than an engine can answer at once.
    """
    models = tuple(references)
    service = service_measures(log, engine)
    queries = []
    for columns in _batches(_columns(log, references, engine)):
        needed = {ERROR, LATENCY, *(column.column for column in columns), *([slice_by.column] if slice_by else [])}
        rows = log.between(start, end, needed)
        if version is not None:
            rows = rows.filter(rows[VERSION] == version)
        if len(models) == 1:
            rows = rows.filter(rows[MODEL] == models[0])
        measures = [*service.values(), *columns]
        joined = [column for column in columns if isinstance(column, JoinedMeasure)]
        expression = _expression(
            join_models(rows, models, joined, engine) if len(models) > 1 else rows, measures, engine, by_hour, slice_by
        )
        readings = [_reading(model, service, columns) for model in models]
        queries.append(CountQuery(expression, sum(measure.width for measure in measures), readings))
        service = {}
    return tuple(queries)


async def count(
    store: "SqlStore",
    log: PredictionLog,
    references: Mapping[str, Reference],
    *,
    start: float = EARLIEST,
    end: float = LATEST,
    by_hour: bool = True,
    slice_by: LoggedColumn | None = None,
    version: str | None = None,
) -> dict[str, GroupCounts]:
    """Return the counts of rows from `start` to before `end` (UTC seconds) by model, all groups in the same order.

    Raises:
        SourceError: The store gave no answer.
    """
    queries = count_queries(
        log, references, engine=store.engine, start=start, end=end, by_hour=by_hour, slice_by=slice_by, version=version
    )
    found: dict[str, GroupCounts] = {}
    for query in queries:
        for group in query.read(await store.read(query.expression)):
            found[group.model] = _joined(found[group.model], group) if group.model in found else group
    return found


def service_measures(log: PredictionLog, engine: str) -> dict[str, Measure]:
    """Return how errors and latencies are counted, by name of the column, where the log tells them."""
    found: dict[str, Measure] = {}
    if log.has_error:
        found[ERROR] = Truths(ERROR, engine)
    if log.has_latency:
        bounds = [_LATENCY_SCALE.integer(bound) for bound in LATENCY_BOUNDS]
        found[LATENCY] = Thresholds(LATENCY, LATENCY, bounds, scale=_LATENCY_SCALE, whole=False, engine=engine)
    return found


def _joined(first: GroupCounts, more: GroupCounts) -> GroupCounts:
    """Return groups with the counts of more columns; what was logged between two questions is in no group."""
    places = {key: place for place, key in enumerate(_keys(more))}
    order = [places.get(key, -1) for key in _keys(first)]
    counts = {
        name: numpy.vstack([matrix, numpy.zeros((1, matrix.shape[1]), numpy.int64)])[order]
        for name, matrix in more.counts.items()
    }
    return msgspec.structs.replace(first, counts=first.counts | counts)


def _keys(groups: GroupCounts) -> "list[tuple[str, float, str | None]]":
    return list(zip(groups.versions, groups.hours.tolist(), groups.slices, strict=True))


def _columns(log: PredictionLog, references: Mapping[str, Reference], engine: str) -> list[Measure | JoinedMeasure]:
    """Return how each column is counted that any of the models is measured by."""
    found: list[Measure | JoinedMeasure] = []
    for place, column in enumerate(log.columns):
        measures: dict[str, Measure] = {}
        for model, reference in references.items():
            if (bins := reference.bins.get(column.name)) is not None:
                measure = measure_of(column, bins, log.table, engine)
                if measure is not None:
                    measures[model] = measure
        if measures:
            found.append(joined_measure(measures, str(place)) if len(references) > 1 else measures.popitem()[1])
    return found


def _batches(columns: Sequence[Measure | JoinedMeasure]) -> list[list[Measure | JoinedMeasure]]:
    batches: list[list[Measure | JoinedMeasure]] = [[]]
    room = MOST_SUMS
    for column in columns:
        if column.width > room and batches[-1]:
            batches.append([])
            room = MOST_SUMS
        batches[-1].append(column)
        room -= column.width
    return batches


def _reading(model: str, service: Mapping[str, Measure], columns: Sequence[Measure | JoinedMeasure]) -> ModelReading:
    """Return how the counts of a model are read from the sums of how it served, and then those of some columns."""
    start = 0
    of_service, of_columns = {}, []
    for name, measure in service.items():
        of_service[name] = Reading(measure, range(start, start + measure.width))
        start += measure.width
    for column in columns:
        if not isinstance(column, JoinedMeasure):
            of_columns.append(Reading(column, range(start, start + column.width)))
        elif model in column.own:
            of_columns.append(Reading(column.own[model], [start + place for place in column.places(model)]))
        start += column.width
    return ModelReading(model, of_service, of_columns)


def _expression(
    rows: "ibis.Table",
    measures: Sequence[Measure | JoinedMeasure],
    engine: str,
    by_hour: bool,
    slice_by: LoggedColumn | None,
) -> "ibis.Table":
    keys = {NUMBER: rows[NUMBER]} if NUMBER in rows.columns else {}
    keys[VERSION] = rows[VERSION]
    if by_hour:
        keys[HOUR_OF_GROUP] = hour_of(rows[TIMESTAMP], engine)
    if slice_by is not None:
        keys[SLICE_OF_GROUP] = rows[slice_by.column].cast("string")
    return grouped_sums(rows, keys, measures, engine, instant=rows[TIMESTAMP])
