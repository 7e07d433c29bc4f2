"""Quantiles and means of what was measured request by request: the one place that writes them."""

from console.sources.prometheus.exported import Exported, NotExported
from console.sources.prometheus.expressions import any_of, each, live_rate, rate, scaled, total
from console.sources.prometheus.preset import Latency, Quantile
from console.sources.prometheus.promql import aggregate, first_of


def mean(found: Exported, latency: Latency, rate_window: float) -> str:
    """Return the mean (seconds) of every model over a window (seconds); absent where nothing was asked.

    Raises:
        NotExported: the server has not both a sum and a count.
    """
    group = found.identity.group_labels
    spent = total(found, latency.sums, group, live_rate(rate_window))
    count = total(found, latency.counts, group, live_rate(rate_window))
    return scaled(f"{spent} / ({count} > 0)", latency.unit)


def quantile(found: Exported, wanted: Quantile, rate_window: float) -> str:
    """Return a quantile (seconds) of every model that is alive over a window (seconds).

    Raises:
        NotExported: the server has none of the histograms.
    """
    group = found.identity.group_labels
    expressions = []
    reason: NotExported | None = None
    for histogram in wanted.histogram:
        try:
            buckets = found.use((histogram.with_suffix("_bucket"),))
            counts = found.use((histogram.with_suffix("_count"),))
        except NotExported as missing:
            reason = reason or missing
            continue
        rates = aggregate("sum", (*group, "le"), any_of(each(buckets), rate(rate_window)))
        value = scaled(f"histogram_quantile({wanted.quantile:g}, {rates})", wanted.unit)
        alive = aggregate("group", group, any_of(each(counts)))
        expressions.append(f"{value} and on ({', '.join(group)}) {alive}")
    if not expressions and reason is not None:
        raise reason
    return first_of(expressions)
