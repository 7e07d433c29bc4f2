"""Where predictions are logged, which column is what, and what they are measured against."""

from fnmatch import fnmatchcase
from typing import Annotated, Literal

import msgspec

from console.domain.address import without_secrets
from console.domain.label import harmless
from console.domain.moments import Interval, Seconds, parse_duration
from console.domain.quality import Task
from console.settings.nearest import did_you_mean, nearest
from console.settings.secrets import HIDDEN, Secret, masked

NotEmpty = Annotated[str, msgspec.Meta(min_length=1)]
LatencyUnit = Literal["s", "ms", "us", "ns"]

ENGINES = ("bigquery", "clickhouse", "duckdb", "postgres", "postgresql", "snowflake", "spark", "trino")
"""What may stand before the `://` of a store's address; `postgres` and `postgresql` are the same."""

FILES = "duckdb://"
"""What stands before the path, the glob or the URL of files that DuckDB reads."""

_EXAMPLE = "duckdb:///logs/*.parquet"
USUAL_NAME = "predictions"


class StoreAddress(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table: `url` names the engine and the place, `table` the table where the place holds several.

    `duckdb:///logs/*.parquet` (also CSV, Delta, Iceberg, `s3://` behind `duckdb://`), `postgresql://…`, `spark://…` and
    those of the engines that are extras. A secret stands in `password`, or the whole URL is one.
    """

    url: NotEmpty | Secret
    table: NotEmpty | None = None
    password: Secret | None = None

    def __post_init__(self) -> None:
        if isinstance(self.url, Secret):
            return
        engine, separator, place = self.url.partition("://")
        if not separator:
            raise ValueError(f"'{without_secrets(self.url)}' names no engine, expected such as {_EXAMPLE}")
        if engine not in ENGINES:
            files = f"; files are {FILES}{without_secrets(self.url)}" if nearest(engine, ENGINES) is None else ""
            raise ValueError(f"'{harmless(engine)}' is no engine, {did_you_mean(engine, ENGINES)}{files}")
        if not place:
            raise ValueError(f"'{harmless(self.url)}' names no place, expected such as {_EXAMPLE}")
        user = place.partition("/")[0].rpartition("@")[0]
        if self.password is not None and ":" in user and engine != "duckdb":
            raise ValueError("password is given twice: in the URL, and as password")

    @classmethod
    def from_text(cls, text: str) -> "StoreAddress":
        """Return the address of `URL` or `URL#TABLE`.

        Raises:
            ValueError: the text is no such address.
        """
        url, separator, table = text.rpartition("#")
        if not separator:
            return cls(text)
        if not url or not table:
            raise ValueError(f"'{without_secrets(text)}' names no {'table' if url else 'store'}; expected URL#TABLE")
        return cls(url, table)

    @property
    def shown(self) -> str:
        """Return the address as it may be shown: without user, password and query."""
        if isinstance(self.url, Secret):
            return f"the store in {self.url.shown}"
        return without_secrets(self.url) + (f"#{harmless(self.table)}" if self.table else "")

    @property
    def is_files(self) -> bool:
        """Return whether the place is one of files that DuckDB reads."""
        return isinstance(self.url, str) and self.url.startswith(FILES)

    def __repr__(self) -> str:
        """Return place and table; a password in the URL stays out of tracebacks."""
        url = masked(self.url) if isinstance(self.url, str) else HIDDEN
        return f"StoreAddress({url!r}, table={self.table!r})"

    def __rich_repr__(self) -> list[str]:  # type: ignore[override]  # msgspec's own would print every field
        return [repr(self)]


class ColumnSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which column is what, where the names in the store do not tell it; None is left to the convention.

    `features` are names or globs (`features.*`); without any, every column that is nothing else is one. A field of a
    column that holds structs or JSON is named behind a dot (`request.age`). `score` is one column, or one for each
    class. `latency_unit` is what the numbers of `latency` count.
    """

    timestamp: NotEmpty | None = None
    model: NotEmpty | None = None
    version: NotEmpty | None = None
    id: NotEmpty | None = None
    features: tuple[NotEmpty, ...] = ()
    ignore: tuple[NotEmpty, ...] = ()
    """Names or globs of columns that are no features."""
    prediction: NotEmpty | None = None
    score: NotEmpty | dict[str, NotEmpty] | None = None
    latency: NotEmpty | None = None
    latency_unit: LatencyUnit | None = None
    error: NotEmpty | None = None
    label: NotEmpty | None = None
    label_time: NotEmpty | None = None
    time_zone: NotEmpty | None = None
    """The zone of timestamps that name none; None is UTC."""

    def __post_init__(self) -> None:
        if self.time_zone is None or self.time_zone == "UTC":
            return
        from zoneinfo import available_timezones  # only where somebody names a zone

        if self.time_zone not in (zones := available_timezones()):
            found = nearest(self.time_zone, zones)
            told = f"; nearest: {found}" if found else ""
            raise ValueError(f"time_zone '{harmless(self.time_zone)}' is none, expected such as Europe/Berlin{told}")


class LabelSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A second table that holds the labels, joined on the id; None is left to the convention.

    It is a `table` of the predictions' store or stands at an `address` of its own, which the same engine must reach.
    """

    address: StoreAddress | None = None
    table: NotEmpty | None = None
    id: NotEmpty | None = None
    label: NotEmpty | None = None
    label_time: NotEmpty | None = None

    def __post_init__(self) -> None:
        if self.address is not None and self.table is not None:
            raise ValueError("labels stand at an address or in a table of the store; found both")

    @classmethod
    def from_text(cls, text: str) -> "LabelSettings":
        """Return the labels at an address, `URL` or `URL#TABLE`, or in a table of the store.

        Raises:
            ValueError: the text is neither.
        """
        if not text:
            raise ValueError("expected a table or the address of one, found none")
        return cls(StoreAddress.from_text(text)) if "://" in text else cls(table=text)


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
        if self.ends_before and self.window is None:
            raise ValueError(f"ends_before belongs to window and has no effect on {given[0]}")

    @classmethod
    def from_text(cls, text: str) -> "ReferenceSettings":
        """Return the reference that is a data set (`URL` or `URL#TABLE`) or the window just past (`7d`).

        Raises:
            ValueError: the text is neither.
        """
        if "://" in text:
            return cls(data=StoreAddress.from_text(text))
        seconds = parse_duration(text)
        if seconds <= 0:
            raise ValueError(f"a window must be longer than {text}")
        return cls(window=seconds)


class PredictedModelRule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How the models whose name matches a glob are measured; the first rule that matches counts.

    `training` holds the figures of training by the metric's name; `metric` is the one that speaks for the model and
    `objective` what it must reach. `horizon` (seconds) is how long a label may take; None is left to the delays seen.
    `task` is what the model predicts, None where the types of its labels tell. `positive` is the class that binary
    metrics are about.
    """

    match: NotEmpty = "*"
    reference: ReferenceSettings | None = None
    slices: tuple[NotEmpty, ...] = ()
    metric: NotEmpty | None = None
    objective: float | None = None
    training: dict[str, float] = {}
    horizon: Seconds | None = None
    task: Task | None = None
    positive: str | None = None


class PredictionStore(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One store of predictions. `name` is what the screen calls it, `lateness` how long (seconds) rows may come late.

    `model` names the one model of a table that has no such column. `every` is how often it is read, `timeout` the
    deadline of a query, `most_rows` the number of rows of an answer above which it is refused.
    """

    address: StoreAddress
    name: NotEmpty = USUAL_NAME
    """Of several stores in one file, those without a name of their own are numbered."""
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

    def rule_for(self, model: str) -> PredictedModelRule:
        """Return the first rule whose glob matches a model's raw name, the default one where none does."""
        return next((rule for rule in self.models if fnmatchcase(model, rule.match)), PredictedModelRule())

    @classmethod
    def from_text(cls, text: str) -> "PredictionStore":
        """Return the store at `URL` or `URL#TABLE`.

        Raises:
            ValueError: the text is no such address.
        """
        return cls(StoreAddress.from_text(text))


def numbered(stores: tuple[PredictionStore, ...]) -> tuple[PredictionStore, ...]:
    """Return stores of which several that have only the usual name are told apart by a number."""
    if sum(store.name == USUAL_NAME for store in stores) < 2:
        return stores
    return tuple(
        msgspec.structs.replace(store, name=f"{USUAL_NAME}-{number}") if store.name == USUAL_NAME else store
        for number, store in enumerate(stores, 1)
    )
