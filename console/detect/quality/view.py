"""The quality view of a model, or of one of its versions."""

from typing import TYPE_CHECKING

import msgspec

from console.detect.quality.delays import delay_quantile
from console.detect.quality.estimate import calibrate, estimate
from console.detect.quality.hours import Buckets, JudgedHours
from console.detect.quality.limits import Standard
from console.detect.quality.measure import readings_of, values_of
from console.detect.quality.multiclass import class_quality
from console.detect.quality.tally import Tally
from console.domain.quality import Metric, QualityView, Task
from console.domain.quantity import format_ratio
from console.history.predictions.outcome_past import OutcomePast
from console.history.predictions.past import HOUR

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers

LOW_COVERAGE = 0.5
"""The share of labelled rows below which a view says that its figures hold for these only."""
FEWEST_LABELS_OF_A_POINT = 20
"""Labelled rows below which a bucket is no point of a curve."""


def quality_view(
    outcomes: OutcomePast, standard: Standard, buckets: Buckets, first: int, version: str | None = None
) -> QualityView:
    """Return the metrics over the buckets from `first` on, and over time."""
    plan, tally = outcomes.plan, buckets.tally.total(first)
    rows, labelled = float(tally.rows), float(tally.labelled)
    coverage = labelled / rows if rows else None
    notes = () if version is not None else (*standard.notes, *outcomes.notes)
    return QualityView(
        model=outcomes.model.id,
        start=buckets.starts_at(first),
        end=buckets.end,
        task=plan.task,
        predicted_rows=int(rows),
        labelled_rows=int(labelled),
        coverage=coverage,
        metrics=readings_of(tally, plan, dict(standard.training), over_time(buckets, plan.task)),
        delay_median=delay_quantile(tally.delays, labelled, outcomes.delay_bounds, 0.5),
        delay_p90=delay_quantile(tally.delays, labelled, outcomes.delay_bounds, 0.9),
        horizon=plan.horizon,
        classes=() if plan.task is Task.REGRESSION else class_quality(tally, outcomes.classes),
        bucket_seconds=buckets.seconds,
        headline=standard.metric.name,
        version=version,
        notes=(*notes, *_coverage_in_words(coverage)),
    )


def over_time(buckets: Buckets, task: Task) -> "dict[Metric, Numbers]":
    """Return every metric of every bucket, NaN where it has too few labels."""
    import numpy as np

    enough = buckets.tally.labelled >= FEWEST_LABELS_OF_A_POINT
    return {metric: np.where(enough, values, np.nan) for metric, values in values_of(buckets.tally, task).items()}


def with_estimate(
    view: QualityView, outcomes: OutcomePast, by_hour: Tally, hours: JudgedHours, learned_from: Tally, window: float
) -> QualityView:
    """Return the view with the estimate of the newest rows, at most `window` seconds, whose labels may still come."""
    known = round((outcomes.cutoff - outcomes.grid.start) // HOUR)
    last = min(outcomes.grid.count, known)
    first = max(hours.last, last - max(1, round(window / HOUR)))
    if first >= last:
        return view
    calibration = calibrate(learned_from)
    told = estimate(by_hour.total(first, last), outcomes.plan, calibration)
    if not told:
        return view
    return msgspec.structs.replace(
        view,
        estimated=told,
        estimated_start=outcomes.grid.instant(first),
        estimated_end=outcomes.grid.start + last * HOUR,
        assumption=calibration.assumption,
    )


def _coverage_in_words(coverage: float | None) -> tuple[str, ...]:
    if coverage is None or coverage >= LOW_COVERAGE:
        return ()
    return (f"only {format_ratio(coverage)} of the rows have a label: the figures hold for these",)
