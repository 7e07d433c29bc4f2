"""Pasts of outcomes: read from a small log in DuckDB by the real query."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow

from console.detect.quality.judge import QualityJudgement, judge_quality
from console.domain.drift import DriftView
from console.domain.label import Label
from console.domain.model import Model
from console.domain.quality import MetricReading
from console.domain.series import Grid
from console.history.predictions.outcome_assembly import cells_by_model
from console.history.predictions.outcome_past import OutcomePast
from console.history.predictions.past import HOUR
from console.settings.predictions import PredictedModelRule
from console.sources.predictions.outcome_plan import OutcomePlan
from console.sources.predictions.outcomes import Asked, delay_bounds, outcome_expression
from tests.sources.predictions.logs import START, log_of


def past_of(
    columns: Mapping[str, object], plan: OutcomePlan, *, hours: int = 1, at: float | None = None
) -> OutcomePast:
    """Return the past of so many hours of the one model of a log."""
    log = log_of(columns)
    grid = Grid(START, HOUR, hours)
    cutoff = START + hours * HOUR
    answer = outcome_expression(log, plan, Asked(START, START + hours * HOUR, cutoff)).to_pyarrow()
    ((_, found),) = cells_by_model(answer, plan, grid).items()
    return OutcomePast(
        model=Model("fraud", Label("fraud")),
        at=cutoff,
        cutoff=cutoff,
        plan=plan,
        grid=grid,
        versions=found.versions,
        classes=found.classes,
        cells=found.cells,
        known=np.ones(hours, dtype=np.bool_),
        has_labels=log.has_label,
        knows_label_times=log.has_label_time,
        delay_bounds=delay_bounds(log),
    )


def judged(
    past: OutcomePast, rule: PredictedModelRule | None = None, drift: DriftView | None = None
) -> QualityJudgement:
    """Return the judgement at the end of a past."""
    return judge_quality(past, rule or PredictedModelRule(), past.at, drift=drift)


def metrics_of(columns: Mapping[str, object], plan: OutcomePlan) -> dict[str, MetricReading]:
    """Return every metric by name over one hour of rows."""
    view = judged(past_of(columns, plan)).view
    assert view is not None
    return {reading.metric.name: reading for reading in view.metrics}


def repeated(values: Sequence[object], times: int = 20) -> pyarrow.Array:
    """Return a column of values that repeat: what a metric says does not change with it, but it gets rows enough."""
    return pyarrow.array(list(values) * times)
