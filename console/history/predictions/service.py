"""Traffic, errors and latency of models as series, from their log alone.

The value at an instant is of the `window` seconds before it, as with rates of Prometheus; quantiles are interpolated
within buckets of `LATENCY_BOUNDS`, as its `histogram_quantile` does, and those beyond the last bound are that bound.
"""

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy

from console.domain.series import Grid, Series
from console.domain.signal import ERROR_RATIO, LATENCY_P50, LATENCY_P95, LATENCY_P99, TRAFFIC
from console.sources.predictions.counting import LATENCY_BOUNDS
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.service_counts import ServiceCounts, count_service
from console.transport.sql import SqlStore

if TYPE_CHECKING:
    from numpy.typing import NDArray

Counts: TypeAlias = "NDArray[numpy.int64]"
Numbers: TypeAlias = "NDArray[numpy.float64]"

WINDOW = 300.0
"""Seconds that a rate is taken over, where nothing else is asked for."""
QUANTILES = {LATENCY_P50.name: 0.5, LATENCY_P95.name: 0.95, LATENCY_P99.name: 0.99}


class ServiceSignals(msgspec.Struct, frozen=True):
    """How one model (raw name) served: series by signal name, and the same of each raw version, the first one first.

    `newest` is the beginning of the newest step of the grid that holds a row (UTC seconds).
    """

    model: str
    newest: float
    series: dict[str, Series]
    by_version: dict[str, dict[str, Series]]


async def read_service_signals(
    store: SqlStore,
    log: PredictionLog,
    grid: Grid,
    *,
    models: Sequence[str] | None = None,
    window: float = WINDOW,
) -> dict[str, ServiceSignals]:
    """Return how models (all where None) served on a grid, by raw name; one that has no rows there is absent.

    Raises:
        SourceError: The store gave no answer.
    """
    before = max(1, round(window / grid.step))
    start = grid.start - grid.step * before
    buckets = grid.count - 1 + before
    found = await count_service(store, log, start=start, step=grid.step, buckets=buckets, models=models)
    by_model: dict[str, list[ServiceCounts]] = {}
    for counts in found:
        by_model.setdefault(counts.model, []).append(counts)
    return {model: _signals(model, versions, grid, before) for model, versions in by_model.items()}


def _signals(model: str, versions: Sequence[ServiceCounts], grid: Grid, before: int) -> ServiceSignals:
    logged = _added([version.rows for version in versions])
    first_first = sorted(versions, key=lambda each: int(numpy.flatnonzero(each.rows)[0]))
    return ServiceSignals(
        model,
        grid.start + grid.step * (int(numpy.flatnonzero(logged)[-1]) - before),
        _series_of(versions, grid, before),
        {version.version: _series_of([version], grid, before) for version in first_first},
    )


def _series_of(versions: Sequence[ServiceCounts], grid: Grid, before: int) -> dict[str, Series]:
    """Return the signals of some versions together."""
    rows = _over_window(_added([version.rows for version in versions]), before)
    series = {TRAFFIC.name: rows / (before * grid.step)}
    errors = [version.errors for version in versions if version.errors is not None]
    if errors:
        series[ERROR_RATIO.name] = _ratio(_over_window(_added(errors), before), rows)
    latencies = [version.latency for version in versions if version.latency is not None]
    if latencies:
        counts = _over_window(_added(latencies), before)
        series |= {name: quantile_of(counts, wanted, LATENCY_BOUNDS) for name, wanted in QUANTILES.items()}
    return {name: _series(grid, values) for name, values in series.items()}


def quantile_of(counts: "Counts", wanted: float, bounds: Sequence[float]) -> "Numbers":
    """Return a quantile of each row of counts by code of `bounds`, NaN where a row has none.

    Within a bucket values are taken to be spread evenly, and the first begins at 0 (Prometheus' `histogram_quantile`).
    """
    below = numpy.cumsum(counts, axis=1)
    total = below[:, -1]
    rank = wanted * total
    code = (below < rank[:, None]).sum(axis=1)
    last = len(bounds)
    edges = numpy.array([0.0, *bounds])
    inside = numpy.minimum(code, last - 1)
    held = numpy.take_along_axis(counts, inside[:, None], axis=1)[:, 0]
    earlier = numpy.take_along_axis(below, inside[:, None], axis=1)[:, 0] - held
    share = (rank - earlier) / numpy.maximum(held, 1)
    value = edges[inside] + (edges[inside + 1] - edges[inside]) * share
    return numpy.where(total == 0, numpy.nan, numpy.where(code >= last, bounds[-1], value))


def _over_window(counts: "Counts", before: int) -> "Counts":
    """Return, for every instant, the sum of the buckets in the window that ends there."""
    summed = numpy.concatenate([numpy.zeros_like(counts[:1]), numpy.cumsum(counts, axis=0)])
    found: Counts = summed[before:] - summed[:-before]
    return found


def _added(counts: "Sequence[Counts]") -> "Counts":
    added: Counts = numpy.add.reduce(counts)
    return added


def _ratio(part: "Counts", whole: "Counts") -> "Numbers":
    return numpy.where(whole > 0, part / numpy.maximum(whole, 1), numpy.nan)


def _series(grid: Grid, values: "Numbers") -> Series:
    return Series(grid, array("d", values.tolist()))
