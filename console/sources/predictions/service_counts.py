"""How models served, from their log alone: rows, errors and latencies by version in short buckets of time."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy

from console.sources.predictions.arrays import integers_of
from console.sources.predictions.counting import service_measures
from console.sources.predictions.grouped_sums import ROWS, grouped_sums
from console.sources.predictions.log import ERROR, LATENCY, MODEL, TIMESTAMP, VERSION, PredictionLog
from console.sources.predictions.measures import Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from console.transport.sql import SqlStore

    Counts: TypeAlias = NDArray[numpy.int64]


class ServiceCounts(msgspec.Struct, frozen=True):
    """One version of a model in buckets of equal length.

    Arrays are by bucket; `latency` is shaped (buckets, bounds + 1). What the log does not tell is None.
    """

    model: str
    version: str
    rows: "Counts"
    errors: "Counts | None"
    latency: "Counts | None"


async def count_service(
    store: "SqlStore",
    log: PredictionLog,
    *,
    start: float,
    step: float,
    buckets: int,
    models: Sequence[str] | None = None,
) -> tuple[ServiceCounts, ...]:
    """Return how models (raw names, all where None) served in `buckets` buckets of `step` seconds from `start` on.

    `start` is a multiple of `step`, UTC seconds. It is one grouped question; versions without rows are not told.

    Raises:
        SourceError: The store gave no answer.
    """
    rows = log.between(start, start + step * buckets, (ERROR, LATENCY))
    if models is not None:
        rows = rows.filter(rows[MODEL].isin(list(models)))
    first = round(start / step)
    bucket = (rows[TIMESTAMP].epoch_seconds().cast("float64") / step).floor().cast("int64") - first
    measures = service_measures(log, store.engine)
    keys = {"model": rows[MODEL], "version": rows[VERSION], "bucket": bucket}
    answer = await store.read(grouped_sums(rows, keys, list(measures.values()), store.engine))
    width = sum(measure.width for measure in measures.values())
    matrix = numpy.column_stack([integers_of(answer[name]) for name in (ROWS, *(f"s{p}" for p in range(width)))])
    by_version: dict[tuple[str, str], Counts] = {}
    for key, place, row in zip(
        zip(answer["model"].to_pylist(), answer["version"].to_pylist(), strict=True),
        answer["bucket"].to_pylist(),
        matrix,
        strict=True,
    ):
        by_version.setdefault(key, numpy.zeros((buckets, matrix.shape[1]), numpy.int64))[place] = row
    return tuple(_told(model, version, cells, measures) for (model, version), cells in sorted(by_version.items()))


def _told(model: str, version: str, cells: "Counts", measures: Mapping[str, Measure]) -> ServiceCounts:
    rows, place = cells[:, 0], 1
    found: dict[str, Counts] = {}
    for name, measure in measures.items():
        found[name] = measure.counts(rows, cells[:, place : place + measure.width])
        place += measure.width
    return ServiceCounts(
        model,
        version,
        rows,
        errors=found[ERROR][:, 0] if ERROR in found else None,
        latency=found[LATENCY][:, 1:] if LATENCY in found else None,
    )
