"""From a preset and what a server exports to expressions: one grouped query per signal, never one per model.

Every rate of traffic is taken of live series only (`rate(x[5m]) and x`): the rate of a target that died declines for a
whole window and would read as falling traffic. Burn windows keep the dead, whose failed requests were failed; they
count what was asked and what failed once each, because long windows cost the server most: the division is ours.
A ratio's numerator that was never counted is 0 (`or 0 *`); 0/0 is absent (`> 0`), which reads as no traffic.
"""

from collections.abc import Callable, Collection, Sequence
from functools import partial

import msgspec

from console.domain.signal import ERROR_RATIO, LATENCY_MEAN, LATENCY_P50, LATENCY_P95, LATENCY_P99, TRAFFIC
from console.sources.prometheus.exported import Exported, NotExported
from console.sources.prometheus.expressions import any_of, live_rate, scaled, total
from console.sources.prometheus.grouping import ByPlace
from console.sources.prometheus.histogram import latency_ends, latency_quantile, mean, quantile, quantile_ends
from console.sources.prometheus.outcomes import BURN_WINDOWS, burns, failed_ratio, requests
from console.sources.prometheus.preset import Gauge
from console.sources.prometheus.promql import first_of, is_joined
from console.sources.prometheus.selection import Selections
from console.sources.prometheus.signal_query import Composition, HistogramEnds, SignalQuery
from console.sources.prometheus.structures import DEAD_TARGET_LOOK_BACK, structures

_QUANTILES = ((LATENCY_P50.name, 0.5), (LATENCY_P95.name, 0.95), (LATENCY_P99.name, 0.99))


def compose(
    found: Exported,
    rate_window: float,
    *,
    wanted: Collection[str] | None = None,
    burn_windows: Sequence[float] = BURN_WINDOWS,
    look_back: float = DEAD_TARGET_LOOK_BACK,
) -> Composition:
    """Return all that is asked about the models of a preset of which something is exported.

    Durations are in seconds; `wanted` are the names of the signals that anybody needs of it, None for all.
    """
    recipes = _recipes(found, rate_window)
    asked = [name for name in recipes if wanted is None or name in wanted]
    queries = []
    reasons: dict[str, str] = {}
    for name in asked:
        try:
            ends = _ends(found, name)
            queries.append(SignalQuery(found.preset.name, name, recipes[name](), found.identity.group_labels, ends))
        except NotExported as reason:
            reasons[name] = str(reason)
    exported = {query.signal for query in queries}
    reasons |= {name: reason for name, reason in found.preset.not_exported.items() if name not in exported}
    return Composition(
        preset=found.preset.name,
        identity=found.identity,
        signals=tuple(queries),
        structures={query.structure: query for query in structures(found, look_back, rate_window)},
        not_exported=reasons,
        burns=tuple(burns(found, burn_windows)) if ERROR_RATIO.name in asked else (),
        creates=not isinstance(found.grouping, ByPlace) or found.grouping.creates,
        joined=_joined(found, queries, rate_window),
    )


def _joined(found: Exported, queries: Sequence[SignalQuery], rate_window: float) -> frozenset[str]:
    """Return the signals that a model has in no other way than by where, or beside what, it is served."""
    names = [query.signal for query in queries if is_joined(query.expression)]
    if isinstance(found.grouping, ByPlace):
        return frozenset(names)
    alone = _recipes(msgspec.structs.replace(found, beside={}), rate_window)
    return frozenset(name for name in names if not _can_be_had(alone[name]))


def _can_be_had(recipe: Callable[[], str]) -> bool:
    try:
        recipe()
    except NotExported:
        return False
    return True


def _recipes(found: Exported, rate_window: float) -> dict[str, Callable[[], str]]:
    preset = found.preset
    recipes: dict[str, Callable[[], str]] = {}
    if preset.requests or preset.successes:
        recipes[TRAFFIC.name] = partial(requests, found, live_rate(rate_window))
    if preset.failures:
        recipes[ERROR_RATIO.name] = partial(failed_ratio, found, live_rate(rate_window))
    latencies = preset.latencies
    if any(latency.sums for latency in latencies):
        recipes[LATENCY_MEAN.name] = partial(mean, found, latencies, rate_window)
    if any(latency.histogram or latency.summary for latency in latencies):
        for name, share in _QUANTILES:
            recipes[name] = partial(latency_quantile, found, latencies, share, rate_window)
    for name, wanted in preset.quantiles.items():
        recipes[name] = partial(quantile, found, wanted, rate_window)
    for name, stated in preset.gauges.items():
        recipes[name] = partial(gauge, found, stated)
    for name, counters in preset.rates.items():
        recipes[name] = partial(total, found, counters, live_rate(rate_window))
    return recipes


def _ends(found: Exported, signal: str) -> tuple[HistogramEnds, ...]:
    if signal in found.preset.quantiles:
        return quantile_ends(found, found.preset.quantiles[signal])
    return latency_ends(found, found.preset.latencies) if signal in dict(_QUANTILES) else ()


def gauge(found: Exported, wanted: Gauge) -> str:
    """Return a gauge of every model.

    Raises:
        NotExported: the server has it not, or not what it is a share of.
    """

    def combined(series: Selections) -> str:
        return first_of(found.grouped(wanted.combine, any_of(way.terms)) for way in found.use(series))

    value = f"{combined(wanted.series)} / ({combined(wanted.of)} > 0)" if wanted.of else combined(wanted.series)
    return scaled(value, wanted.unit)
