"""Figures that others published. scikit-learn: the examples in the reference of each function of `sklearn.metrics`."""

import math

import numpy as np
import pyarrow
import pytest

from console.detect.quality.curve import roc_auc, roc_auc_error, roc_auc_interval
from console.detect.quality.intervals import wilson
from console.domain.quality import Task
from console.sources.predictions.outcome_plan import OutcomePlan
from tests.detect.quality.outcome_pasts import metrics_of, repeated

BINARY = OutcomePlan(Task.BINARY, 0.0, 3600.0, ("0", "1"), "score")


def values(columns: dict[str, object], plan: OutcomePlan) -> dict[str, float | None]:
    return {name: reading.value for name, reading in metrics_of(columns, plan).items()}


def test_roc_auc_score() -> None:
    columns = {
        "score": repeated([0.1, 0.4, 0.35, 0.8]),
        "label": repeated([0, 0, 1, 1]),
        "prediction": repeated([0] * 4),
    }
    assert values(columns, BINARY)["roc_auc"] == pytest.approx(0.75)


def test_log_loss() -> None:
    columns = {
        "score": repeated([0.9, 0.1, 0.2, 0.65]),
        "label": repeated([1, 0, 0, 1]),
        "prediction": repeated([1, 0, 0, 1]),
    }
    assert values(columns, BINARY)["log_loss"] == pytest.approx(0.21616, abs=5e-6)


def test_brier_score_loss() -> None:
    columns = {
        "score": repeated([0.1, 0.9, 0.8, 0.3]),
        "label": repeated([0, 1, 1, 0]),
        "prediction": repeated([0, 1, 1, 0]),
    }
    assert values(columns, BINARY)["brier"] == pytest.approx(0.0375)


def test_f1_precision_and_recall_of_several_classes() -> None:
    columns = {"label": repeated([0, 1, 2, 0, 1, 2]), "prediction": repeated([0, 2, 1, 0, 0, 1])}
    told = values(columns, OutcomePlan(Task.MULTICLASS, 0.0, 3600.0))
    assert told["precision_macro"] == pytest.approx(2 / 9)
    assert told["recall_macro"] == pytest.approx(1 / 3)
    assert told["f1_macro"] == pytest.approx(0.8 / 3)
    assert told["f1_weighted"] == pytest.approx(0.8 / 3)
    assert told["accuracy"] == pytest.approx(1 / 3)


def test_errors_of_a_regression() -> None:
    columns = {"label": repeated([3, -0.5, 2, 7]), "prediction": repeated([2.5, 0.0, 2, 8])}
    told = values(columns, OutcomePlan(Task.REGRESSION, 0.0, 3600.0))
    assert told["mae"] == pytest.approx(0.5)
    assert told["rmse"] == pytest.approx(math.sqrt(0.375))
    assert told["mape"] == pytest.approx((0.5 / 3 + 1 + 0 + 1 / 7) / 4)
    assert told["r2"] == pytest.approx(0.9486, abs=5e-5)
    assert told["bias"] == pytest.approx(0.25)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_score_intervals_of_newcombe(successes: int, trials: int, low: float, high: float) -> None:
    """R. G. Newcombe, Statistics in Medicine 17 (1998), table I, method 3."""
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_area_of_the_rated_scans_of_hanley_and_mcneil() -> None:
    """J. A. Hanley, B. J. McNeil, Radiology 143 (1982), table II: area 0.893, standard error 0.032."""
    scans = np.array([[33, 3], [6, 2], [6, 2], [11, 11], [2, 33]], dtype=np.float64)
    assert float(roc_auc(scans)) == pytest.approx(0.893, abs=5e-4)
    interval = roc_auc_interval(scans)
    assert interval is not None
    moved = roc_auc_error(scans)
    assert (interval[1] - interval[0] - 2 * moved) / (2 * 1.96) == pytest.approx(0.032, abs=0.003)


def test_a_class_that_nobody_predicted_has_precision_none_and_counts_0_in_averages() -> None:
    columns = {"label": repeated(["a", "b"], 30), "prediction": repeated(["a", "a"], 30)}
    told = values(columns, OutcomePlan(Task.MULTICLASS, 0.0, 3600.0))
    assert told["precision_macro"] == pytest.approx(0.25)
    assert told["recall_macro"] == pytest.approx(0.5)


def test_calibration_error_of_scores_that_promise_too_much() -> None:
    columns = {
        "score": pyarrow.array([0.95] * 100 + [0.15] * 100),
        "label": pyarrow.array([1] * 75 + [0] * 25 + [1] * 15 + [0] * 85),
        "prediction": pyarrow.array([1] * 100 + [0] * 100),
    }
    reading = metrics_of(columns, BINARY)["calibration_error"]
    assert reading.value == pytest.approx(0.1)
    assert reading.low is not None
    assert 0 < reading.low < 0.1
