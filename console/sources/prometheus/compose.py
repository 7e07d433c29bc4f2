"""From a preset and what a server exports to expressions: one grouped query per signal, never one per model.

Every rate of traffic is taken of live series only (`rate(x[5m]) and x`): the rate of a target that died declines for a
whole window and would read as falling traffic. Burn windows keep the dead, whose failed requests were failed; they
count what was asked and what failed once each, because long windows cost the server most: the division is ours.
A ratio's numerator that was never counted is 0 (`or 0 *`); 0/0 is absent (`> 0`), which reads as no traffic.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from console.domain.model import Model
from console.domain.moments import promql_duration
from console.domain.signal import (
    ERROR_RATIO,
    LATENCY_MEAN,
    LATENCY_P50,
    LATENCY_P95,
    LATENCY_P99,
    TRAFFIC,
)
from console.sources.prometheus.exported import TARGET_LABELS, Exported, NotExported, Way
from console.sources.prometheus.expressions import Wrap, any_of, each, increase, live_rate, scaled, total
from console.sources.prometheus.histogram import mean, quantile
from console.sources.prometheus.preset import Gauge, Preset, Quantile
from console.sources.prometheus.promql import aggregate, first_of, marked
from console.sources.prometheus.signal_query import (
    ASKED,
    COUNTED_LABEL,
    FAILED,
    WINDOW_LABEL,
    BurnQuery,
    Composition,
    SignalQuery,
    Structure,
    StructureQuery,
)

BURN_WINDOWS = (300.0, 1800.0, 3600.0, 7200.0, 21600.0, 86400.0, 259200.0)
"""The windows (seconds) of the multi-window burn-rate alerts (Google SRE workbook, chapter 5)."""
SHORTEST_LONG_WINDOW = 21600.0
"""From this window (seconds) on each is a query of its own: it reads so much that it may fail where others do not."""
DEAD_TARGET_LOOK_BACK = 3600.0
"""How long (seconds) a target that is down still counts as one of a model's."""

_QUANTILES = ((LATENCY_P50.name, 0.5), (LATENCY_P95.name, 0.95), (LATENCY_P99.name, 0.99))
_OUTCOME = "outcome"


def compose(
    preset: Preset,
    exported: Mapping[str, frozenset[str]],
    rate_window: float,
    *,
    burn_windows: Sequence[float] = BURN_WINDOWS,
    look_back: float = DEAD_TARGET_LOOK_BACK,
    only: Model | None = None,
) -> Composition | None:
    """Return all that is asked about the models of a preset, None when the server exports none of it.

    `exported` holds the label names of each exported series that bears the model label; durations are in seconds;
    `only` asks about one model instead of all.
    """
    found = Exported.of(preset, exported)
    if found is None:
        return None
    composer = _Composer(msgspec.structs.replace(found, only=only), rate_window)
    signals, not_exported = composer.signals()
    return Composition(
        preset=preset.name,
        identity=found.identity,
        signals=signals,
        structures={query.structure: query for query in composer.structures(look_back)},
        not_exported=not_exported,
        burns=tuple(composer.burns(burn_windows)),
    )


class _Composer(msgspec.Struct, frozen=True):
    found: Exported
    rate_window: float

    @property
    def group(self) -> tuple[str, ...]:
        return self.found.identity.group_labels

    def signals(self) -> tuple[tuple[SignalQuery, ...], dict[str, str]]:
        """Return the queries of all signals, and for those that cannot be had the reason."""
        queries = []
        reasons: dict[str, str] = {}
        for name, expression_of in self._recipes().items():
            try:
                expression = expression_of()
            except NotExported as reason:
                reasons[name] = str(reason)
                continue
            queries.append(SignalQuery(self.found.preset.name, name, expression, self.group))
        return tuple(queries), reasons | self.found.preset.not_exported

    def _recipes(self) -> dict[str, Callable[[], str]]:
        preset = self.found.preset
        recipes: dict[str, Callable[[], str]] = {}
        if preset.requests or preset.successes:
            recipes[TRAFFIC.name] = partial(self._requests, self.group, live_rate(self.rate_window))
        if preset.failures:
            recipes[ERROR_RATIO.name] = partial(self._failed_ratio, live_rate(self.rate_window))
        latency = preset.latency
        if latency is not None:
            recipes[LATENCY_MEAN.name] = partial(mean, self.found, latency, self.rate_window)
            if latency.histogram:
                for name, share in _QUANTILES:
                    recipes[name] = partial(
                        quantile, self.found, Quantile(latency.histogram, share, latency.unit), self.rate_window
                    )
        for name, wanted in preset.quantiles.items():
            recipes[name] = partial(quantile, self.found, wanted, self.rate_window)
        for name, gauge in preset.gauges.items():
            recipes[name] = partial(self._gauge, gauge)
        for name, counters in preset.rates.items():
            recipes[name] = partial(total, self.found, counters, self.group, live_rate(self.rate_window))
        return recipes

    def structures(self, look_back: float) -> list[StructureQuery]:
        """Return the queries beside the signals; what the labels do not allow is left out."""
        queries = []
        present = self.found.use(self.found.presence)
        here = any_of(each(present))
        if self.found.has_target_labels():
            targets = (*self.group, *TARGET_LABELS)
            queries.append(self._structure(Structure.LIVE_TARGETS, self._count(targets, here)))
            seen = any_of(each(present), lambda text: f"last_over_time({text}[{promql_duration(look_back)}])")
            dead = f"{aggregate('group', targets, seen)} and on ({', '.join(TARGET_LABELS)}) (up == 0)"
            queries.append(self._structure(Structure.DEAD_TARGETS, aggregate("count", self.group, dead)))
        replica = self.found.first_label(self.found.preset.labels.replica)
        if replica is not None:
            replicas = (*self.group, replica)
            queries.append(self._structure(Structure.REPLICAS, self._count(replicas, here)))
            names = aggregate("group", replicas, here)
            queries.append(self._structure(Structure.REPLICA_NAMES, names, replica))
        return queries + self._traffic_by_version()

    def _traffic_by_version(self) -> list[StructureQuery]:
        version = self.found.first_label(self.found.preset.labels.version)
        if version is None:
            return []
        try:
            by_version = self._requests((*self.group, version), live_rate(self.rate_window))
        except NotExported:
            return []  # signals() has said why there is no traffic
        return [self._structure(Structure.TRAFFIC_BY_VERSION, by_version, version)]

    def burns(self, windows: Sequence[float]) -> Iterator[BurnQuery]:
        """Yield the queries that count asked and failed requests: short windows together, each long one alone."""
        try:
            ways = self.found.use(self.found.preset.failures)
            short = tuple(window for window in windows if window < SHORTEST_LONG_WINDOW)
            long = [(window,) for window in windows if window >= SHORTEST_LONG_WINDOW]
            for together in filter(None, (short, *long)):
                counts = " or ".join(text for window in together for text in self._counted(ways, window))
                yield BurnQuery(self.found.preset.name, together, counts, self.group)
        except NotExported:
            return  # signals() has said why there is no error ratio

    def _counted(self, ways: tuple[Way, ...], window: float) -> Iterator[str]:
        wrap = increase(window)
        for number, way in enumerate(ways):
            asked = marked(self._asked(way, wrap), COUNTED_LABEL, f"{ASKED} {number}")
            failed = marked(self._failed(way, wrap), COUNTED_LABEL, f"{FAILED} {number}")
            for counted in (asked, failed):
                yield marked(counted, WINDOW_LABEL, promql_duration(window))

    def _structure(self, structure: Structure, expression: str, split_label: str | None = None) -> StructureQuery:
        return StructureQuery(self.found.preset.name, structure, expression, self.group, split_label)

    def _count(self, things: tuple[str, ...], expression: str) -> str:
        return aggregate("count", self.group, aggregate("group", things, expression))

    def _requests(self, by: tuple[str, ...], wrap: Wrap) -> str:
        preset = self.found.preset
        if preset.requests:
            return total(self.found, preset.requests, by, wrap)
        successes = total(self.found, preset.successes, by, wrap)
        try:
            failures = total(self.found, preset.failures, by, wrap)
        except NotExported:
            return successes
        outcomes = f"{marked(successes, _OUTCOME, 'success')} or {marked(failures, _OUTCOME, 'failure')}"
        return aggregate("sum", by, outcomes)

    def _failed_ratio(self, wrap: Wrap) -> str:
        ratios = []
        for way in self.found.use(self.found.preset.failures):
            failed, asked = self._failed(way, wrap), self._asked(way, wrap)
            ratios.append(f"({failed} or 0 * {asked}) / ({asked} > 0)")
        return first_of(ratios)

    def _failed(self, way: Way, wrap: Wrap) -> str:
        return aggregate("sum", self.group, any_of(way.selectors, wrap))

    def _asked(self, way: Way, wrap: Wrap) -> str:
        """Return the requests that a way's failures are a part of.

        Only those whose outcome is told: a model that never tells it has no ratio, it is not faultless.
        """
        counted = {name for requests in self.found.preset.requests for name in requests.names}
        if counted.issuperset(way.selection.names):
            return aggregate("sum", self.group, any_of(way.whole, wrap))
        return self._requests(self.group, wrap)

    def _gauge(self, gauge: Gauge) -> str:
        ways = self.found.use(gauge.series)
        return scaled(first_of(aggregate(gauge.combine, self.group, any_of(way.selectors)) for way in ways), gauge.unit)
