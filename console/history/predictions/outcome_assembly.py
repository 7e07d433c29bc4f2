"""From the groups that a store answers to the past of each model."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec

from console.domain.quality import Task
from console.domain.series import Grid
from console.history.predictions.outcome_past import NO_CLASS, Cells
from console.history.predictions.past import HOUR
from console.sources.predictions.arrays import floats_of, integers_of, seconds_of, texts_of
from console.sources.predictions.log import MODEL, VERSION
from console.sources.predictions.outcome_columns import (
    ACTUAL,
    BIN,
    DELAY_BOUNDS,
    HOUR_KEY,
    LABELLED,
    PART_KEY,
    PREDICTED,
    ROWS,
    delay_column,
)
from console.sources.predictions.outcome_plan import OutcomePlan
from console.sources.predictions.outcomes import sums_of
from console.sources.predictions.score_bins import NO_SCORE

if TYPE_CHECKING:
    import pyarrow

    from console.history.predictions.outcome_past import Integers


class ModelCells(msgspec.Struct, frozen=True):
    """The groups of one model with the texts of its versions and classes, which the groups number."""

    versions: tuple[str, ...]
    classes: tuple[str, ...]
    cells: Cells


def cells_by_model(answer: "pyarrow.Table", plan: OutcomePlan, grid: Grid) -> Mapping[str, ModelCells]:
    """Return the groups of every model of an answer that lie on a grid of hours, by raw name.

    Versions are numbered by first appearance, classes as the plan orders them, all others by name after these.
    """
    import numpy as np

    models, of_model = texts_of(answer[MODEL], NO_CLASS)
    versions, of_version = texts_of(answer[VERSION], NO_CLASS)
    classes, predicted, actual = _classes(answer, plan)
    cells = _cells(answer, plan, grid, (of_version, predicted, actual))
    told = np.flatnonzero((cells.hour >= 0) & (cells.hour < grid.count))
    told = told[np.argsort(of_model[told], kind="stable")]
    ends = np.searchsorted(of_model[told], np.arange(len(models)), side="right")
    found = {}
    for model, places in zip(models, np.split(told, ends[:-1]), strict=True):
        own = cells.of(places)
        used = np.unique(own.version)
        first_hours = [own.hour[own.version == version].min() for version in used]
        by_appearance = used[np.argsort(first_hours, kind="stable")]
        place = np.zeros(len(versions), dtype=np.int64)
        place[by_appearance] = np.arange(len(by_appearance))
        renumbered = msgspec.structs.replace(own, version=place[own.version])
        found[model] = ModelCells(tuple(versions[code] for code in by_appearance), classes, renumbered)
    return found


def _cells(
    answer: "pyarrow.Table", plan: OutcomePlan, grid: Grid, codes: "tuple[Integers, Integers, Integers]"
) -> Cells:
    import numpy as np

    names = set(answer.column_names)
    count = answer.num_rows
    version, predicted, actual = codes
    delays = [delay_column(bound) for bound in DELAY_BOUNDS]
    return Cells(
        version=version,
        hour=_hours(answer, plan, grid),
        labelled=integers_of(answer[LABELLED]) > 0,
        predicted=predicted,
        actual=actual,
        bin=integers_of(answer[BIN]) if BIN in names else np.full(count, NO_SCORE, dtype=np.int64),
        rows=integers_of(answer[ROWS]),
        sums={name: floats_of(answer[name]) for name in sums_of(plan.task)},
        delays=np.stack([integers_of(answer[name]) for name in delays], axis=1)
        if delays[0] in names
        else np.zeros((count, 0), dtype=np.int64),
    )


def _classes(answer: "pyarrow.Table", plan: OutcomePlan) -> "tuple[tuple[str, ...], Integers, Integers]":
    import numpy as np

    if plan.task is Task.REGRESSION:
        nothing = np.full(answer.num_rows, NO_CLASS, dtype=np.int64)
        return (), nothing, nothing
    sides = [texts_of(answer[column], NO_CLASS) for column in (PREDICTED, ACTUAL)]
    seen = {text for texts, _ in sides for text in texts}
    classes = (*plan.classes, *sorted(seen.difference(plan.classes)))
    place = {text: code for code, text in enumerate(classes)}
    predicted, actual = (
        np.array([*(place[text] for text in texts), NO_CLASS], dtype=np.int64)[codes] for texts, codes in sides
    )
    return classes, predicted, actual


def _hours(answer: "pyarrow.Table", plan: OutcomePlan, grid: Grid) -> "Integers":
    """Return the place of each row's hour on the grid."""
    import numpy as np

    if HOUR_KEY not in answer.column_names:
        return np.zeros(answer.num_rows, dtype=np.int64)
    starts = hours_of(answer)
    if PART_KEY in answer.column_names:
        starts += integers_of(answer[PART_KEY]) * plan.step * round(HOUR)
    return (starts - round(grid.start)) // round(HOUR)


def hours_of(answer: "pyarrow.Table") -> "Integers":
    """Return from when (UTC seconds) each row's hour is, or its day where days are told together."""
    import numpy as np

    return seconds_of(answer[HOUR_KEY], -np.inf).astype(np.int64)
