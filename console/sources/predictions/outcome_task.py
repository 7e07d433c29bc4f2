"""Which task a model has, by rules that the documentation states, and so how its outcomes are read.

1. What the configuration says.
2. Labels that are booleans, or numbers that are only 0 and 1: binary. Labels that are text: binary with up to two
   classes, multiclass with more.
3. Labels that are whole numbers, at most 100 apart, where predictions are whole numbers or text: multiclass.
4. Other numbers: regression.

Where a model has no label yet, its predictions are looked at in the same way; one that has a score as well is no
regression.
"""

import msgspec

from console.domain.moments import in_words
from console.domain.quality import Task
from console.settings.nearest import did_you_mean
from console.settings.predictions import PredictedModelRule
from console.sources.predictions.class_text import class_of, compares_across_types
from console.sources.predictions.log import LABEL, PREDICTION, SCORE_OF_CLASS, PredictionLog
from console.sources.predictions.outcome_columns import DELAY_BOUNDS
from console.sources.predictions.outcome_facts import FEWEST_TIMED, MOST_CLASSES, NumberFacts, OutcomeFacts
from console.sources.predictions.outcome_plan import OTHER, OutcomePlan, ScoreMeaning

WIDEST_RANGE_OF_CLASSES = 100
THRESHOLD = 0.5
"""From which score on the positive class counts as predicted, where nothing but the score is logged."""
_ENOUGH_ROWS = 100.0
"""Rows that hold the 50 labels of a figure where half of them have one."""
_SHARE_IN_TIME = 0.95
_NO_TIMES = "when labels came is not logged: young rows may still get theirs, and a look at the past sees later ones"
_POSITIVE_WORDS = ("1", "true", "yes", "y", "t", "positive", "pos")


class Planned(msgspec.Struct, frozen=True):
    """How a model's outcomes are read, and what a person should know of it; without a plan, why there is none."""

    plan: OutcomePlan | None
    notes: tuple[str, ...] = ()


class _Scores(msgspec.Struct, frozen=True):
    score: str | None = None
    means: ScoreMeaning = ScoreMeaning.POSITIVE
    threshold: float | None = None
    of_classes: tuple[tuple[str, str], ...] = ()
    notes: tuple[str, ...] = ()


def plan_outcomes(log: PredictionLog, facts: OutcomeFacts, rule: PredictedModelRule, lateness: float) -> Planned:
    """Return how one model's outcomes are read; a label that is `lateness` (seconds) over its horizon never counts."""
    if log.prediction is None and not log.scores:
        return Planned(None, ("the log holds neither predictions nor scores",))
    horizon, notes = _horizon(log, facts, rule)
    latest = horizon + lateness
    if rule.horizon is None and facts.timed < FEWEST_TIMED:
        latest += DELAY_BOUNDS[-1]
    task = rule.task or infer_task(log, facts)
    if task is Task.REGRESSION:
        if not _is_numeric(log, PREDICTION) or (log.has_label and not _is_numeric(log, LABEL)):
            return Planned(None, ("a regression needs predictions and labels that are numbers",))
        return Planned(OutcomePlan(task, horizon, latest), notes)
    classes: tuple[str, ...] = ()
    if task is Task.BINARY:
        classes, said = _pair(log, facts, rule)
        scores = _binary_scores(log, facts, classes)
        notes = (*notes, *said)
        if log.prediction is None and scores.score is None:
            return Planned(None, (*notes, *scores.notes, "the log holds no predicted class"))
    else:
        if log.prediction is None:
            return Planned(None, ("several classes need a column that holds the predicted one",))
        seen = max((facts.label_classes, facts.predicted_classes), key=len)
        classes = tuple(name for name, _ in seen) if len(seen) >= MOST_CLASSES else ()
        scores = _class_scores(log, facts)
    plan = OutcomePlan(
        step=_step(facts),
        task=task,
        horizon=horizon,
        latest=latest,
        classes=classes,
        score=scores.score,
        score_means=scores.means,
        threshold=scores.threshold,
        class_scores=scores.of_classes,
        is_feedback=log.is_feedback,
    )
    return Planned(plan, (*notes, *scores.notes))


def _step(facts: OutcomeFacts) -> int:
    """Return how many hours are told apart, by the rows of an hour."""
    if facts.hours <= 0:
        return 1
    per_hour = facts.rows / facts.hours
    return next((step for step, enough in ((1, 100.0), (6, 20.0)) if per_hour >= enough), 24)


def infer_task(log: PredictionLog, facts: OutcomeFacts) -> Task:
    """Return the task that labels, else predictions, tell by their types and values."""
    if log.has_label and facts.labelled and not log.is_feedback:
        if not _is_numeric(log, LABEL):
            return Task.BINARY if len(facts.label_classes) <= 2 or _is_boolean(log, LABEL) else Task.MULTICLASS
        return _task_of_numbers(facts.label, facts.prediction if _is_numeric(log, PREDICTION) else NumberFacts())
    if log.prediction is None or not _is_numeric(log, PREDICTION):
        classes = max(len(facts.predicted_classes), len(log.scores))
        return Task.BINARY if classes <= 2 else Task.MULTICLASS
    told = _task_of_numbers(facts.prediction, facts.prediction)
    is_classifier = bool(log.scores) or log.is_feedback
    return Task.MULTICLASS if told is Task.REGRESSION and is_classifier else told


def _task_of_numbers(label: NumberFacts, prediction: NumberFacts) -> Task:
    if label.least is None or label.most is None:
        return Task.REGRESSION
    if label.broken == 0 and label.least >= 0 and label.most <= 1:
        return Task.BINARY
    if label.broken == 0 and prediction.broken == 0 and label.most - label.least <= WIDEST_RANGE_OF_CLASSES:
        return Task.MULTICLASS
    return Task.REGRESSION


def _horizon(log: PredictionLog, facts: OutcomeFacts, rule: PredictedModelRule) -> tuple[float, tuple[str, ...]]:
    """Return how long a label may take: what is configured, else what nearly all labels kept to."""
    if rule.horizon is not None:
        return rule.horizon, ()
    if not log.has_label:
        return 0.0, ()
    if not log.has_label_time:
        return 0.0, (_NO_TIMES,)
    if facts.timed < FEWEST_TIMED:
        return 0.0, ()
    for bound, count in zip(DELAY_BOUNDS, facts.within, strict=True):
        if count >= _SHARE_IN_TIME * facts.timed:
            return bound, (f"95 % of the labels come within {in_words(bound)}: younger rows are not judged yet",)
    return DELAY_BOUNDS[-1], (f"labels often take more than {in_words(DELAY_BOUNDS[-1])}: set horizon",)


def _pair(log: PredictionLog, facts: OutcomeFacts, rule: PredictedModelRule) -> tuple[tuple[str, str], tuple[str, ...]]:
    """Return the negative and the positive class, and what had to be supposed.

    Without a configured class it is the one that is called like a positive one, else the rarer. With more than two
    classes, or fewer, all that are not positive are `other`.
    """
    counts: dict[str, int] = {}
    sides = (facts.label_classes,) if _holds_scores(log, facts) else (facts.label_classes, facts.predicted_classes)
    for side in (() if log.is_feedback else sides[0], *sides[1:]):
        for name, rows in side:
            counts[name] = counts.get(name, 0) + rows
    across = compares_across_types(log)
    notes: tuple[str, ...] = ()
    positive = class_of(rule.positive, across_types=across) if rule.positive is not None else None
    if positive is not None and counts and positive not in counts:
        notes = (f"positive: no label or prediction is {rule.positive!r}; {did_you_mean(positive, counts)}",)
    if positive is None:
        positive = next((name for word in _POSITIVE_WORDS for name in counts if name.lower() == word), None)
    if positive is None:
        if not counts:
            return ("0", "1"), ()
        positive = min(counts, key=lambda name: (counts[name], name))
        notes = (f"{positive!r} is taken for the positive class, being the rarer: set positive",)
    others = [name for name in counts if name != positive]
    if not others and positive == "1":
        others = ["0"]
    return (others[0] if len(others) == 1 else OTHER, positive), notes


def _binary_scores(log: PredictionLog, facts: OutcomeFacts, pair: tuple[str, ...]) -> _Scores:
    threshold = THRESHOLD if log.prediction is None else None
    by_class = _scores_by_class(log)
    for name, means in ((pair[1], ScoreMeaning.POSITIVE), (pair[0], ScoreMeaning.NEGATIVE)):
        if name in by_class:
            return _Scores(by_class[name], means, threshold)
    if by_class:
        return _Scores(notes=(f"scores of {', '.join(by_class)}, none of {pair[1]!r} or {pair[0]!r}",))
    if log.scores:
        (said, usable) = _is_probability(facts.score)
        if not usable:
            return _Scores(notes=said)
        certain = facts.score.least is not None and facts.score.least >= THRESHOLD
        if certain and len(facts.predicted_classes) > 1:
            told = ("no score is below 0.5: it is taken for that of the predicted class",)
            return _Scores(log.scores[0].column, ScoreMeaning.PREDICTED, None, notes=told)
        return _Scores(log.scores[0].column, ScoreMeaning.POSITIVE, threshold)
    if _holds_scores(log, facts):
        return _Scores(PREDICTION, ScoreMeaning.POSITIVE, THRESHOLD)
    return _Scores()


def _class_scores(log: PredictionLog, facts: OutcomeFacts) -> _Scores:
    by_class = _scores_by_class(log)
    if by_class:
        return _Scores(of_classes=tuple(by_class.items()))
    if not log.scores:
        return _Scores()
    said, usable = _is_probability(facts.score)
    return _Scores(log.scores[0].column, ScoreMeaning.PREDICTED) if usable else _Scores(notes=said)


def _scores_by_class(log: PredictionLog) -> dict[str, str]:
    across = compares_across_types(log)
    return {
        class_of(score.name, across_types=across): score.column
        for score in log.scores
        if score.column.startswith(SCORE_OF_CLASS)
    }


def _is_probability(score: NumberFacts) -> tuple[tuple[str, ...], bool]:
    if score.least is None or score.most is None or (score.least >= 0 and score.most <= 1):
        return (), True
    return (f"scores from {score.least:g} to {score.most:g} are no probabilities: they are left out",), False


def _holds_scores(log: PredictionLog, facts: OutcomeFacts) -> bool:
    """Return whether the predictions are probabilities themselves."""
    told = facts.prediction
    if log.scores or told.least is None or told.most is None:
        return False
    return told.broken > 0 and told.least >= 0 and told.most <= 1


def _is_numeric(log: PredictionLog, column: str) -> bool:
    if column not in log.table.columns:
        return False
    kind = log.table[column].type()
    return bool(kind.is_numeric()) and not kind.is_boolean()


def _is_boolean(log: PredictionLog, column: str) -> bool:
    return bool(log.table[column].type().is_boolean())
