"""One grouped query that adds up, in the store, all that metrics and their intervals follow from.

Rows are grouped by model, version, hour, predicted class, label and bin of the score. Every measure is a sum, so that
any window, version or slice is added up from its groups later, and no row leaves the store.
"""

from typing import TYPE_CHECKING

import msgspec

from console.domain.quality import Task
from console.sources.predictions.clock import utc_literal
from console.sources.predictions.cutoff import LabelledBy, had_come, last_label
from console.sources.predictions.log import (
    LABEL,
    LABEL_TIME,
    MODEL,
    PREDICTION,
    TIMESTAMP,
    VERSION,
    PredictionLog,
)
from console.sources.predictions.outcome_classes import with_classes
from console.sources.predictions.outcome_columns import (
    ACTUAL,
    BIN,
    DELAY_BOUNDS,
    ERROR_SUMS,
    HOUR_KEY,
    LABELLED,
    NOW,
    PART_KEY,
    PREDICTED,
    ROWS,
    SCORE_SUMS,
    SLICE,
    SUMMED,
    delay_column,
)
from console.sources.predictions.outcome_errors import with_errors
from console.sources.predictions.outcome_plan import OutcomePlan

if TYPE_CHECKING:
    import ibis


HOURS_OF_DAY = 24


class Asked(msgspec.Struct, frozen=True):
    """The rows that a query adds up: predicted from `start` to before `end`, with the labels that came by `cutoff`.

    Instants are UTC seconds. `models` are raw names, all where it is None. With `by_hour` hours are told apart, with
    `with_bins` scores; with `split` (UTC seconds), rows before it and from it on. `slices` are columns of the log by
    whose values rows are told apart, too.
    """

    start: float
    end: float
    cutoff: LabelledBy
    models: tuple[str, ...] | None = None
    by_hour: bool = True
    with_bins: bool = True
    split: float | None = None
    slices: tuple[str, ...] = ()


def sums_of(task: Task) -> tuple[str, ...]:
    """Return the names of the sums that are read for a task."""
    return ERROR_SUMS if task is Task.REGRESSION else SCORE_SUMS


def outcome_expression(log: PredictionLog, plan: OutcomePlan, asked: Asked) -> "ibis.Table":
    """Return the grouped query: the keys, `rows`, the sums of the plan's task, and the counts by label delay."""
    import ibis

    rows = _rows(log, plan, asked)
    keys = [MODEL, VERSION]
    if asked.by_hour:
        rows = rows.mutate(**_hours(rows[TIMESTAMP], plan.step))
        keys.extend(_hours(rows[TIMESTAMP], plan.step))
    if asked.split is not None:
        rows = rows.mutate(**{NOW: ibis.ifelse(rows[TIMESTAMP] >= utc_literal(asked.split), 1, 0)})
        keys.append(NOW)
    slices = {SLICE + column: rows[column].cast("string") for column in asked.slices}
    told = with_labels(rows.mutate(**slices), log, asked.cutoff)
    keys.extend((*slices, LABELLED))
    if plan.task is Task.REGRESSION:
        told = with_errors(told)
    else:
        told = with_classes(told, log, plan, with_bins=asked.with_bins)
        keys.extend((PREDICTED, ACTUAL, BIN))
    measures = {name: told[SUMMED + name].sum().cast("float64") for name in sums_of(plan.task)}
    delays = {delay_column(bound): told[delay_column(bound)].sum().cast("int64") for bound in delay_bounds(log)}
    return told.group_by(keys).aggregate(**{ROWS: told.count()}, **measures, **delays)


def _hours(timestamp: "ibis.Value", step: int) -> "dict[str, ibis.Value]":
    """Return the keys that tell apart so many hours."""
    if step == 1:
        return {HOUR_KEY: timestamp.truncate("h")}
    day = {HOUR_KEY: timestamp.truncate("D")}
    return day if step == HOURS_OF_DAY else day | {PART_KEY: (timestamp.hour() / step).floor().cast("int32")}


def _rows(log: PredictionLog, plan: OutcomePlan, asked: Asked) -> "ibis.Table":
    """Return the rows that are asked for, with no column that nothing is made of: a log may have thousands."""
    rows = log.labelled_between(asked.start, asked.end, labelled_by=asked.cutoff)
    if asked.models is not None:
        rows = rows.filter(rows[MODEL].isin(asked.models))
    wanted = {MODEL, VERSION, TIMESTAMP, PREDICTION, LABEL, LABEL_TIME, plan.score, *asked.slices}
    wanted.update(column for _, column in plan.class_scores)
    return rows.select([column for column in rows.columns if column in wanted])


def with_labels(rows: "ibis.Table", log: PredictionLog, cutoff: LabelledBy) -> "ibis.Table":
    """Return rows with whether they have a label that had come by the cutoff, and how late it was."""
    import ibis

    if not log.has_label:
        return rows.mutate(**{LABELLED: ibis.literal(0)})
    label = rows[LABEL]
    labelled = label.notnull()
    if label.type().is_floating():
        labelled = labelled & ~label.isnan()
    if not log.has_label_time:
        return rows.mutate(**{LABELLED: ibis.ifelse(labelled, 1, 0)})
    known = had_come(rows[LABEL_TIME], last_label(cutoff, rows[TIMESTAMP]))
    rows = rows.mutate(**{LABELLED: ibis.ifelse(labelled & known, 1, 0)})
    within = {
        bound: rows[LABEL_TIME] <= rows[TIMESTAMP] + ibis.interval(seconds=round(bound)) for bound in DELAY_BOUNDS
    }
    return rows.mutate(
        **{delay_column(bound): ibis.ifelse((rows[LABELLED] == 1) & came, 1, 0) for bound, came in within.items()}
    )


def delay_bounds(log: PredictionLog) -> tuple[float, ...]:
    """Return the delays up to which labels are counted, none where the log does not tell when a label came."""
    return DELAY_BOUNDS if log.has_label and log.has_label_time else ()
