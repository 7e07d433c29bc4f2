"""What any metric follows from, added up from groups of rows."""

import math
from collections.abc import Callable
from typing import TYPE_CHECKING

import msgspec

from console.domain.quality import Task
from console.history.predictions.outcome_past import NO_CLASS, Cells
from console.sources.predictions.outcome_plan import OutcomePlan
from console.sources.predictions.score_bins import BIN_COUNT, NO_SCORE

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Integers, Mask, Numbers


class Tally(msgspec.Struct, frozen=True):
    """Sums over rows; every array may have the buckets of a time as its first axis.

    `rows` and `labelled` count rows. `confusion` counts rows with prediction and label: (…, predicted, actual).
    `came_true` counts labelled rows with a score by its bin and by whether what the score is about came true:
    (…, bins, 2); `score` is Σp of these by bin. `predicted` counts all rows with a score, by predicted class and bin:
    (…, classes, bins), `all_scores` is Σp of these by bin. `sums` are over labelled rows, `delays` counts these up to
    each delay.
    """

    rows: "Numbers"
    labelled: "Numbers"
    confusion: "Numbers"
    came_true: "Numbers"
    score: "Numbers"
    predicted: "Numbers"
    all_scores: "Numbers"
    sums: "dict[str, Numbers]"
    delays: "Numbers"

    def total(self, start: int = 0, end: int | None = None) -> "Tally":
        """Return the sum of the buckets from `start` to before `end`."""
        return self._each(lambda values: values[start:end].sum(axis=0))

    def merged(self, size: int) -> "Tally":
        """Return buckets of `size` of these each, which must fill them."""
        return self._each(lambda values: values.reshape(len(values) // size, size, *values.shape[1:]).sum(axis=1))

    def part(self, start: int, end: int) -> "Tally":
        """Return the buckets from `start` to before `end`."""
        return self._each(lambda values: values[start:end])

    def padded(self, before: int, after: int) -> "Tally":
        """Return the buckets with empty ones before and after them."""
        import numpy as np

        return self._each(lambda values: np.pad(values, ((before, after), *[(0, 0)] * (values.ndim - 1))))

    def scaled(self, factor: float) -> "Tally":
        """Return the tally of a sample that is `factor` times as large, and alike."""
        return self._each(lambda values: values * factor)

    def _each(self, change: "Callable[[Numbers], Numbers]") -> "Tally":
        return Tally(
            change(self.rows),
            change(self.labelled),
            change(self.confusion),
            change(self.came_true),
            change(self.score),
            change(self.predicted),
            change(self.all_scores),
            {name: change(values) for name, values in self.sums.items()},
            change(self.delays),
        )


def tally_by_hour(cells: Cells, plan: OutcomePlan, hours: int, classes: int) -> Tally:
    """Return the sums of every hour; groups of all versions that are given are added together.

    Classes numbered `classes` and above are none of the task's: their rows count, their outcomes do not.
    """
    import numpy as np

    has_prediction = (cells.predicted != NO_CLASS) & (cells.predicted < classes)
    has_label = cells.labelled & (cells.actual != NO_CLASS) & (cells.actual < classes)
    scored = cells.bin != NO_SCORE
    if plan.task is Task.BINARY:
        true, judged = np.where(cells.actual == 1, 1, 0), scored & has_label
    else:
        true, judged = np.where(cells.actual == cells.predicted, 1, 0), scored & has_label & has_prediction
    rows, scores = cells.rows.astype(np.float64), cells.sums.get("score", np.zeros(len(cells)))
    every = np.ones(len(cells), dtype=np.bool_)
    hour, code = cells.hour, cells.bin

    def added(chosen: "Mask", values: "Numbers", *axes: "tuple[Integers, int]") -> "Numbers":
        shape = (hours, *(size for _, size in axes))
        if 0 in shape:
            return np.zeros(shape)
        places = tuple(place[chosen] for place in (hour, *(axis for axis, _ in axes)))
        flat = np.ravel_multi_index(places, shape)
        added_up = np.bincount(flat, weights=values[chosen], minlength=math.prod(shape))
        return added_up.astype(np.float64).reshape(shape)

    predicted, actual, bins = (cells.predicted, classes), (cells.actual, classes), (code, BIN_COUNT)
    delays = [
        added(cells.labelled, cells.delays[:, place].astype(np.float64)) for place in range(cells.delays.shape[1])
    ]
    return Tally(
        rows=added(every, rows),
        labelled=added(cells.labelled, rows),
        confusion=added(has_prediction & has_label, rows, predicted, actual),
        came_true=added(judged, rows, bins, (true, 2)),
        score=added(judged, scores, bins),
        predicted=added(scored & has_prediction, rows, predicted, bins),
        all_scores=added(scored & has_prediction, scores, bins),
        sums={name: added(cells.labelled, values) for name, values in cells.sums.items()},
        delays=np.stack(delays, axis=1) if delays else np.zeros((hours, 0)),
    )
