"""Quantiles and means of what was measured request by request: the one place that writes them."""

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial

from console.sources.prometheus.exported import Exported, NotExported
from console.sources.prometheus.expressions import any_of, each, first_exported, live_rate, rate, scaled, total
from console.sources.prometheus.preset import DIVISOR, Latency, Quantile, TimeUnit
from console.sources.prometheus.selection import Selection, Selections
from console.sources.prometheus.signal_query import BOUND_LABEL, HistogramEnds


def finite_bound(text: str) -> float | None:
    """Return the bound of a bucket by its label `le`, None where it has none that a value could stand at."""
    try:
        bound = float(text)
    except ValueError:
        return None
    return bound if math.isfinite(bound) else None


def latency_ends(found: Exported, latencies: Sequence[Latency]) -> tuple[HistogramEnds, ...]:
    """Return what tells where the histograms of a latency end, of those that are exported."""
    return tuple(each for latency in latencies for each in _ends(found, latency.histogram, latency.unit))


def quantile_ends(found: Exported, wanted: Quantile) -> tuple[HistogramEnds, ...]:
    """Return what tells where the histograms of another quantile end, of those that are exported."""
    return tuple(_ends(found, wanted.histogram, wanted.unit))


def _ends(found: Exported, histograms: Selections, unit: TimeUnit) -> Iterator[HistogramEnds]:
    for histogram in histograms:
        with suppress(NotExported):
            buckets = found.use((histogram.with_suffix("_bucket"),))
            yield HistogramEnds(found.grouped("group", any_of(each(buckets)), BOUND_LABEL), DIVISOR[unit])


def mean(found: Exported, latencies: Sequence[Latency], rate_window: float, *also: str) -> str:
    """Return the mean (seconds) of every model over a window (seconds), per value of further labels.

    It is absent where nothing was asked.

    Raises:
        NotExported: the server has not both a sum and a count.
    """
    return first_exported(partial(_mean, found, latency, rate_window, *also) for latency in latencies if latency.sums)


def latency_quantile(
    found: Exported, latencies: Sequence[Latency], wanted: float, rate_window: float, *also: str
) -> str:
    """Return a quantile (seconds) of the latency of every model, per value of further labels.

    It is that of the first way that has it.

    Raises:
        NotExported: the server has neither a histogram nor the quantile in a summary.
    """
    return first_exported(_ways_to_quantile(found, latencies, wanted, rate_window, *also))


def quantile(found: Exported, wanted: Quantile, rate_window: float, *also: str) -> str:
    """Return a quantile (seconds) of every model that is alive over a window (seconds), per value of further labels.

    Raises:
        NotExported: the server has none of the histograms.
    """
    return first_exported(
        partial(way, found, histogram, wanted.quantile, wanted.unit, rate_window, *also)
        for histogram in wanted.histogram
        for way in (_of_histogram, _of_native)
    )


def _ways_to_quantile(
    found: Exported, latencies: Sequence[Latency], wanted: float, rate_window: float, *also: str
) -> Iterator[Callable[[], str]]:
    for latency in latencies:
        for histogram in latency.histogram:
            yield partial(_of_histogram, found, histogram, wanted, latency.unit, rate_window, *also)
            yield partial(_of_native, found, histogram, wanted, latency.unit, rate_window, *also)
        for summary in latency.summary:
            yield partial(_of_summary, found, summary.only("quantile", f"{wanted:g}"), latency.unit, *also)


def _mean(found: Exported, latency: Latency, rate_window: float, *also: str) -> str:
    spent = total(found, latency.sums, live_rate(rate_window), *also)
    count = total(found, latency.counts, live_rate(rate_window), *also)
    return scaled(f"{spent} / ({count} > 0)", latency.unit)


def _of_histogram(
    found: Exported, histogram: Selection, wanted: float, unit: TimeUnit, rate_window: float, *also: str
) -> str:
    buckets = found.use((histogram.with_suffix("_bucket"),))
    counts = found.use((histogram.with_suffix("_count"),))
    rates = found.grouped("sum", any_of(each(buckets), rate(rate_window)), BOUND_LABEL, *also)
    value = scaled(f"histogram_quantile({wanted:g}, {rates})", unit)
    alive = found.grouped("group", any_of(each(counts)), *also)
    return f"{value} and on ({', '.join((*found.identity.group_labels, *also))}) {alive}"


def _of_native(
    found: Exported, histogram: Selection, wanted: float, unit: TimeUnit, rate_window: float, *also: str
) -> str:
    """Return the quantile of native histograms; while models migrate, each has one or the other."""
    rates = found.grouped("sum", any_of(each(found.use((found.native(histogram),))), live_rate(rate_window)), *also)
    return scaled(f"histogram_quantile({wanted:g}, {rates})", unit)


def _of_summary(found: Exported, summary: Selection, unit: TimeUnit, *also: str) -> str:
    """Return the worst replica's quantile: replicas' cannot be added up. `>= 0` drops the NaN of an idle replica."""
    (way,) = found.use((summary,))
    return scaled(found.grouped("max", any_of(way.terms, lambda text: f"{text} >= 0"), *also), unit)
