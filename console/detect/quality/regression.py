"""Metrics of a model that predicts a number; e is prediction minus label, y the label."""

import math
from typing import TYPE_CHECKING

from console.detect.quality import metrics
from console.detect.quality.intervals import Interval, around, standard_error
from console.detect.quality.ratio import ratio
from console.detect.quality.tally import Tally
from console.domain.quality import Metric, Task

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers


def regression_values(tally: Tally) -> "dict[Metric, Numbers]":
    """Return every metric, with the tally's leading axis, NaN where nothing is known."""
    import numpy as np

    sums = tally.sums
    rows = sums["numbers"]
    around_mean = sums["label_squared"] - ratio(sums["label"] ** 2, rows)
    return {
        metrics.MAE: ratio(sums["absolute"], rows),
        metrics.RMSE: np.sqrt(ratio(sums["squared"], rows)),
        metrics.MAPE: ratio(sums["ratio"], sums["ratios"]),
        metrics.BIAS: ratio(sums["error"], rows),
        metrics.R2: 1 - ratio(sums["squared"], around_mean),
    }


def regression_intervals(tally: Tally) -> dict[Metric, Interval | None]:
    """Return the intervals of the means; that of RMSE follows from that of the mean square by the delta method.

    R² has none: the usual ones suppose a model that was fitted to the same rows.
    """
    sums = {name: float(value) for name, value in tally.sums.items()}
    rows, ratios = sums["numbers"], sums["ratios"]
    root = math.sqrt(sums["squared"] / rows) if rows else 0.0
    error_of_square = standard_error(sums["squared"], sums["fourth"], rows)
    error_of_root = error_of_square / (2 * root) if error_of_square is not None and root > 0 else error_of_square
    return {
        metrics.MAE: _of_mean(sums["absolute"], sums["squared"], rows, 0.0),
        metrics.RMSE: around(root, error_of_root, least=0.0),
        metrics.MAPE: _of_mean(sums["ratio"], sums["ratio_squared"], ratios, 0.0),
        metrics.BIAS: _of_mean(sums["error"], sums["squared"], rows, -math.inf),
        metrics.R2: None,
    }


def regression_rows(tally: Tally) -> dict[Metric, float]:
    """Return of every metric by how many rows it is told; labels of 0 have no percentage."""
    rows, ratios = float(tally.sums["numbers"]), float(tally.sums["ratios"])
    return {metric: ratios if metric is metrics.MAPE else rows for metric in metrics.OF_TASK[Task.REGRESSION]}


def _of_mean(total: float, squares: float, rows: float, least: float) -> Interval | None:
    return around(total / rows, standard_error(total, squares, rows), least=least) if rows else None
