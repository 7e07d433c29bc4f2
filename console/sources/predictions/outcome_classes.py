"""What a row of a classification is counted by, and what it adds to the sums from which its metrics follow."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from console.domain.quality import Task
from console.sources.predictions.class_text import class_expression, compares_across_types
from console.sources.predictions.log import LABEL, PREDICTION, PredictionLog
from console.sources.predictions.outcome_columns import (
    ACTUAL,
    BIN,
    LABELLED,
    PREDICTED,
    SCORE_SUMS,
    SMALLEST,
    SMALLEST_PROBABILITY,
    SUMMED,
)
from console.sources.predictions.outcome_plan import NOT_PREDICTED, OTHER, OutcomePlan, ScoreMeaning
from console.sources.predictions.score_bins import NO_SCORE, bin_expression, twentieth_expression

if TYPE_CHECKING:
    import ibis

_SCORE, _OF_LABEL, _BRIER = "outcome.score", "outcome.of_label", "outcome.brier"
_RAW_PREDICTED, _RAW_ACTUAL = "outcome.predicted", "outcome.actual"
_OF_CLASS = "outcome.class."


def with_classes(rows: "ibis.Table", log: PredictionLog, plan: OutcomePlan, *, with_bins: bool) -> "ibis.Table":
    """Return rows with predicted class, label, bin of the score, and what each adds to every sum of `SCORE_SUMS`."""
    rows = _with_texts(rows, log, plan)
    if not plan.has_scores:
        return _without_scores(rows)
    rows = _with_binary_score(rows, plan) if plan.task is Task.BINARY else _with_confidence(rows, plan)
    code = bin_expression if plan.task is Task.BINARY else twentieth_expression
    return _with_sums(rows, code if with_bins else lambda _: 0)


def _with_texts(rows: "ibis.Table", log: PredictionLog, plan: OutcomePlan) -> "ibis.Table":
    import ibis

    across = compares_across_types(log)
    if plan.score is not None:
        rows = rows.mutate(**{_SCORE: _probability(rows[plan.score])})
    if plan.threshold is not None:
        positive = rows[_SCORE] >= plan.threshold
        raw = ibis.cases((rows[_SCORE].isnull(), ibis.null("string")), (positive, plan.positive), else_=plan.negative)
    else:
        raw = class_expression(rows[PREDICTION], across_types=across)
    rows = rows.mutate(**{_RAW_PREDICTED: raw, PREDICTED: _named(raw, plan)})
    if not log.has_label:
        return rows.mutate(**{ACTUAL: ibis.null("string")})
    if plan.is_feedback:
        return rows.mutate(**{ACTUAL: _by_feedback(rows, plan)})
    rows = rows.mutate(**{_RAW_ACTUAL: class_expression(rows[LABEL], across_types=across)})
    raw, actual = rows[_RAW_ACTUAL], _named(rows[_RAW_ACTUAL], plan)
    if plan.task is Task.MULTICLASS and plan.classes:
        are_rare = (actual == OTHER) & (rows[PREDICTED] == OTHER)
        actual = ibis.ifelse(are_rare & (raw != rows[_RAW_PREDICTED]), NOT_PREDICTED, actual)
    return rows.mutate(**{ACTUAL: ibis.ifelse(rows[LABELLED] == 1, actual, ibis.null("string"))})


def _by_feedback(rows: "ibis.Table", plan: OutcomePlan) -> "ibis.Value":
    """Return what came true by a label that says whether the prediction was right."""
    import ibis

    predicted = rows[PREDICTED]
    wrong = NOT_PREDICTED
    if plan.task is Task.BINARY:
        wrong = ibis.ifelse(predicted == plan.positive, plan.negative, plan.positive)
    told = (rows[LABELLED] == 1) & predicted.notnull()
    return ibis.cases((told & rows[LABEL], predicted), (told, wrong), else_=ibis.null("string"))


def _named(value: "ibis.Value", plan: OutcomePlan) -> "ibis.Value":
    """Return a class, or `other` where the plan does not tell it by name; null stays null."""
    import ibis

    if not plan.classes or (plan.task is Task.BINARY and plan.negative != OTHER):
        return value
    return ibis.cases((value.isnull() | value.isin(plan.classes), value), else_=OTHER)


def _probability(column: "ibis.Value") -> "ibis.Value":
    """Return a score as float64, null where it is no probability."""
    import ibis

    score = column.cast("float64")
    return ibis.ifelse(score.notnull() & ~score.isnan() & score.between(0.0, 1.0), score, ibis.null("float64"))


def _with_binary_score(rows: "ibis.Table", plan: OutcomePlan) -> "ibis.Table":
    """Return rows with the probability of the positive class, that of the label, and the square of what is missing."""
    import ibis

    score = rows[_SCORE]
    if plan.score_means is ScoreMeaning.NEGATIVE:
        score = 1.0 - score
    elif plan.score_means is ScoreMeaning.PREDICTED:
        score = ibis.ifelse(rows[PREDICTED] == plan.positive, score, 1.0 - score)
    rows = rows.mutate(**{_SCORE: score})
    rows = rows.mutate(
        **{
            _OF_LABEL: ibis.cases(
                (rows[ACTUAL] == plan.positive, rows[_SCORE]),
                (rows[ACTUAL] == plan.negative, 1.0 - rows[_SCORE]),
                else_=ibis.null("float64"),
            )
        }
    )
    missing = _not_tiny(1.0 - rows[_OF_LABEL])
    return rows.mutate(**{_BRIER: missing * missing})


def _with_confidence(rows: "ibis.Table", plan: OutcomePlan) -> "ibis.Table":
    """Return the same of several classes: the score is that of the predicted class."""
    import ibis

    nothing = ibis.null("float64")
    if not plan.class_scores:
        return rows.mutate(**{_OF_LABEL: nothing, _BRIER: nothing})
    rows = rows.mutate(**{_OF_CLASS + name: _probability(rows[column]) for name, column in plan.class_scores})
    scores = [(name, rows[_OF_CLASS + name]) for name, _ in plan.class_scores]
    squares = sum(_not_tiny(score) * _not_tiny(score) for _, score in scores)
    rows = rows.mutate(
        **{
            _SCORE: ibis.cases(*((rows[PREDICTED] == name, score) for name, score in scores), else_=nothing),
            _OF_LABEL: ibis.cases(*((rows[ACTUAL] == name, score) for name, score in scores), else_=nothing),
            _BRIER: squares,
        }
    )
    return rows.mutate(**{_BRIER: rows[_BRIER] - 2.0 * rows[_OF_LABEL] + 1.0})


def _with_sums(rows: "ibis.Table", code: "Callable[[ibis.Value], ibis.Value]") -> "ibis.Table":
    import ibis

    score = rows[_SCORE]
    counts = score.notnull() & rows[_OF_LABEL].notnull()
    rows = rows.mutate(
        **{
            BIN: ibis.ifelse(score.isnull(), NO_SCORE, code(score)),
            SUMMED + "score": score.coalesce(0.0),
            _OF_LABEL: ibis.ifelse(counts, ibis.greatest(rows[_OF_LABEL], SMALLEST_PROBABILITY), 1.0),
            _BRIER: ibis.ifelse(counts, _not_tiny(rows[_BRIER]), 0.0),
        }
    )
    rows = rows.mutate(**{SUMMED + "loss": -rows[_OF_LABEL].ln()})
    return rows.mutate(
        **{
            SUMMED + "squared": rows[_BRIER],
            SUMMED + "fourth": rows[_BRIER] * rows[_BRIER],
            SUMMED + "loss_squared": rows[SUMMED + "loss"] * rows[SUMMED + "loss"],
        }
    )


def _without_scores(rows: "ibis.Table") -> "ibis.Table":
    import ibis

    return rows.mutate(**{BIN: ibis.literal(NO_SCORE)}, **{SUMMED + name: ibis.literal(0.0) for name in SCORE_SUMS})


def _not_tiny(number: "ibis.Value") -> "ibis.Value":
    import ibis

    return ibis.ifelse(number.abs() >= SMALLEST, number, 0.0)
