"""What tells the task of each model: the kinds of its labels, predictions and scores, and how late labels come.

Two grouped queries over some days of the log; no row leaves the store.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from console.sources.predictions.class_text import class_expression, compares_across_types
from console.sources.predictions.clock import utc_literal
from console.sources.predictions.log import LABEL, LABEL_TIME, MODEL, PREDICTION, TIMESTAMP, PredictionLog
from console.sources.predictions.outcome_columns import DELAY_BOUNDS, delay_column

if TYPE_CHECKING:
    import ibis

MOST_CLASSES = 30
"""Classes that are told apart by name; all rarer ones are one."""
_SIDE, _CLASS, _ROWS, _RANK = "side", "class", "rows", "rank"
_LABELS, _PREDICTIONS = "labels", "predictions"
_OLD = "old_"
FEWEST_TIMED = 50
"""Labels that must have come before delays are told from them."""


class NumberFacts(msgspec.Struct, frozen=True):
    """The numbers of a column: their range, and how many are not whole; all None or 0 where the column holds text."""

    least: float | None = None
    most: float | None = None
    broken: int = 0


class OutcomeFacts(msgspec.Struct, frozen=True):
    """What is known of one model: `label_classes` and `predicted_classes` count rows by class, commonest first.

    `within` counts the labels that came up to each delay of `DELAY_BOUNDS`, of `timed` ones in all.
    """

    rows: int
    labelled: int
    label: NumberFacts = NumberFacts()
    prediction: NumberFacts = NumberFacts()
    score: NumberFacts = NumberFacts()
    label_classes: tuple[tuple[str, int], ...] = ()
    predicted_classes: tuple[tuple[str, int], ...] = ()
    hours: float = 0.0
    """Hours from the first to the last row."""
    timed: int = 0
    within: tuple[int, ...] = ()


def facts_expression(log: PredictionLog, start: float, end: float, besides: Sequence[str] = ()) -> "ibis.Table":
    """Return the query of ranges and delays, a row for each model but those that are known (raw names).

    Delays are counted over all rows and over the older half, whose late labels have had the time to come.
    """
    import ibis

    rows = _window(log, start, end, besides)
    span = {"first": rows[TIMESTAMP].min(), "last": rows[TIMESTAMP].max()}
    told = span | {"rows": rows.count(), "labelled": rows[LABEL].count() if log.has_label else ibis.literal(0)}
    columns = {"label": LABEL if log.has_label else None, "prediction": PREDICTION if log.prediction else None}
    if len(log.scores) == 1:
        columns["score"] = log.scores[0].column
    for name, column in columns.items():
        if column is not None and _is_number(rows[column]):
            number = rows[column].cast("float64")
            number = ibis.ifelse(number.isnan() | number.isinf(), ibis.null("float64"), number)
            told[f"{name}_least"], told[f"{name}_most"] = number.min(), number.max()
            told[f"{name}_broken"] = ibis.ifelse(number != number.floor(), 1, 0).sum().cast("int64")
    if log.has_label and log.has_label_time:
        came, predicted = rows[LABEL_TIME], rows[TIMESTAMP]
        timed = rows[LABEL].notnull() & (came <= utc_literal(end))
        for part, chosen in (("", timed), (_OLD, timed & (predicted < utc_literal((start + end) / 2)))):
            told[part + "timed"] = ibis.ifelse(chosen, 1, 0).sum().cast("int64")
            for bound in DELAY_BOUNDS:
                in_time = chosen & (came <= predicted + ibis.interval(seconds=round(bound)))
                told[part + delay_column(bound)] = ibis.ifelse(in_time, 1, 0).sum().cast("int64")
    return rows.group_by(MODEL).aggregate(**told)


def classes_expression(
    log: PredictionLog, start: float, end: float, besides: Sequence[str] = ()
) -> "ibis.Table | None":
    """Return the query of the commonest labels and predictions of each model, None where no column holds classes.

    Numbers that are not whole are no classes and are left out.
    """
    import ibis

    rows = _window(log, start, end, besides)
    across = compares_across_types(log)
    sides = {_LABELS: LABEL if log.has_label else None, _PREDICTIONS: PREDICTION if log.prediction else None}
    counted = []
    for side, column in sides.items():
        if column is None:
            continue
        value = rows[column]
        chosen = value.notnull()
        if value.type().is_floating() or value.type().is_decimal():
            number = value.cast("float64")
            chosen = chosen & ~number.isnan() & (number == number.floor())
        named = rows.filter(chosen).select(
            **{MODEL: rows[MODEL], _SIDE: ibis.literal(side), _CLASS: class_expression(value, across_types=across)}
        )
        counted.append(named.group_by([MODEL, _SIDE, _CLASS]).aggregate(**{_ROWS: named.count()}))
    if not counted:
        return None
    every = counted[0] if len(counted) == 1 else counted[0].union(counted[1])
    order = [every[_ROWS].desc(), every[_CLASS]]
    ranked = every.mutate(**{_RANK: ibis.row_number().over(group_by=[MODEL, _SIDE], order_by=order)})
    return ranked.filter(ranked[_RANK] <= MOST_CLASSES)


def read_facts(
    ranges: "Sequence[Mapping[str, object]]", classes: "Sequence[Mapping[str, object]]"
) -> Mapping[str, OutcomeFacts]:
    """Return the facts of each model, by raw name, from the rows of the two answers."""
    by_class: dict[tuple[object, object], list[tuple[str, int]]] = {}
    for row in sorted(classes, key=lambda one: int(str(one[_RANK]))):
        by_class.setdefault((row[MODEL], row[_SIDE]), []).append((str(row[_CLASS]), int(str(row[_ROWS]))))
    return {
        str(row[MODEL]): OutcomeFacts(
            rows=_whole(row, "rows"),
            labelled=_whole(row, "labelled"),
            label=_numbers(row, "label"),
            prediction=_numbers(row, "prediction"),
            score=_numbers(row, "score"),
            hours=_hours(row),
            label_classes=tuple(by_class.get((row[MODEL], _LABELS), ())),
            predicted_classes=tuple(by_class.get((row[MODEL], _PREDICTIONS), ())),
            timed=_whole(row, _part(row) + "timed"),
            within=tuple(_whole(row, _part(row) + delay_column(bound)) for bound in DELAY_BOUNDS),
        )
        for row in ranges
    }


def _window(log: PredictionLog, start: float, end: float, besides: Sequence[str]) -> "ibis.Table":
    rows = log.labelled_between(start, end, labelled_by=end)
    rows = rows.filter(rows[MODEL].notin(besides)) if besides else rows
    wanted = {MODEL, TIMESTAMP, LABEL, LABEL_TIME, PREDICTION, *(score.column for score in log.scores)}
    return rows.select([column for column in rows.columns if column in wanted])


def _hours(row: Mapping[str, object]) -> float:
    first, last = row["first"], row["last"]
    return (last - first).total_seconds() / 3600 if isinstance(first, datetime) and isinstance(last, datetime) else 0.0


def _part(row: Mapping[str, object]) -> str:
    """Return which rows tell the delays: the older half where it has labels enough."""
    return _OLD if _whole(row, _OLD + "timed") >= FEWEST_TIMED else ""


def _is_number(value: "ibis.Value") -> bool:
    return bool(value.type().is_numeric()) and not value.type().is_boolean()


def _whole(row: Mapping[str, object], name: str) -> int:
    value = row.get(name)
    return int(value) if isinstance(value, (int, float)) else 0


def _numbers(row: Mapping[str, object], name: str) -> NumberFacts:
    least, most = row.get(f"{name}_least"), row.get(f"{name}_most")
    if not isinstance(least, (int, float)) or not isinstance(most, (int, float)):
        return NumberFacts()
    return NumberFacts(float(least), float(most), _whole(row, f"{name}_broken"))
