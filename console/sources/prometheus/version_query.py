"""What is asked to know how the versions of one model served: everything that was promised of it, in one query."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from console.domain.signal import ERROR_RATIO, LATENCY_MEAN, TRAFFIC
from console.sources.prometheus.exported import Exported, NotExported
from console.sources.prometheus.expressions import live_rate
from console.sources.prometheus.histogram import latency_quantile, mean, quantile
from console.sources.prometheus.outcomes import failed_ratio, requests
from console.sources.prometheus.part_queries import SHARE_OF_QUANTILE
from console.sources.prometheus.promql import marked

LONGEST_QUERY_BYTES = 16_384
"""What VictoriaMetrics takes where nothing else is set (`-search.maxQueryLen`); presets beyond that are not asked."""
_MEASURED = "measured"
"""The label that says what a row measures, and by which preset: `0 traffic`."""


class VersionRow(msgspec.Struct, frozen=True):
    """What a row of the answer is: by which of the presets, which signal, of which version (raw, empty for none)."""

    preset: int
    signal: str
    version: str


class VersionQuery(msgspec.Struct, frozen=True):
    """One expression with a row per preset, signal and version of one model; `versions` are the labels that name them.

    The labels are in the order of the presets, None where a preset names no versions.
    """

    expression: str
    versions: tuple[str | None, ...]

    def row(self, labels: Mapping[str, str]) -> VersionRow | None:
        """Return what a row is by its labels, None where a server made it up."""
        number, _, signal = labels.get(_MEASURED, "").partition(" ")
        if not number.isdecimal() or int(number) >= len(self.versions):
            return None
        label = self.versions[int(number)]
        return VersionRow(int(number), signal, labels.get(label, "") if label is not None else "")


def version_query(presets: Sequence[Exported], rate_window: float, latencies: Collection[str]) -> VersionQuery | None:
    """Return what is asked about the model to which some presets are narrowed, None where none counts its requests.

    `rate_window` is in seconds; `latencies` are the names of the signals that were promised.
    """
    labels = [each.first_label(each.preset.labels.version) for each in presets]
    expression = ""
    for number, (found, label) in enumerate(zip(presets, labels, strict=True)):
        also = (label,) if label is not None else ()
        signals = dict(_exported(found, rate_window, latencies, also))
        if TRAFFIC.name not in signals:
            continue
        asked = " or ".join(marked(each, _MEASURED, f"{number} {signal}") for signal, each in signals.items())
        longer = f"{expression} or {asked}" if expression else asked
        if len(longer.encode()) <= LONGEST_QUERY_BYTES or not expression:
            expression = longer
    return VersionQuery(expression, tuple(labels)) if expression else None


def _exported(
    found: Exported, rate_window: float, latencies: Collection[str], also: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield the signals that a preset tells here, with the expressions that do."""
    preset = found.preset
    recipes: dict[str, Callable[..., str]] = {}
    if preset.requests or preset.successes:
        recipes[TRAFFIC.name] = partial(requests, found, live_rate(rate_window))
    if preset.failures:
        recipes[ERROR_RATIO.name] = partial(failed_ratio, found, live_rate(rate_window))
    for name in latencies:
        if name in preset.quantiles:
            recipes[name] = partial(quantile, found, preset.quantiles[name], rate_window)
        elif name in SHARE_OF_QUANTILE and any(each.histogram or each.summary for each in preset.latencies):
            share = SHARE_OF_QUANTILE[name]
            recipes[name] = partial(latency_quantile, found, preset.latencies, share, rate_window)
        elif name == LATENCY_MEAN.name and any(each.sums for each in preset.latencies):
            recipes[name] = partial(mean, found, preset.latencies, rate_window)
    for signal, recipe in recipes.items():
        try:
            yield signal, recipe(*also)
        except NotExported:
            continue
