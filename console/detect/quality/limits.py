"""What a metric is judged by: the objective that somebody promised, and the figure of training less a floor."""

from collections.abc import Iterable, Mapping

import msgspec

from console.detect.quality.metrics import CALIBRATION_ERROR, metric_named
from console.domain.anomaly import Severity
from console.domain.quality import Metric, Task
from console.domain.signal import Direction
from console.settings.nearest import did_you_mean
from console.settings.predictions import PredictedModelRule

SHARE_FLOOR = 0.02
"""How far a share (accuracy, AUC, …) must be below what is expected of it before anybody is told."""
RELATIVE_FLOOR = 0.05
"""How far an error or loss must be above what is expected, as a part of that."""


class Limit(msgspec.Struct, frozen=True):
    """A value that a metric must keep, and how bad it is when it does not."""

    value: float
    severity: Severity


class Standard(msgspec.Struct, frozen=True):
    """What one model is held to: the metric that speaks for it, training figures, limits (the gravest first)."""

    metric: Metric
    training: Mapping[Metric, float]
    limits: tuple[Limit, ...]
    objective: float | None
    notes: tuple[str, ...] = ()


def standard_of(rule: PredictedModelRule, task: Task, told: Iterable[Metric]) -> Standard:
    """Return what a rule holds a model to; names that are no metric of its task are told in the notes.

    The metric that speaks is the rule's; else the first that has a training figure, else the first that can be told.
    """
    told = tuple(told)
    notes = []
    training = {}
    for name, figure in rule.training.items():
        metric = metric_named(name, task)
        if metric is None:
            notes.append(_unknown(name, task, told, "training"))
        else:
            training[metric] = figure
    chosen = None
    if rule.metric is not None:
        chosen = metric_named(rule.metric, task)
        if chosen is None:
            notes.append(_unknown(rule.metric, task, told, "metric"))
        elif chosen not in told:
            notes.append(f"metric {rule.metric} needs scores, which the log does not hold")
            chosen = None
    objective = rule.objective if chosen is not None or rule.metric is None else None
    if chosen is None:
        chosen = next((metric for metric in told if metric in training), told[0])
    limits = []
    if objective is not None:
        limits.append(Limit(objective, Severity.CRITICAL))
    if chosen in training and chosen.bad is not Direction.NEITHER:
        limits.append(Limit(less_floor(chosen, training[chosen]), Severity.WARNING))
    return Standard(chosen, training, tuple(limits), objective, tuple(notes))


def less_floor(metric: Metric, figure: float, floors: float = 1.0) -> float:
    """Return a figure less what a metric may be worse than it without anybody being told, or so many times that."""
    if metric.bad is Direction.LOW:
        return figure - floors * SHARE_FLOOR
    return figure + floors * (SHARE_FLOOR if metric is CALIBRATION_ERROR else RELATIVE_FLOOR * abs(figure))


def _unknown(name: str, task: Task, told: tuple[Metric, ...], place: str) -> str:
    return f"{place}: {name!r} is no metric of a {task} model; {did_you_mean(name, [metric.name for metric in told])}"
