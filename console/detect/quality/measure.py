"""Every metric of a tally, as a face shows it."""

import math
from typing import TYPE_CHECKING

from console.detect.quality.binary import binary_intervals, binary_rows, binary_values
from console.detect.quality.hours import FEWEST_LABELS
from console.detect.quality.intervals import Interval
from console.detect.quality.metrics import (
    BRIER,
    CALIBRATION_ERROR,
    F1_MACRO,
    F1_WEIGHTED,
    LOG_LOSS,
    OF_TASK,
    PRECISION_MACRO,
    RECALL_MACRO,
    ROC_AUC,
)
from console.detect.quality.multiclass import multiclass_intervals, multiclass_rows, multiclass_values
from console.detect.quality.regression import regression_intervals, regression_rows, regression_values
from console.detect.quality.tally import Tally
from console.domain.quality import Metric, MetricReading, Task
from console.sources.predictions.outcome_plan import OutcomePlan

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers

_VALUES = {
    Task.BINARY: binary_values,
    Task.MULTICLASS: multiclass_values,
    Task.REGRESSION: regression_values,
}
_INTERVALS = {
    Task.BINARY: binary_intervals,
    Task.MULTICLASS: multiclass_intervals,
    Task.REGRESSION: regression_intervals,
}
_ROWS = {Task.BINARY: binary_rows, Task.MULTICLASS: multiclass_rows, Task.REGRESSION: regression_rows}
_OF_SCORES = frozenset({ROC_AUC, LOG_LOSS, BRIER, CALIBRATION_ERROR})
_OVER_CLASSES = frozenset({F1_MACRO, F1_WEIGHTED, PRECISION_MACRO, RECALL_MACRO})
"""What says nothing where classes are not told apart: rare ones, or those that feedback does not name."""
_OF_CLASS_SCORES = frozenset({LOG_LOSS, BRIER})
FEWEST_OF_A_CLASS = 10
"""Rows of the rarer class below which no area under a curve is given."""


def told_metrics(plan: OutcomePlan) -> tuple[Metric, ...]:
    """Return the metrics that the columns of a log allow, in the order in which one speaks for the model."""
    if plan.task is Task.REGRESSION:
        return OF_TASK[plan.task]
    left_out: frozenset[Metric] = frozenset()
    if not plan.has_scores:
        left_out = _OF_SCORES
    elif plan.task is Task.MULTICLASS and not plan.class_scores:
        left_out = _OF_CLASS_SCORES
    if plan.task is Task.MULTICLASS and (plan.classes or plan.is_feedback):
        left_out |= _OVER_CLASSES
    return tuple(metric for metric in OF_TASK[plan.task] if metric not in left_out)


def values_of(tally: Tally, task: Task) -> "dict[Metric, Numbers]":
    """Return every metric of a task, with the tally's leading axis."""
    return _VALUES[task](tally)


def interval_of(tally: Tally, task: Task, metric: Metric) -> Interval | None:
    """Return the 95 % interval of one metric over a whole tally, None where there are too few rows for it."""
    if lack_of_rows(tally, task, metric) is not None:
        return None
    return _INTERVALS[task](tally)[metric]


def lack_of_rows(tally: Tally, task: Task, metric: Metric) -> str | None:
    """Return in words which rows are too few for a metric, None where there are enough."""
    rows = _ROWS[task](tally)[metric]
    if rows < FEWEST_LABELS:
        return f"{rows:,.0f} labelled rows, {FEWEST_LABELS} are needed"
    if metric is ROC_AUC:
        rarer = float(tally.came_true.sum(axis=0).min())
        if rarer < FEWEST_OF_A_CLASS:
            return f"{rarer:,.0f} rows of the rarer class, {FEWEST_OF_A_CLASS} are needed"
    return None


def readings_of(
    tally: Tally, plan: OutcomePlan, training: dict[Metric, float], over_time: "dict[Metric, Numbers]"
) -> tuple[MetricReading, ...]:
    """Return every metric that the log allows, with interval and training figure."""
    values, intervals = values_of(tally, plan.task), _INTERVALS[plan.task](tally)
    rows = _ROWS[plan.task](tally)
    told = []
    for metric in told_metrics(plan):
        lack = lack_of_rows(tally, plan.task, metric)
        value = float(values[metric])
        known = lack is None and math.isfinite(value)
        interval = intervals[metric] if known else None
        told.append(
            MetricReading(
                metric=metric,
                value=value if known else None,
                rows=int(rows[metric]),
                low=interval[0] if interval else None,
                high=interval[1] if interval else None,
                training=training.get(metric),
                detail=lack or (None if known else "nothing to divide by"),
                over_time=tuple(over_time[metric].tolist()) if metric in over_time else (),
            )
        )
    return tuple(told)
