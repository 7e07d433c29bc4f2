"""Metrics of a model that predicts one of two classes."""

from typing import TYPE_CHECKING

from console.detect.quality import metrics
from console.detect.quality.calibration import calibration_error, calibration_interval
from console.detect.quality.curve import roc_auc, roc_auc_interval
from console.detect.quality.intervals import Interval, around, f1_interval, standard_error, wilson
from console.detect.quality.ratio import ratio
from console.detect.quality.tally import Tally
from console.domain.quality import Metric

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers


def binary_values(tally: Tally) -> "dict[Metric, Numbers]":
    """Return every metric, with the tally's leading axis, NaN where nothing is known."""
    hit, false_alarm, missed, rejected = _outcomes(tally)
    scored = tally.came_true.sum(axis=(-1, -2))
    return {
        metrics.ROC_AUC: roc_auc(tally.came_true),
        metrics.F1: ratio(2 * hit, 2 * hit + false_alarm + missed),
        metrics.ACCURACY: ratio(hit + rejected, hit + rejected + false_alarm + missed),
        metrics.PRECISION: ratio(hit, hit + false_alarm),
        metrics.RECALL: ratio(hit, hit + missed),
        metrics.LOG_LOSS: ratio(tally.sums["loss"], scored),
        metrics.BRIER: ratio(tally.sums["squared"], scored),
        metrics.CALIBRATION_ERROR: calibration_error(tally.came_true, tally.score),
    }


def binary_intervals(tally: Tally) -> dict[Metric, Interval | None]:
    """Return the interval of every metric over a whole tally."""
    hit, false_alarm, missed, rejected = (float(count) for count in _outcomes(tally))
    scored = float(tally.came_true.sum())
    return {
        metrics.ROC_AUC: roc_auc_interval(tally.came_true),
        metrics.F1: f1_interval(hit, false_alarm + missed),
        metrics.ACCURACY: wilson(hit + rejected, hit + rejected + false_alarm + missed),
        metrics.PRECISION: wilson(hit, hit + false_alarm),
        metrics.RECALL: wilson(hit, hit + missed),
        **score_intervals(tally, scored),
        metrics.CALIBRATION_ERROR: calibration_interval(tally.came_true, tally.score),
    }


def score_intervals(tally: Tally, scored: float) -> dict[Metric, Interval | None]:
    """Return the intervals of log loss and Brier score, means over so many rows."""
    loss, squared = float(tally.sums["loss"]), float(tally.sums["squared"])
    error_of_loss = standard_error(loss, float(tally.sums["loss_squared"]), scored)
    error_of_brier = standard_error(squared, float(tally.sums["fourth"]), scored)
    return {
        metrics.LOG_LOSS: around(loss / scored, error_of_loss, least=0.0) if scored else None,
        metrics.BRIER: around(squared / scored, error_of_brier, least=0.0, most=2.0) if scored else None,
    }


def binary_rows(tally: Tally) -> dict[Metric, float]:
    """Return of every metric by how many rows it is told: those that its denominator counts."""
    hit, false_alarm, missed, rejected = (float(count) for count in _outcomes(tally))
    scored = float(tally.came_true.sum())
    both = hit + rejected + false_alarm + missed
    return {
        metrics.ROC_AUC: scored,
        metrics.F1: both,
        metrics.ACCURACY: both,
        metrics.PRECISION: hit + false_alarm,
        metrics.RECALL: hit + missed,
        metrics.LOG_LOSS: scored,
        metrics.BRIER: scored,
        metrics.CALIBRATION_ERROR: scored,
    }


def _outcomes(tally: Tally) -> "tuple[Numbers, Numbers, Numbers, Numbers]":
    """Return true positives, false positives, false negatives and true negatives."""
    counts = tally.confusion
    return counts[..., 1, 1], counts[..., 1, 0], counts[..., 0, 1], counts[..., 0, 0]
