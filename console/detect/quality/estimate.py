"""Quality before labels: what scores promise, checked against what came true at such scores before.

Confidence-based performance estimation: every row counts as right and wrong in parts, by the probability of each; so
there is an expected confusion matrix, and every metric follows from it as from a real one. Source: NannyML, "How CBPE
works" (nannyml.readthedocs.io, how_it_works/performance_estimation). It takes for granted that rows with the same score
come true as often as before: no concept drift.
"""

from typing import TYPE_CHECKING

import msgspec

from console.detect.quality.intervals import wilson
from console.detect.quality.isotonic import frequency_by_bin
from console.detect.quality.measure import readings_of
from console.detect.quality.metrics import ACCURACY
from console.detect.quality.tally import Tally
from console.domain.quality import MetricReading, Task
from console.sources.predictions.outcome_columns import SMALLEST_PROBABILITY
from console.sources.predictions.outcome_plan import OutcomePlan

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers

FEWEST_TO_CALIBRATE = 500
"""Labelled rows with a score below which scores are taken as they are."""
FEWEST_TO_ESTIMATE = 50
CALIBRATED = "what a score means has not changed since the labels that are known (no concept drift)"
AS_THEY_ARE = "scores are probabilities as they are, which too few labels allow to check, and there is no concept drift"


class Calibration(msgspec.Struct, frozen=True):
    """How often each score bin comes true, known from so many `labelled` rows; None: scores as they are."""

    frequency: "Numbers | None"
    labelled: float

    @property
    def assumption(self) -> str:
        """Return what an estimate by it takes for granted."""
        return AS_THEY_ARE if self.frequency is None else CALIBRATED


def calibrate(history: Tally) -> Calibration:
    """Return the calibration by a tally of labelled rows."""
    labelled = float(history.came_true.sum())
    if labelled < FEWEST_TO_CALIBRATE:
        return Calibration(None, 0.0)
    return Calibration(frequency_by_bin(history.came_true), labelled)


def estimate(tally: Tally, plan: OutcomePlan, calibration: Calibration) -> tuple[MetricReading, ...]:
    """Return the metrics that the rows of a tally will have, as far as their scores tell; none where they do not.

    The intervals hold the chance of the rows and that of the labels which the calibration rests on: they are those of
    n·m / (n + m) rows, for n rows by m labels.
    """
    rows = float(tally.predicted.sum())
    if plan.task is Task.REGRESSION or not plan.has_scores or rows < FEWEST_TO_ESTIMATE:
        return ()
    certain = calibration.labelled / (rows + calibration.labelled) if calibration.labelled else 1.0
    by_bin = tally.predicted.sum(axis=0)
    mean = _divided(tally.all_scores, by_bin)
    frequency = mean if calibration.frequency is None else calibration.frequency
    if plan.task is Task.MULTICLASS:
        right = float((by_bin * frequency).sum())
        interval = wilson(right * certain, rows * certain)
        low, high = interval or (None, None)
        return (MetricReading(ACCURACY, right / rows, int(rows), low, high),)
    expected = expected_tally(tally, frequency, mean)
    told = readings_of(expected.scaled(certain), plan, {}, {})
    actual_rows = {one.metric: one.rows for one in readings_of(expected, plan, {}, {})}
    return tuple(msgspec.structs.replace(one, rows=actual_rows[one.metric]) for one in told if one.value is not None)


def expected_tally(tally: Tally, frequency: "Numbers", mean: "Numbers") -> Tally:
    """Return what a binary tally will be when all labels have come; `mean` is the mean score of each bin."""
    import numpy as np

    by_bin = tally.predicted.sum(axis=0)
    positive = np.clip(frequency, 0.0, 1.0)
    negative = 1 - positive
    confusion = np.stack([(tally.predicted * negative).sum(axis=1), (tally.predicted * positive).sum(axis=1)], axis=1)
    loss_of_positive = -np.log(np.maximum(mean, SMALLEST_PROBABILITY))
    loss_of_negative = -np.log(np.maximum(1 - mean, SMALLEST_PROBABILITY))

    def total(of_positive: "Numbers", of_negative: "Numbers") -> "Numbers":
        return np.asarray((by_bin * (positive * of_positive + negative * of_negative)).sum())

    sums = {
        "score": np.asarray(tally.all_scores.sum()),
        "squared": total((1 - mean) ** 2, mean**2),
        "fourth": total((1 - mean) ** 4, mean**4),
        "loss": total(loss_of_positive, loss_of_negative),
        "loss_squared": total(loss_of_positive**2, loss_of_negative**2),
    }
    return Tally(
        rows=tally.rows,
        labelled=np.asarray(by_bin.sum()),
        confusion=confusion,
        came_true=np.stack([by_bin * negative, by_bin * positive], axis=1),
        score=tally.all_scores,
        predicted=tally.predicted,
        all_scores=tally.all_scores,
        sums=sums,
        delays=tally.delays,
    )


def _divided(part: "Numbers", whole: "Numbers") -> "Numbers":
    import numpy as np

    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
