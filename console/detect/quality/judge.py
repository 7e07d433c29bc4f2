"""The judgement of one model's quality: (outcomes, rule) to its reading, anomaly and view."""

import math
from array import array

import msgspec

from console.detect.quality.anomaly import quality_anomaly, told_against_training
from console.detect.quality.concept import told_by_scores
from console.detect.quality.course import course_of
from console.detect.quality.estimate import calibrate
from console.detect.quality.falls import Falls, find_falls
from console.detect.quality.hours import (
    Buckets,
    JudgedHours,
    bucket_hours,
    in_buckets,
    judged_hours,
    without_unlabelled_end,
)
from console.detect.quality.limits import Standard, standard_of
from console.detect.quality.measure import told_metrics
from console.detect.quality.tally import Tally, tally_by_hour
from console.detect.quality.usual import Usual, usual_of
from console.detect.quality.view import over_time, quality_view, with_estimate
from console.domain.anomaly import Anomaly
from console.domain.drift import DriftView, Verdict
from console.domain.moments import clock_time, rfc3339
from console.domain.quality import MetricReading, QualityView, Task
from console.domain.quantity import format_quantity
from console.domain.series import Grid, Series
from console.domain.signal import MODEL_QUALITY, Reading, Signal, State
from console.history.predictions.outcome_past import OutcomePast
from console.history.predictions.past import HOUR
from console.settings.predictions import PredictedModelRule

DAY = 86_400.0
LONGER_BUCKET_HOURS = (6, 24)
"""Sizes of buckets that are tried where the usual ones prove no fall."""


class QualityJudgement(msgspec.Struct, frozen=True):
    """What is said of a model's quality: the reading of `model_quality`, its anomaly, and the view of all metrics.

    `series` holds `model_quality` over time, a point for the start of every bucket.
    """

    readings: dict[str, Reading]
    anomalies: tuple[Anomaly, ...] = ()
    view: QualityView | None = None
    series: dict[str, Series] = {}


def judge_quality(
    outcomes: OutcomePast,
    rule: PredictedModelRule,
    at: float,
    *,
    window: float = DAY,
    drift: DriftView | None = None,
) -> QualityJudgement:
    """Return the judgement at an instant (UTC seconds), which must be the past's.

    The view is over the newest `window` seconds of rows whose label horizon has passed, or over what came since the
    quality broke its limit, where that is less. With `drift`, the evidence tells whether inputs and predictions moved.
    """
    if at != outcomes.at:
        raise ValueError(f"the past ends at {outcomes.at}, not at {at}")
    if not outcomes.has_labels:
        return _untold(State.NOT_EXPORTED, "the log holds no labels")
    if not len(outcomes.cells):
        return _untold(State.NO_DATA, "no predictions")
    standard = standard_of(rule, outcomes.plan.task, told_metrics(outcomes.plan))
    by_hour = _tally(outcomes)
    hours = without_unlabelled_end(judged_hours(outcomes), by_hour, outcomes)
    if hours.count == 0:
        return _untold(State.NOT_ENOUGH_DATA, "no row has had the time that its label may take")
    size = bucket_hours(by_hour, hours, standard.metric, outcomes.plan.step)
    buckets = in_buckets(by_hour, outcomes, hours, size)
    usual, falls = _falls(outcomes, standard, buckets, window, _single_hours(by_hour, outcomes, hours, size))
    if falls.gravest is None:
        falls = _slow_falls(by_hour, outcomes, standard, hours, buckets, window)
    first = _first_of_view(buckets, falls, window)
    view = quality_view(outcomes, standard, buckets, first)
    learned_from = buckets.tally.total(falls.newest.bucket if falls.newest is not None else 0)
    view = msgspec.structs.replace(view, judged_by=_judged_by(standard, usual))
    view = with_estimate(view, outcomes, by_hour, hours, learned_from, window)
    view = msgspec.structs.replace(view, versions=_versions(outcomes, standard, hours, size, first))
    reading = next(one for one in view.metrics if one.metric is standard.metric)
    anomalies: tuple[Anomaly, ...] = ()
    if falls.gravest is not None:
        anomaly = quality_anomaly(outcomes.model.id, standard, falls.gravest, reading)
        evidence = _evidence(view, reading, falls, buckets, outcomes, drift)
        anomalies = (msgspec.structs.replace(anomaly, evidence=(*anomaly.evidence, *evidence)),)
    told = _signal_reading(reading, standard, view, usual.level if usual is not None else None)
    return QualityJudgement({MODEL_QUALITY.name: told}, anomalies, view, _series(reading, buckets))


def _judged_by(standard: Standard, usual: Usual | None) -> tuple[str, ...]:
    standards = {
        "objective": standard.objective is not None,
        "training figure": standard.metric in standard.training,
        "own past": usual is not None,
    }
    return tuple(name for name, is_there in standards.items() if is_there)


def _tally(outcomes: OutcomePast, version: int | None = None) -> Tally:
    cells = outcomes.cells if version is None else outcomes.cells.of(outcomes.cells.version == version)
    classes = 2 if outcomes.plan.task is Task.BINARY else len(outcomes.classes)
    return tally_by_hour(cells, outcomes.plan, outcomes.grid.count, classes)


def _single_hours(by_hour: Tally, outcomes: OutcomePast, hours: JudgedHours, size: int) -> Buckets | None:
    """Return buckets of an hour each, None where those that are judged are, or where hours are not told apart."""
    return in_buckets(by_hour, outcomes, hours, 1) if outcomes.plan.step == 1 < size else None


def _falls(
    outcomes: OutcomePast, standard: Standard, buckets: Buckets, window: float, single_hours: Buckets | None = None
) -> tuple[Usual | None, Falls]:
    """Return what is usual in buckets, and what fell there or in single hours."""
    metric, task = standard.metric, outcomes.plan.task
    values = over_time(buckets, task)[metric]
    usual = usual_of(values, buckets, window)
    if usual is None and not standard.limits:
        return None, Falls()
    course = course_of(buckets, metric, values, task)
    hours = None
    if single_hours is not None:
        hours = course_of(single_hours, metric, over_time(single_hours, task)[metric], task)
    return usual, find_falls(course, standard, usual, hours)


def _slow_falls(
    by_hour: Tally, outcomes: OutcomePast, standard: Standard, hours: JudgedHours, buckets: Buckets, window: float
) -> Falls:
    """Return the falls that only longer buckets prove: of few rows, or in a part of the traffic."""
    for size in LONGER_BUCKET_HOURS:
        if size * HOUR <= buckets.seconds:
            continue
        _, falls = _falls(outcomes, standard, in_buckets(by_hour, outcomes, hours, size), window)
        if falls.gravest is not None:
            return falls.in_buckets_of(buckets)
    return Falls()


def _first_of_view(buckets: Buckets, falls: Falls, window: float) -> int:
    newest = max(0, buckets.count - max(1, math.ceil(window / buckets.seconds)))
    return newest if falls.newest is None else max(newest, falls.newest.bucket)


def _versions(
    outcomes: OutcomePast, standard: Standard, hours: JudgedHours, size: int, first: int
) -> tuple[QualityView, ...]:
    """Return the view of each version that has rows in it, largest traffic first; none where only one serves."""
    if len(outcomes.versions) < 2:
        return ()
    views = []
    for number, version in enumerate(outcomes.versions):
        buckets = in_buckets(_tally(outcomes, number), outcomes, hours, size)
        if float(buckets.tally.rows[first:].sum()) > 0:
            views.append(quality_view(outcomes, standard, buckets, first, version))
    return tuple(sorted(views, key=lambda view: -view.predicted_rows)) if len(views) > 1 else ()


def _evidence(
    view: QualityView,
    reading: MetricReading,
    falls: Falls,
    buckets: Buckets,
    outcomes: OutcomePast,
    drift: DriftView | None,
) -> list[str]:
    """Return what tells more of a fall: a younger one below the own past, the versions, whether scores had told it."""
    facts = []
    newest, metric = falls.newest, reading.metric
    if newest is not None and newest is not falls.gravest and newest.usual is not None:
        usual = format_quantity(newest.usual, metric.unit)
        facts.append(f"fell from its own {usual} at {clock_time(newest.onset)} UTC on {rfc3339(newest.onset)[:10]}")
    values = [
        f"{one.version or 'no version'} {format_quantity(of_version.value, metric.unit)}"
        for one in view.versions
        for of_version in one.metrics
        if of_version.metric is metric and of_version.value is not None
    ]
    if len(values) > 1:
        facts.append(f"by version: {', '.join(values)}")
    if newest is not None:
        before = calibrate(buckets.tally.total(0, newest.bucket))
        moved = None if drift is None else any(c.verdict in (Verdict.DRIFT, Verdict.BROKEN) for c in drift.columns)
        since = buckets.tally.total(round((view.start - buckets.start) / buckets.seconds))
        facts.extend(told_by_scores(reading, since, outcomes.plan, before, inputs_moved=moved))
    return facts


def _series(reading: MetricReading, buckets: Buckets) -> dict[str, Series]:
    grid = Grid(buckets.start, buckets.seconds, buckets.count)
    return {MODEL_QUALITY.name: Series(grid, array("d", reading.over_time))} if buckets.count else {}


def _signal_reading(reading: MetricReading, standard: Standard, view: QualityView, usual: float | None) -> Reading:
    metric = standard.metric
    signal = Signal(MODEL_QUALITY.name, metric.title, metric.unit, metric.bad)
    expected, objective = standard.training.get(metric, usual), standard.objective
    limit = standard.limits[0].value if standard.limits else None
    if reading.value is None:
        return Reading(signal, State.NOT_ENOUGH_DATA, None, expected, objective, detail=reading.detail, limit=limit)
    told = told_against_training(reading)
    return Reading(signal, State.OK, reading.value, expected, objective, view.end, told, limit)


def _untold(state: State, detail: str) -> QualityJudgement:
    return QualityJudgement({MODEL_QUALITY.name: Reading(MODEL_QUALITY, state, detail=detail)})
