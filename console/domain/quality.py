"""How good a model's predictions were, by labels that came late or by an estimate before they come."""

from enum import StrEnum

import msgspec

from console.domain.drift import SliceShare
from console.domain.signal import Direction


class Task(StrEnum):
    """What a model predicts: one of two classes, one of several, or a number."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class Metric(msgspec.Struct, frozen=True):
    """A measure of quality; `bad` is the direction in which it is worse."""

    name: str
    title: str
    bad: Direction
    unit: str = "1"


class MetricReading(msgspec.Struct, frozen=True):
    """A metric over some rows, with its 95 % confidence interval (`low` to `high`) and the training figure."""

    metric: Metric
    value: float | None
    rows: int
    low: float | None = None
    high: float | None = None
    training: float | None = None
    detail: str | None = None
    """Why there is no value, in words."""
    over_time: tuple[float, ...] = ()
    """The metric of each bucket up to the view's end, oldest first, also those before its start; NaN is unknown."""


class ClassQuality(msgspec.Struct, frozen=True):
    """Precision, recall and F1 of one class, None where nothing was predicted (or nothing true) to divide by."""

    name: str
    rows: int
    precision: float | None
    recall: float | None
    f1: float | None


class QualityView(msgspec.Struct, frozen=True):
    """The quality of one model over the rows predicted from `start` to `end` whose label horizon has passed.

    `coverage` is the share of these rows that have a label. `delay_median` and `delay_p90` are seconds from prediction
    to label. `estimated` holds the same metrics of newer rows, guessed from calibrated scores; `assumption` says what
    such an estimate takes for granted.
    """

    model: str
    start: float
    end: float
    task: Task
    predicted_rows: int
    labelled_rows: int
    coverage: float | None
    metrics: tuple[MetricReading, ...]
    delay_median: float | None = None
    delay_p90: float | None = None
    horizon: float | None = None
    classes: tuple[ClassQuality, ...] = ()
    slices: tuple[SliceShare, ...] = ()
    estimated: tuple[MetricReading, ...] = ()
    estimated_start: float | None = None
    estimated_end: float | None = None
    assumption: str | None = None
    bucket_seconds: float = 3600.0
    headline: str | None = None
    """The name of the metric that speaks for the model."""
    judged_by: tuple[str, ...] = ()
    """What that metric is held against: `objective`, `training figure`, `own past` where that is long enough."""
    version: str | None = None
    versions: tuple["QualityView", ...] = ()
    notes: tuple[str, ...] = ()
