"""What of a change of quality lies in which slice.

Only means over rows can be taken apart. Where a metric is none, one that falls with it is: F1 by the part of true
positives among what is positive or predicted so; RMSE and R² by squared errors; ROC AUC by the log loss, or accuracy
where there are no scores; averages over classes by accuracy; the calibration error by the Brier score.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from console.detect.quality import metrics
from console.detect.slices.decomposition import SliceSums
from console.detect.slices.ranking import Shown, ranked_slices
from console.domain.drift import SliceShare
from console.domain.quality import Metric, Task
from console.sources.predictions.arrays import floats_of, texts_of
from console.sources.predictions.log import LoggedColumn
from console.sources.predictions.outcome_columns import (
    ACTUAL,
    BIN,
    LABELLED,
    NOW,
    PREDICTED,
    ROWS,
    SLICE,
)
from console.sources.predictions.outcome_plan import OutcomePlan

if TYPE_CHECKING:
    import numpy
    import pyarrow
    from numpy.typing import NDArray

    from console.detect.slices.decomposition import Numbers

_INSTEAD = {
    metrics.F1_MACRO: metrics.ACCURACY,
    metrics.F1_WEIGHTED: metrics.ACCURACY,
    metrics.PRECISION_MACRO: metrics.ACCURACY,
    metrics.RECALL_MACRO: metrics.ACCURACY,
    metrics.CALIBRATION_ERROR: metrics.BRIER,
    metrics.ROC_AUC: metrics.LOG_LOSS,
    metrics.R2: metrics.RMSE,
}


class Explained(msgspec.Struct, frozen=True):
    """The slices that carry a change; `by` is the title of the mean that was taken apart."""

    by: str
    slices: tuple[SliceShare, ...]


def quality_slices(
    answer: "pyarrow.Table", plan: OutcomePlan, metric: Metric, columns: Sequence[LoggedColumn]
) -> Explained:
    """Return which slices carry a change of a metric, from the groups of two windows by the values of some columns."""
    mean = _INSTEAD.get(metric, metric)
    rows, total, squares = _values(answer, plan, mean)
    title = "squared errors" if mean is metrics.RMSE else "hits" if mean is metrics.F1 else mean.title
    sums = [_by_slice(answer, column, rows, total, squares) for column in columns]
    return Explained(title, ranked_slices(sums, Shown(title, mean.unit)))


def _values(answer: "pyarrow.Table", plan: OutcomePlan, mean: Metric) -> "tuple[Numbers, Numbers, Numbers]":
    """Return of each group the rows that the mean is over, the sum of the value and that of its square."""
    import numpy as np

    if plan.task is Task.REGRESSION:
        count, total, squares = {
            metrics.MAE: ("numbers", "absolute", "squared"),
            metrics.RMSE: ("numbers", "squared", "fourth"),
            metrics.MAPE: ("ratios", "ratio", "ratio_squared"),
            metrics.BIAS: ("numbers", "error", "squared"),
        }[mean]
        return floats_of(answer[count]), floats_of(answer[total]), floats_of(answer[squares])
    predicted, actual = (_texts(answer, column) for column in (PREDICTED, ACTUAL))
    rows, counts = floats_of(answer[ROWS]), (floats_of(answer[LABELLED]) > 0) & np.not_equal(actual, "")
    if mean in (metrics.LOG_LOSS, metrics.BRIER):
        counts &= floats_of(answer[BIN]) >= 0
        total, squares = ("loss", "loss_squared") if mean is metrics.LOG_LOSS else ("squared", "fourth")
        return rows * counts, floats_of(answer[total]) * counts, floats_of(answer[squares]) * counts
    counts &= np.not_equal(predicted, "")
    if mean is not metrics.ACCURACY:
        is_predicted, is_true = np.equal(predicted, plan.positive), np.equal(actual, plan.positive)
        among = {metrics.PRECISION: is_predicted, metrics.RECALL: is_true, metrics.F1: is_predicted | is_true}
        counts &= among[mean]
    right = rows * (counts & np.equal(predicted, actual))
    return rows * counts, right, right


def _texts(answer: "pyarrow.Table", column: str) -> "NDArray[numpy.object_]":
    """Return a column of texts, empty for null."""
    import numpy as np

    return np.array(answer.column(column).fill_null("").to_pylist(), dtype=object)


def _by_slice(
    answer: "pyarrow.Table", column: LoggedColumn, rows: "Numbers", total: "Numbers", squares: "Numbers"
) -> SliceSums:
    import numpy as np

    texts, codes = texts_of(answer[SLICE + column.column].fill_null("null"), null=0)
    values = tuple(map(str, texts))
    place = codes + len(values) * (floats_of(answer[NOW]) > 0)

    def added(numbers: "Numbers") -> "Numbers":
        added_up = np.bincount(place, weights=numbers, minlength=2 * len(values))
        return added_up.astype(np.float64).reshape(2, -1)

    return SliceSums(column.name, values, added(rows), added(total), added(squares))
