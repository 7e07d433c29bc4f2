"""The anomaly of a quality that broke its limit, and its words."""

from console.detect.quality.falls import Fall
from console.detect.quality.limits import Standard
from console.domain.anomaly import Anomaly, AnomalyKind
from console.domain.quality import MetricReading
from console.domain.quantity import format_quantity
from console.domain.signal import MODEL_QUALITY


def quality_anomaly(model_id: str, standard: Standard, fall: Fall, now: MetricReading) -> Anomaly:
    """Return the anomaly of a broken limit; `now` is the metric over the rows that the view shows."""
    metric = standard.metric
    told = f"{metric.title} {told_against_training(now)}"
    if now.training is None and fall.usual is not None:
        told += f", usually {format_quantity(fall.usual, metric.unit)}"
    if standard.objective is not None:
        told += f", objective {format_quantity(standard.objective, metric.unit)}"
    return Anomaly(
        id=f"{model_id}/{MODEL_QUALITY.name}",
        kind=AnomalyKind.MODEL_QUALITY,
        signal=MODEL_QUALITY.name,
        severity=fall.limit.severity,
        onset=fall.onset,
        onset_is_earlier=fall.is_earlier,
        summary=told,
        unit=metric.unit,
        value=now.value,
        expected=now.training if now.training is not None else fall.usual,
        objective=standard.objective,
        limit=fall.limit.value,
        evidence=(interval_in_words(now),) if now.low is not None else (),
    )


def told_against_training(reading: MetricReading) -> str:
    """Return a metric in words: `0.95 in training, 0.81 in production on 12,400 labelled rows`."""
    now = format_quantity(reading.value, reading.metric.unit)
    on = f"on {reading.rows:,} labelled rows"
    if reading.training is None:
        return f"{now} {on}"
    return f"{format_quantity(reading.training, reading.metric.unit)} in training, {now} in production {on}"


def interval_in_words(reading: MetricReading) -> str:
    """Return the interval of a metric: `95 % confidence interval 0.80 to 0.82`."""
    low, high = (format_quantity(end, reading.metric.unit) for end in (reading.low, reading.high))
    return f"95 % confidence interval {low} to {high}"
