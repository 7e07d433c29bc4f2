"""Where predictions are logged, which column is what, and what they are measured against."""

from typing import Annotated

import msgspec

from console.domain.moments import Interval, Seconds
from console.settings.secrets import Secret

NotEmpty = Annotated[str, msgspec.Meta(min_length=1)]


class StoreAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table: `url` names the engine and the place, `table` the table where the place holds several.

    `duckdb:///logs/*.parquet` (also CSV, Delta, Iceberg, `s3://` behind `duckdb://`), `postgresql://…`, `spark://…` and
    those of the engines that are extras. A secret stands in `password`, or the whole URL is one.
    """

    url: NotEmpty | Secret
    table: NotEmpty | None = None
    password: Secret | None = None


class ColumnSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which column is what, where the names in the store do not tell it; None is left to the convention.

    `features` are names or globs (`features.*`); without any, every column that is nothing else is one. `score` is one
    column, or one for each class. `latency_unit` is what the numbers of `latency` count.
    """

    timestamp: NotEmpty | None = None
    model: NotEmpty | None = None
    version: NotEmpty | None = None
    id: NotEmpty | None = None
    features: tuple[NotEmpty, ...] = ()
    ignore: tuple[NotEmpty, ...] = ()
    """Names or globs of columns that are no features."""
    prediction: NotEmpty | None = None
    score: NotEmpty | dict[str, str] | None = None
    latency: NotEmpty | None = None
    latency_unit: str | None = None
    error: NotEmpty | None = None
    label: NotEmpty | None = None
    label_time: NotEmpty | None = None
    time_zone: NotEmpty | None = None
    """The zone of timestamps that name none; None is UTC."""


class LabelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second table that holds the labels, joined on the id; what is None is that of the predictions' store."""

    address: StoreAddress | None = None
    table: NotEmpty | None = None
    id: NotEmpty | None = None
    label: NotEmpty | None = None
    label_time: NotEmpty | None = None


class ReferenceSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a model is measured against: exactly one of a data set, a window of the past or a version's first days.

    `window` is how long (seconds) the window is and `ends_before` how long before now it ended; with `version_days`
    the reference is what the current version saw in its first days.
    """

    data: StoreAddress | None = None
    window: Interval | None = None
    ends_before: Seconds = 0.0
    version_days: Annotated[float, msgspec.Meta(gt=0)] | None = None

    def __post_init__(self) -> None:
        given = [n for n in ("data", "window", "version_days") if getattr(self, n) is not None]
        if len(given) != 1:
            raise ValueError(
                f"a reference is exactly one of data, window and version_days; found {' and '.join(given) or 'none'}"
            )


class PredictedModelRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the models whose name matches a glob are measured; the first rule that matches counts.

    `training` holds the figures of training by the metric's name; `metric` is the one that speaks for the model and
    `objective` what it must reach. `horizon` (seconds) is how long a label may take. `positive` is the class that
    binary metrics are about.
    """

    match: NotEmpty = "*"
    reference: ReferenceSettings | None = None
    slices: tuple[NotEmpty, ...] = ()
    metric: NotEmpty | None = None
    objective: float | None = None
    training: dict[str, float] = {}
    horizon: Seconds = 0.0
    positive: str | None = None


class PredictionStore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One store of predictions. `name` is what the screen calls it, `lateness` how long (seconds) rows may come late.

    `model` names the one model of a table that has no such column. `every` is how often it is read, `timeout` the
    deadline of a query, `most_rows` the number of rows of an answer above which it is refused.
    """

    address: StoreAddress
    name: str = "predictions"
    model: NotEmpty | None = None
    columns: ColumnSettings = ColumnSettings()
    labels: LabelSettings | None = None
    models: tuple[PredictedModelRule, ...] = ()
    every: Interval = 60.0
    lateness: Seconds = 3600.0
    history: Interval = 2_419_200.0
    """How far back (seconds) hourly counts are read, for the same hours of earlier weeks."""
    timeout: Interval = 30.0
    most_rows: Annotated[int, msgspec.Meta(ge=1000)] = 1_000_000
