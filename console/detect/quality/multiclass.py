"""Metrics of a model that predicts one of several classes.

Source of the intervals of averages over classes: K. Takahashi, K. Yamamoto, A. Kuchiba, T. Koyama, "Confidence interval
for micro-averaged F1 and macro-averaged F1 scores", Applied Intelligence 52 (2022): the delta method on the multinomial
distribution of the confusion counts.
"""

import math
from typing import TYPE_CHECKING

from console.detect.quality import metrics
from console.detect.quality.binary import score_intervals
from console.detect.quality.calibration import calibration_error, calibration_interval
from console.detect.quality.intervals import Interval, around, wilson
from console.detect.quality.ratio import ratio
from console.detect.quality.tally import Tally
from console.domain.quality import ClassQuality, Metric, Task
from console.sources.predictions.outcome_plan import NOT_PREDICTED

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers


def multiclass_values(tally: Tally) -> "dict[Metric, Numbers]":
    """Return every metric, with the tally's leading axis, NaN where nothing is known.

    An average over classes is over those that were predicted or came true; of these, a class that was never predicted
    has precision 0, one that never came true recall 0.
    """
    import numpy as np

    hit, predicted, actual = _by_class(tally)
    seen = (predicted + actual) > 0
    classes = seen.sum(axis=-1)
    f1 = np.nan_to_num(ratio(2 * hit, predicted + actual))
    precision, recall = np.nan_to_num(ratio(hit, predicted)), np.nan_to_num(ratio(hit, actual))
    rows, scored = actual.sum(axis=-1), tally.came_true.sum(axis=(-1, -2))
    return {
        metrics.ACCURACY: ratio(hit.sum(axis=-1), rows),
        metrics.F1_MACRO: ratio(f1.sum(axis=-1), classes),
        metrics.F1_WEIGHTED: ratio((f1 * actual).sum(axis=-1), rows),
        metrics.PRECISION_MACRO: ratio(precision.sum(axis=-1), classes),
        metrics.RECALL_MACRO: ratio(recall.sum(axis=-1), classes),
        metrics.LOG_LOSS: ratio(tally.sums["loss"], scored),
        metrics.BRIER: ratio(tally.sums["squared"], scored),
        metrics.CALIBRATION_ERROR: calibration_error(tally.came_true, tally.score),
    }


def multiclass_intervals(tally: Tally) -> dict[Metric, Interval | None]:
    """Return the interval of every metric over a whole tally."""
    hit, _, actual = _by_class(tally)
    rows = float(actual.sum())
    values = multiclass_values(tally)
    averages = {
        metric: around(float(values[metric]), error, least=0.0, most=1.0)
        for metric, error in _errors_of_averages(tally.confusion).items()
    }
    return {
        metrics.ACCURACY: wilson(float(hit.sum()), rows),
        **averages,
        **score_intervals(tally, float(tally.came_true.sum())),
        metrics.CALIBRATION_ERROR: calibration_interval(tally.came_true, tally.score),
    }


def multiclass_rows(tally: Tally) -> dict[Metric, float]:
    """Return of every metric by how many rows it is told."""
    of_scores = (metrics.LOG_LOSS, metrics.BRIER, metrics.CALIBRATION_ERROR)
    rows, scored = float(tally.confusion.sum()), float(tally.came_true.sum())
    return {metric: scored if metric in of_scores else rows for metric in metrics.OF_TASK[Task.MULTICLASS]}


def class_quality(tally: Tally, classes: tuple[str, ...]) -> tuple[ClassQuality, ...]:
    """Return precision, recall and F1 of every class that was predicted or came true, the commonest label first."""
    import numpy as np

    hit, predicted, actual = _by_class(tally)
    order = [
        code
        for code in np.argsort(-actual, kind="stable")
        if predicted[code] + actual[code] > 0 and classes[code] != NOT_PREDICTED
    ]
    return tuple(
        ClassQuality(
            classes[code],
            int(actual[code]),
            float(hit[code] / predicted[code]) if predicted[code] else None,
            float(hit[code] / actual[code]) if actual[code] else None,
            float(2 * hit[code] / (predicted[code] + actual[code])),
        )
        for code in order
    )


def _by_class(tally: Tally) -> "tuple[Numbers, Numbers, Numbers]":
    """Return by class how many were right, predicted and true."""
    import numpy as np

    counts = tally.confusion
    return np.diagonal(counts, axis1=-2, axis2=-1), counts.sum(axis=-1), counts.sum(axis=-2)


def _errors_of_averages(confusion: "Numbers") -> dict[Metric, float | None]:
    """Return the standard errors of the averages over classes: gradients by the cells' shares, squared and weighted."""
    import numpy as np

    rows = float(confusion.sum())
    if rows < 2:
        return dict.fromkeys((metrics.F1_MACRO, metrics.F1_WEIGHTED, metrics.PRECISION_MACRO, metrics.RECALL_MACRO))
    shares = confusion / rows
    predicted, actual = shares.sum(axis=1), shares.sum(axis=0)
    right = np.diagonal(shares)
    seen = predicted + actual > 0
    classes = int(seen.sum())
    each = np.eye(len(right))
    f1 = np.nan_to_num(ratio(2 * right, predicted + actual))
    of_f1 = _gradient(each, 2.0, f1, predicted + actual, by_predicted=True, by_actual=True)
    of_precision = _gradient(each, 1.0, np.nan_to_num(ratio(right, predicted)), predicted, by_predicted=True)
    of_recall = _gradient(each, 1.0, np.nan_to_num(ratio(right, actual)), actual, by_actual=True)
    weighted = (of_f1 * actual[:, None, None]).sum(axis=0) + f1[None, :]
    return {
        metrics.F1_MACRO: _error(of_f1.sum(axis=0) / classes, shares, rows),
        metrics.F1_WEIGHTED: _error(weighted, shares, rows),
        metrics.PRECISION_MACRO: _error(of_precision.sum(axis=0) / classes, shares, rows),
        metrics.RECALL_MACRO: _error(of_recall.sum(axis=0) / classes, shares, rows),
    }


def _gradient(
    each: "Numbers",
    factor: float,
    value: "Numbers",
    whole: "Numbers",
    *,
    by_predicted: bool = False,
    by_actual: bool = False,
) -> "Numbers":
    """Return ∂(factor · hit / whole) / ∂(share of a cell) of every class: (class, predicted, actual)."""
    hit = each[:, :, None] * each[:, None, :]
    rises = factor * hit
    if by_predicted:
        rises = rises - value[:, None, None] * each[:, :, None]
    if by_actual:
        rises = rises - value[:, None, None] * each[:, None, :]
    import numpy as np

    return np.divide(rises, whole[:, None, None], out=np.zeros_like(rises), where=whole[:, None, None] > 0)


def _error(gradient: "Numbers", shares: "Numbers", rows: float) -> float:
    mean = float((gradient * shares).sum())
    return math.sqrt(max(0.0, float((gradient**2 * shares).sum()) - mean * mean) / rows)
