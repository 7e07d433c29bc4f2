"""What is asked of the parts of a few models: one grouped query per preset and quantity for all of them together."""

from collections.abc import Callable, Collection, Iterable, Iterator
from enum import StrEnum
from functools import partial

import msgspec

from console.domain.model import Model
from console.domain.signal import KV_CACHE, LATENCY_P50, LATENCY_P95, LATENCY_P99, QUEUE, SATURATION
from console.sources.prometheus.compose import gauge
from console.sources.prometheus.discovery import Discovery
from console.sources.prometheus.exported import Exported, NotExported
from console.sources.prometheus.expressions import live_rate
from console.sources.prometheus.fleet_queries import exported_presets
from console.sources.prometheus.histogram import latency_quantile, mean
from console.sources.prometheus.outcomes import failed_ratio, requests
from console.sources.prometheus.preset import Preset
from console.sources.prometheus.signal_query import Identity

SHARE_OF_QUANTILE = {LATENCY_P99.name: 0.99, LATENCY_P95.name: 0.95, LATENCY_P50.name: 0.5}
GAUGES = (QUEUE.name, SATURATION.name, KV_CACHE.name)


class Quantity(StrEnum):
    """What is measured of a part, by the field that holds it."""

    TRAFFIC = "traffic"
    ERROR_RATIO = "error_ratio"
    LATENCY = "latency"
    LATENCY_HIGH = "latency_high"


class PartQuery(msgspec.Struct, frozen=True):
    """One expression that yields a quantity of every version, or replica, of some models: `by` are these labels."""

    quantity: Quantity
    expression: str
    by: tuple[str, ...]


class Breakdown(msgspec.Struct, frozen=True):
    """All that is asked about the parts of models by one preset.

    `version` and `replica` are the labels that name them, None where nothing does; `gauges` are expressions by signal.
    """

    preset: str
    identity: Identity
    version: str | None
    replica: str | None
    parts: tuple[PartQuery, ...]
    gauges: dict[str, str]
    names_pods: bool = False
    """Whether the replicas are pods by name."""


def breakdowns(
    discovery: Discovery,
    presets: Iterable[Preset],
    rate_window: float,
    models: tuple[Model, ...],
    quantiles: Collection[str],
) -> tuple[Breakdown, ...]:
    """Return what is asked of a server about the parts of some models, in the order in which presets own signals."""
    found = exported_presets(discovery.offers(presets), discovery.labels_beside, models)
    return tuple(breakdown(each, rate_window, quantiles) for each in found)


def breakdown(found: Exported, rate_window: float, quantiles: Collection[str]) -> Breakdown:
    """Return what is asked about the parts of the models that a preset is narrowed to.

    `rate_window` is in seconds; `quantiles` are the latency signals that speak for the models.
    """
    version = found.first_label(found.preset.labels.version)
    replica = found.first_label(found.preset.labels.replica)
    return Breakdown(
        preset=found.preset.name,
        identity=found.identity,
        version=version,
        replica=replica,
        parts=tuple(_parts(found, rate_window, quantiles, version, replica)),
        gauges=dict(_gauges(found)),
        names_pods=replica is not None and replica != "instance",
    )


def _parts(
    found: Exported, rate_window: float, quantiles: Collection[str], version: str | None, replica: str | None
) -> Iterator[PartQuery]:
    labels = tuple(label for label in (version, replica) if label is not None)
    if not labels:
        return
    # Traffic adds up: both labels in one query also tell which version a replica runs.
    yield from _asked(Quantity.TRAFFIC, partial(requests, found, live_rate(rate_window)), labels)
    for label in labels:
        yield from _asked(Quantity.ERROR_RATIO, partial(failed_ratio, found, live_rate(rate_window)), (label,))
        latencies = found.preset.latencies
        if any(latency.sums for latency in latencies):
            yield from _asked(Quantity.LATENCY, partial(mean, found, latencies, rate_window), (label,))
        if any(latency.histogram or latency.summary for latency in latencies):
            for name, share in SHARE_OF_QUANTILE.items():
                if name in quantiles:
                    recipe = partial(latency_quantile, found, latencies, share, rate_window)
                    yield from _asked(Quantity.LATENCY_HIGH, recipe, (label,))


def _asked(quantity: Quantity, recipe: Callable[..., str], by: tuple[str, ...]) -> Iterator[PartQuery]:
    try:
        yield PartQuery(quantity, recipe(*by), by)
    except NotExported:
        return  # the fleet's own queries have said why


def _gauges(found: Exported) -> Iterator[tuple[str, str]]:
    for name in GAUGES:
        if name in found.preset.gauges:
            try:
                yield name, gauge(found, found.preset.gauges[name])
            except NotExported:
                continue
