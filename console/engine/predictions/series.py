"""Drift and quality over time as series that a chart can show beside those of the metrics."""

import math
from array import array
from collections.abc import Iterable, Sequence

from console.domain.bins import Role
from console.domain.drift import DriftView, Verdict
from console.domain.moments import floor_to_step
from console.domain.quality import QualityView
from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.domain.signal import FEATURE_DRIFT, MODEL_QUALITY, PREDICTION_DRIFT


def series_of(drift: DriftView | None, quality: QualityView | None) -> dict[str, Series]:
    """Return the series by signal name: of the worst column that is not broken at each instant, and of the headline.

    An instant stands for the bucket that begins there.
    """
    found: dict[str, Series] = {}
    if drift is not None:
        told = [column for column in drift.columns if column.verdict is not Verdict.BROKEN]
        of_inputs = [column.psi_over_time for column in told if column.role is Role.FEATURE]
        of_outputs = [column.psi_over_time for column in told if column.role is not Role.FEATURE]
        for signal, courses in ((FEATURE_DRIFT, of_inputs), (PREDICTION_DRIFT, of_outputs)):
            if any(courses):
                found[signal.name] = _until(drift.end, drift.bucket_seconds, _worst(courses))
    if quality is not None:
        reading = next((one for one in quality.metrics if one.metric.name == quality.headline), None)
        if reading is not None and reading.over_time:
            found[MODEL_QUALITY.name] = _until(quality.end, quality.bucket_seconds, reading.over_time)
    return found


def _worst(courses: Iterable[Sequence[float]]) -> list[float]:
    """Return the largest number at each instant that any course has; courses end together."""
    told = [course for course in courses if course]
    longest = max(map(len, told))
    padded = ([NOT_A_NUMBER] * (longest - len(course)) + list(course) for course in told)
    return [
        max((value for value in values if not math.isnan(value)), default=NOT_A_NUMBER)
        for values in zip(*padded, strict=True)
    ]


def _until(end: float, step: float, values: Sequence[float]) -> Series:
    last = floor_to_step(end, step) if floor_to_step(end, step) < end else end - step
    return Series(Grid(last - step * (len(values) - 1), step, len(values)), array("d", values))
