"""The judgement of one model's quality: (outcomes, rule) to its reading, anomaly and view."""

import math
from typing import TYPE_CHECKING

import msgspec

from console.detect.quality.anomaly import quality_anomaly, told_against_training
from console.detect.quality.breach import QualityBreach, find_quality_breach, is_beyond
from console.detect.quality.delays import delay_quantile
from console.detect.quality.hours import Buckets, bucket_hours, in_buckets, judged_hours
from console.detect.quality.limits import Limit, Standard, standard_of
from console.detect.quality.measure import interval_of, readings_of, told_metrics, values_of
from console.detect.quality.multiclass import class_quality
from console.detect.quality.tally import Tally, tally_by_hour
from console.domain.anomaly import Anomaly
from console.domain.quality import MetricReading, QualityView, Task
from console.domain.quantity import format_ratio
from console.domain.signal import MODEL_QUALITY, Reading, Signal, State
from console.history.predictions.outcome_past import OutcomePast
from console.settings.predictions import PredictedModelRule

if TYPE_CHECKING:
    from console.domain.quality import Metric
    from console.history.predictions.outcome_past import Numbers

DAY = 86_400.0
LOW_COVERAGE = 0.5
"""The share of labelled rows below which a view says that its figures hold for these only."""


class QualityJudgement(msgspec.Struct, frozen=True):
    """What is said of a model's quality: the reading of `model_quality`, its anomaly, and the view of all metrics."""

    readings: dict[str, Reading]
    anomalies: tuple[Anomaly, ...] = ()
    view: QualityView | None = None


def judge_quality(
    outcomes: OutcomePast, rule: PredictedModelRule, at: float, *, window: float = DAY
) -> QualityJudgement:
    """Return the judgement at an instant (UTC seconds), which must be the past's.

    The view is over the newest `window` seconds of rows whose label horizon has passed, or over what came since the
    quality broke its limit, where that is less.
    """
    if not outcomes.has_labels:
        return _untold(outcomes, State.NOT_EXPORTED, "the log holds no labels")
    if not len(outcomes.cells):
        return _untold(outcomes, State.NO_DATA, "no predictions")
    standard = standard_of(rule, outcomes.plan.task, told_metrics(outcomes.plan))
    hours = judged_hours(outcomes)
    by_hour = _tally(outcomes)
    if hours.count == 0:
        return _untold(outcomes, State.NOT_ENOUGH_DATA, "no row has had the time that its label may take")
    buckets = in_buckets(by_hour, outcomes, hours, bucket_hours(by_hour, hours))
    broken, breach = _broken_limit(buckets, standard, outcomes.plan.task)
    first = _first_of_view(buckets, breach, window)
    view = _view(outcomes, standard, buckets, first)
    reading = next(one for one in view.metrics if one.metric is standard.metric)
    anomalies: tuple[Anomaly, ...] = ()
    if broken is not None and breach is not None:
        since = _reading(buckets, breach.bucket, outcomes, standard)
        anomalies = (quality_anomaly(outcomes.model.id, standard, broken, breach, buckets, since),)
    return QualityJudgement({MODEL_QUALITY.name: _signal_reading(reading, standard, view)}, anomalies, view)


def _tally(outcomes: OutcomePast, version: int | None = None) -> Tally:
    cells = outcomes.cells if version is None else outcomes.cells.of(outcomes.cells.version == version)
    classes = 2 if outcomes.plan.task is Task.BINARY else len(outcomes.classes)
    return tally_by_hour(cells, outcomes.plan, outcomes.grid.count, classes)


def _broken_limit(buckets: Buckets, standard: Standard, task: Task) -> tuple[Limit | None, QualityBreach | None]:
    """Return the gravest limit that is broken now and since when, None where none is."""
    if not standard.limits:
        return None, None
    intervals = [
        interval_of(buckets.tally.total(bucket, bucket + 1), task, standard.metric) for bucket in range(buckets.count)
    ]
    for limit in standard.limits:
        breach = find_quality_breach([is_beyond(one, limit.value, standard.metric.bad) for one in intervals])
        if breach is not None:
            return limit, breach
    return None, None


def _first_of_view(buckets: Buckets, breach: QualityBreach | None, window: float) -> int:
    newest = max(0, buckets.count - max(1, math.ceil(window / buckets.seconds)))
    return newest if breach is None else max(newest, breach.bucket)


def _over_time(buckets: Buckets, task: Task) -> "dict[Metric, Numbers]":
    import numpy as np

    enough = buckets.tally.labelled >= FEWEST_LABELS_OF_A_POINT
    return {metric: np.where(enough, of_metric, np.nan) for metric, of_metric in values_of(buckets.tally, task).items()}


FEWEST_LABELS_OF_A_POINT = 20
"""Labelled rows below which a bucket is no point of a curve."""


def _view(outcomes: OutcomePast, standard: Standard, buckets: Buckets, first: int) -> QualityView:
    plan, tally = outcomes.plan, buckets.tally.total(first)
    rows, labelled = float(tally.rows), float(tally.labelled)
    coverage = labelled / rows if rows else None
    return QualityView(
        model=outcomes.model.id,
        start=buckets.starts_at(first),
        end=buckets.end,
        task=plan.task,
        predicted_rows=int(rows),
        labelled_rows=int(labelled),
        coverage=coverage,
        metrics=readings_of(tally, plan, dict(standard.training), _over_time(buckets, plan.task)),
        delay_median=delay_quantile(tally.delays, labelled, outcomes.delay_bounds, 0.5),
        delay_p90=delay_quantile(tally.delays, labelled, outcomes.delay_bounds, 0.9),
        horizon=plan.horizon,
        classes=() if plan.task is Task.REGRESSION else class_quality(tally, outcomes.classes),
        bucket_seconds=buckets.seconds,
        notes=(*standard.notes, *outcomes.notes, *_coverage_in_words(coverage)),
    )


def _coverage_in_words(coverage: float | None) -> tuple[str, ...]:
    if coverage is None or coverage >= LOW_COVERAGE:
        return ()
    return (f"only {format_ratio(coverage)} of the rows have a label: the figures hold for these",)


def _reading(buckets: Buckets, first: int, outcomes: OutcomePast, standard: Standard) -> MetricReading:
    readings = readings_of(buckets.tally.total(first), outcomes.plan, dict(standard.training), {})
    return next(one for one in readings if one.metric is standard.metric)


def _signal_reading(reading: MetricReading, standard: Standard, view: QualityView) -> Reading:
    metric = standard.metric
    signal = Signal(MODEL_QUALITY.name, metric.title, metric.unit, metric.bad)
    expected, objective = standard.training.get(metric), standard.objective
    limit = standard.limits[0].value if standard.limits else None
    if reading.value is None:
        return Reading(signal, State.NOT_ENOUGH_DATA, None, expected, objective, detail=reading.detail, limit=limit)
    told = told_against_training(reading)
    return Reading(signal, State.OK, reading.value, expected, objective, view.end, told, limit)


def _untold(outcomes: OutcomePast, state: State, detail: str) -> QualityJudgement:
    return QualityJudgement({MODEL_QUALITY.name: Reading(MODEL_QUALITY, state, detail=detail)})
