"""Quality in words: what the screen and the exports have in common."""

import math
from enum import StrEnum

from console.domain.label import harmless
from console.domain.moments import in_words, rfc3339
from console.domain.quality import ClassQuality, Metric, MetricReading, QualityView
from console.domain.quantity import format_quantity, format_ratio, how_many
from console.domain.signal import Direction


class Standing(StrEnum):
    """How a metric stands beside training: it is worse or better only where the interval leaves no doubt."""

    WORSE = "worse"
    AS_TRAINED = "as trained"
    BETTER = "better"
    MEASURED = "no training figure"
    """There is nothing to stand beside."""
    UNKNOWN = "unknown"


def standing_of(reading: MetricReading) -> Standing:
    """Return how a metric stands beside its training figure."""
    if reading.value is None:
        return Standing.UNKNOWN
    if reading.training is None:
        return Standing.MEASURED
    low = reading.low if reading.low is not None else reading.value
    high = reading.high if reading.high is not None else reading.value
    if low <= reading.training <= high or reading.metric.bad is Direction.NEITHER:
        return Standing.AS_TRAINED
    is_lower = high < reading.training
    return Standing.WORSE if is_lower == (reading.metric.bad is Direction.LOW) else Standing.BETTER


def standings_in_words(view: QualityView) -> tuple[Standing, str]:
    """Return how the metrics of a view stand, as the worst of them does, and against what they are held."""
    standings = [standing_of(reading) for reading in view.metrics]
    many = len(standings)
    metrics = how_many(many, "metric")
    if worse := standings.count(Standing.WORSE):
        return Standing.WORSE, f"{worse} of {metrics} worse than in training"
    if unknown := standings.count(Standing.UNKNOWN):
        return Standing.UNKNOWN, f"{unknown} of {metrics} unknown"
    if Standing.MEASURED not in standings:
        return Standing.AS_TRAINED, f"{metrics}, none worse than in training"
    beside = many - standings.count(Standing.MEASURED)
    if beside:
        return Standing.AS_TRAINED, f"{metrics}, none of the {beside} with a training figure worse than it"
    return Standing.MEASURED, f"{metrics} without a training figure, {_judged_in_words(view)}"


def _judged_in_words(view: QualityView) -> str:
    title = next((each.metric.title for each in view.metrics if each.metric.name == view.headline), "none")
    if not view.judged_by:
        return f"{harmless(title)} is not judged: no objective, and too few days of its own past"
    return f"{harmless(title)} is judged by {' and '.join(f'its {standard}' for standard in view.judged_by)}"


def value_in_words(value: float | None, metric: Metric) -> str:
    """Return a value of a metric: `0.810`, `12.4 %`, `6,120 EUR`; `—` where there is none."""
    if value is None or math.isnan(value):
        return "—"
    if metric.unit in ("1", "ratio") and abs(value) < 10:
        return f"{value:.3f}"
    return format_quantity(value, metric.unit)


def interval_in_words(reading: MetricReading) -> str:
    """Return the 95 % confidence interval: `0.803–0.817`; empty where there is none."""
    if reading.low is None or reading.high is None:
        return ""
    return f"{value_in_words(reading.low, reading.metric)}–{value_in_words(reading.high, reading.metric)}"


def metric_in_words(reading: MetricReading, *, is_estimate: bool = False) -> str:
    """Return a metric in one line: `accuracy 0.810 (0.803–0.817) on 12,400 labelled rows, 0.950 in training: worse`."""
    title = f"{'estimate of ' if is_estimate else ''}{harmless(reading.metric.title)}"
    if reading.value is None:
        return f"{title} is not known: {harmless(reading.detail or 'no rows', 400)}"
    interval = interval_in_words(reading)
    told = f"{title} {value_in_words(reading.value, reading.metric)}{f' ({interval})' if interval else ''}"
    told += f" on {reading.rows:,} {'rows without labels' if is_estimate else 'labelled rows'}"
    if reading.training is None:
        return told
    return f"{told}, {value_in_words(reading.training, reading.metric)} in training: {standing_of(reading).value}"


def metric_clauses(reading: MetricReading, *, is_estimate: bool) -> str:
    """Return a metric in clauses, of which the first says most: `accuracy 0.810, worse; training 0.950; …`."""
    title = f"{'estimate of ' if is_estimate else ''}{harmless(reading.metric.title)}"
    if reading.value is None:
        return metric_in_words(reading)
    interval = interval_in_words(reading)
    parts = [
        f"{title} {value_in_words(reading.value, reading.metric)}, {standing_of(reading).value}",
        f"training {value_in_words(reading.training, reading.metric)}" if reading.training is not None else "",
        f"95 % interval {interval}" if interval else "",
        f"{reading.rows:,} {'rows without labels' if is_estimate else 'labelled rows'}",
    ]
    return "; ".join(part for part in parts if part)


def labels_in_words(view: QualityView) -> str:
    """Return how many rows have a label by now: `12,400 of 14,000 rows have a label (89 %)`."""
    told = f"{view.labelled_rows:,} of {view.predicted_rows:,} rows have a label"
    return f"{told} ({format_ratio(view.coverage)})" if view.coverage is not None else told


def delay_in_words(view: QualityView) -> str:
    """Return how late labels come: `half within 1 h 30 min, 9 of 10 within 2 h 30 min`; empty where nobody knows."""
    parts = []
    if view.delay_median is not None:
        parts.append(f"half within {in_words(view.delay_median)}")
    if view.delay_p90 is not None:
        parts.append(f"9 of 10 within {in_words(view.delay_p90)}")
    return ", ".join(parts)


def horizon_in_words(view: QualityView) -> str:
    """Return which rows count: those that are old enough to have a label."""
    window = f"{in_words(view.end - view.start)} up to {rfc3339(view.end)}"
    return f"{window}: rows count once they are {in_words(view.horizon)} old" if view.horizon else window


def estimate_in_words(view: QualityView) -> str:
    """Return which rows the estimate speaks of: `2 h up to 2026-11-22T03:20:14Z, which have no labels yet`."""
    if view.estimated_start is None or view.estimated_end is None:
        return "rows that have no labels yet"
    span = in_words(view.estimated_end - view.estimated_start)
    return f"{span} up to {rfc3339(view.estimated_end)}, whose rows have no labels yet"


def class_in_words(each: ClassQuality) -> str:
    """Return one class: `fraud: precision 0.610, recall 0.740, F1 0.670, 1,240 rows`."""
    figures = (("precision", each.precision), ("recall", each.recall), ("F1", each.f1))
    told = ", ".join(f"{name} {'—' if value is None else f'{value:.3f}'}" for name, value in figures)
    return f"{harmless(each.name)}: {told}, {each.rows:,} rows"
