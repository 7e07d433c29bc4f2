"""The anomaly of a quality that broke its limit, and its words."""

from console.detect.quality.breach import QualityBreach
from console.detect.quality.hours import Buckets
from console.detect.quality.limits import Limit, Standard
from console.domain.anomaly import Anomaly, AnomalyKind
from console.domain.quality import MetricReading
from console.domain.quantity import format_quantity
from console.domain.signal import MODEL_QUALITY


def quality_anomaly(
    model_id: str, standard: Standard, limit: Limit, breach: QualityBreach, buckets: Buckets, since: MetricReading
) -> Anomaly:
    """Return the anomaly of a broken limit; `since` is the metric over all rows from its onset on."""
    metric = standard.metric
    promised = f"objective {format_quantity(standard.objective, metric.unit)}"
    told = f"{metric.title} {told_against_training(since)}"
    return Anomaly(
        id=f"{model_id}/{MODEL_QUALITY.name}",
        kind=AnomalyKind.MODEL_QUALITY,
        signal=MODEL_QUALITY.name,
        severity=limit.severity,
        onset=buckets.starts_at(breach.bucket),
        onset_is_earlier=breach.is_earlier,
        summary=f"{told}, {promised}" if standard.objective is not None else told,
        unit=metric.unit,
        value=since.value,
        expected=since.training,
        objective=standard.objective,
        limit=limit.value,
        evidence=(interval_in_words(since),) if since.low is not None else (),
    )


def told_against_training(reading: MetricReading) -> str:
    """Return a metric in words: `0.95 in training, 0.81 in production on 12,400 labelled rows`."""
    now = format_quantity(reading.value, reading.metric.unit)
    on = f"on {reading.rows:,} labelled rows"
    if reading.training is None:
        return f"{now} {on}"
    return f"{format_quantity(reading.training, reading.metric.unit)} in training, {now} in production {on}"


def interval_in_words(reading: MetricReading) -> str:
    """Return the interval of a metric: `95 % sure to be between 0.80 and 0.82`."""
    low, high = (format_quantity(end, reading.metric.unit) for end in (reading.low, reading.high))
    return f"95 % confidence interval {low} to {high}"
