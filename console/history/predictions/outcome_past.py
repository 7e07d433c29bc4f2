"""The past of one model's outcomes as judgement reads it: sums by version, hour, prediction, label and score."""

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from console.domain.model import Model
from console.domain.series import Grid
from console.sources.predictions.outcome_plan import OutcomePlan

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Integers: TypeAlias = NDArray[numpy.int64]
    Numbers: TypeAlias = NDArray[numpy.float64]
    Mask: TypeAlias = NDArray[numpy.bool_]

NO_CLASS = -1
"""The code of rows without a prediction, or without a label that had come."""


class Cells(msgspec.Struct, frozen=True):
    """Groups of rows, a place in every array each: what they have in common, how many they are, what they add up to.

    `version` and `hour` number those of the past, `predicted` and `actual` its classes (`NO_CLASS` where there is
    none), `bin` is a code of `score_bins`. `labelled` is true where the label had come. `sums` are those of
    `console.sources.predictions.outcomes`, by name; `delays` counts labelled rows up to each delay: (cells, bounds).
    """

    version: "Integers"
    hour: "Integers"
    labelled: "Mask"
    predicted: "Integers"
    actual: "Integers"
    bin: "Integers"
    rows: "Integers"
    sums: "dict[str, Numbers]"
    delays: "Integers"

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, chosen: "Mask | Integers") -> "Cells":
        """Return the groups for which an array of booleans is true, or those of these places."""
        return Cells(
            self.version[chosen],
            self.hour[chosen],
            self.labelled[chosen],
            self.predicted[chosen],
            self.actual[chosen],
            self.bin[chosen],
            self.rows[chosen],
            {name: values[chosen] for name, values in self.sums.items()},
            self.delays[chosen],
        )


class OutcomePast(msgspec.Struct, frozen=True):
    """The outcomes of one model up to `at` (UTC seconds), by hour.

    `grid` holds the starts of the hours; the last one is the running hour, which `at` cuts off. Labels are those that
    had come by `cutoff`; with `knows_label_times` false it cannot be told when one came. An hour of which `known` is
    false was not asked for. `versions` are raw, by first appearance; `classes` are the texts of the codes.
    `delay_bounds` are seconds, those of the counts by delay.
    """

    model: Model
    at: float
    cutoff: float
    plan: OutcomePlan
    grid: Grid
    versions: tuple[str, ...]
    classes: tuple[str, ...]
    cells: Cells
    known: "Mask"
    has_labels: bool = True
    knows_label_times: bool = True
    delay_bounds: tuple[float, ...] = ()
    notes: tuple[str, ...] = ()
