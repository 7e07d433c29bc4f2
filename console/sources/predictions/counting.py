"""Counts by model, version, hour and bin: one grouped question, the same for every engine."""

from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy

from console.domain.bins import Reference
from console.sources.predictions.arrays import integers_of, seconds_of
from console.sources.predictions.log import ERROR, LATENCY, MODEL, TIMESTAMP, VERSION, LoggedColumn, PredictionLog
from console.sources.predictions.measures import FAST_INTEGERS, Measure, Thresholds, Truths, measure_of
from console.sources.predictions.thresholds import Scale

if TYPE_CHECKING:
    import ibis
    import pyarrow
    from numpy.typing import NDArray

    from console.transport.sql import SqlStore

    Counts: TypeAlias = NDArray[numpy.int64]

LATENCY_BOUNDS = (
    *(0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5),
    *(1.0, 2.5, 5.0, 10.0, 30.0, 60.0),
)
"""Seconds; the code of a latency is the number of bounds below it."""
MOST_SUMS = 1500
"""So many are asked for at once: PostgreSQL answers at most 1,664 columns."""
EARLIEST = 0.0
LATEST = 7_258_118_400.0
"""UTC seconds before and after all rows: 1970 and 2200."""
_LATENCY_SCALE = Scale(shift=40, bits=64)


class GroupCounts(msgspec.Struct, frozen=True):
    """Rows of one model by group: a group is a version and, where asked for, an hour and a value of a slice.

    `hours` are UTC seconds (0.0 where not asked for), `slices` values as text (None for null). `newest` is the newest
    timestamp of each group (UTC seconds). `counts` are by column name, shaped (groups, codes); `latency` is shaped
    (groups, bounds + 1).
    """

    model: str
    versions: tuple[str, ...]
    hours: "NDArray[numpy.float64]"
    slices: tuple[str | None, ...]
    rows: "Counts"
    newest: "NDArray[numpy.float64]"
    counts: "dict[str, Counts]"
    errors: "Counts | None" = None
    latency: "Counts | None" = None


_MODEL_NUMBER = "model"
_HOUR = "hour"
_SLICE = "slice"


class _Part(msgspec.Struct, frozen=True):
    """What is asked of one model: how it served, and some of its columns."""

    model: str
    service: dict[str, Measure]
    columns: tuple[Measure, ...]

    @property
    def measures(self) -> tuple[Measure, ...]:
        """Return all in the order of the answer's columns."""
        return (*self.service.values(), *self.columns)

    @property
    def width(self) -> int:
        """Return how many sums there are."""
        return sum(measure.width for measure in self.measures)


class CountQuery:
    """One question for counts of some columns, and what its answer means."""

    def __init__(self, expression: "ibis.Table", parts: "Sequence[_Part]") -> None:
        self.expression = expression
        self._parts = parts

    def read(self, answer: "pyarrow.Table") -> tuple[GroupCounts, ...]:
        """Return the counts of an answer, by model in the order of the question."""
        if len(self._parts) == 1:
            return (_group_counts(self._parts[0], answer),)
        models = integers_of(answer[_MODEL_NUMBER])
        return tuple(
            _group_counts(part, answer.take(numpy.flatnonzero(models == number)))
            for number, part in enumerate(self._parts)
        )


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
    rows = log.between(start, end)
    if version is not None:
        rows = rows.filter(rows[VERSION] == version)
    batches = {model: _batches(log, rows, reference, engine) for model, reference in references.items()}
    queries = []
    for number, batch in enumerate(zip_longest(*batches.values(), fillvalue=())):
        service = service_measures(log, engine) if number == 0 else {}
        parts = [_Part(model, service, columns) for model, columns in zip(references, batch, strict=True)]
        queries.append(CountQuery(_expression(rows, parts, by_hour, slice_by), parts))
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


def _batches(log: PredictionLog, rows: "ibis.Table", reference: Reference, engine: str) -> list[tuple[Measure, ...]]:
    batches: list[list[Measure]] = [[]]
    room = MOST_SUMS
    for column in log.columns:
        if (bins := reference.bins.get(column.name)) is None:
            continue
        if (found := measure_of(column, bins, rows, engine)) is None:
            continue
        if found.width > room and batches[-1]:
            batches.append([])
            room = MOST_SUMS
        batches[-1].append(found)
        room -= found.width
    return [tuple(batch) for batch in batches]


def service_measures(log: PredictionLog, engine: str) -> dict[str, Measure]:
    """Return how errors and latencies are counted, by name of the column, where the log tells them."""
    found: dict[str, Measure] = {}
    if log.has_error:
        found[ERROR] = Truths(ERROR)
    if log.has_latency:
        bounds = [_LATENCY_SCALE.snapped(bound) for bound in LATENCY_BOUNDS]
        fast = engine in FAST_INTEGERS
        found[LATENCY] = Thresholds(LATENCY, LATENCY, bounds, scale=_LATENCY_SCALE, whole=False, fast=fast)
    return found


def _expression(
    rows: "ibis.Table", parts: Sequence[_Part], by_hour: bool, slice_by: LoggedColumn | None
) -> "ibis.Table":
    import ibis

    width = max(part.width for part in parts)
    keys = {VERSION: rows[VERSION]}
    if by_hour:
        keys[_HOUR] = rows[TIMESTAMP].truncate("h")
    if slice_by is not None:
        keys[_SLICE] = rows[slice_by.column].cast("string")
    if len(parts) == 1:
        return _of_model(rows, keys, parts[0], None, width)
    return ibis.union(*(_of_model(rows, keys, part, number, width) for number, part in enumerate(parts)))


def _of_model(
    rows: "ibis.Table", keys: "Mapping[str, ibis.Value]", part: _Part, number: int | None, width: int
) -> "ibis.Table":
    """Return the sums of one model; with a number what it has fewer than others is zero: all have the same columns."""
    import ibis

    prepared = {
        f"{place}_{index}": value
        for place, measure in enumerate(part.measures)
        for index, value in enumerate(measure.prepare(rows))
    }
    narrow = rows.filter(rows[MODEL] == part.model).select(**keys, **prepared, **{TIMESTAMP: rows[TIMESTAMP]})
    sums: list[ibis.Value] = []
    for place, measure in enumerate(part.measures):
        names = [name for name in prepared if name.startswith(f"{place}_")]
        sums += measure.sums([narrow[name] for name in names])
    counted = narrow.group_by(*keys).aggregate(
        rows=narrow.count(), newest=narrow[TIMESTAMP].max(), **{f"s{place}": value for place, value in enumerate(sums)}
    )
    if number is None:
        return counted
    zero = ibis.literal(0, "int64")
    return counted.select(
        ibis.literal(number, "int32").name(_MODEL_NUMBER),
        *keys,
        "rows",
        "newest",
        *(counted[f"s{p}"] if p < len(sums) else zero.name(f"s{p}") for p in range(width)),
    )


def _group_counts(part: _Part, answer: "pyarrow.Table") -> GroupCounts:
    groups = answer.num_rows
    rows = integers_of(answer["rows"])
    sums = [integers_of(answer[f"s{place}"]) for place in range(part.width)]
    matrix = numpy.column_stack(sums) if sums else numpy.zeros((groups, 0), numpy.int64)
    counts, start = [], 0
    for measure in part.measures:
        counts.append(measure.counts(rows, matrix[:, start : start + measure.width]))
        start += measure.width
    service = dict(zip(part.service, counts, strict=False))
    return GroupCounts(
        model=part.model,
        versions=tuple(answer[VERSION].to_pylist()),
        hours=seconds_of(answer[_HOUR], EARLIEST) if _HOUR in answer.column_names else numpy.zeros(groups),
        slices=tuple(answer[_SLICE].to_pylist()) if _SLICE in answer.column_names else (None,) * groups,
        rows=rows,
        newest=seconds_of(answer["newest"], EARLIEST),
        counts={m.name: c for m, c in zip(part.columns, counts[len(part.service) :], strict=True)},
        errors=service[ERROR][:, 0] if ERROR in service else None,
        latency=service[LATENCY][:, 1:] if LATENCY in service else None,
    )
