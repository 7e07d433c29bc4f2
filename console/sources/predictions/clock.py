"""Times of a log, whatever they are written in, as timestamps in UTC without a zone."""

import math
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.sources.predictions.conventions import PER_SECOND
from console.sources.predictions.engine_function import builtin

if TYPE_CHECKING:
    import ibis

_LARGEST_SECONDS = 1e11
"""The year 5138 in seconds, and March 1973 in milliseconds: numbers above it are no seconds."""

_FIRST_SECOND, _END_OF_SECONDS = -62_135_596_800, 253_402_300_800
"""The years 1 and 10,000."""
_LARGEST_INTEGER = 2**63 - 1
_MICROS_OF_HOUR = 3_600_000_000


def seconds_of(moment: datetime) -> float:
    """Return the UTC seconds of a timestamp of a log, as a store answers it: in UTC without a zone."""
    return moment.replace(tzinfo=UTC).timestamp()


def unit_of(newest: float) -> str:
    """Return what an epoch time counts, by its size: `s`, `ms`, `us` or `ns`."""
    for power, unit in enumerate(("s", "ms", "us")):
        if abs(newest) < _LARGEST_SECONDS * 1000**power:
            return unit
    return "ns"


def as_utc(value: "ibis.Value", *, engine: str, zone: str | None, unit: str) -> "ibis.Value":
    """Return a time as a timestamp in UTC without a zone, null where a text is none.

    `zone` is that of times which name none, `unit` what numbers count.
    """
    import ibis

    kind = value.type()
    if kind.is_numeric():
        return _from_epoch(value, engine, unit)
    if kind.is_string():
        with_its_zone = _without_zone(_parsed(value, engine, "timestamp('UTC')"), engine)
        if zone is None:
            return with_its_zone
        without = _from_zone(_parsed(value, engine, "timestamp"), engine, zone)
        return ibis.ifelse(value.re_search(_NAMES_A_ZONE), with_its_zone, without)
    if kind.is_timestamp() and kind.timezone is not None:
        return _without_zone(value, engine)
    value = value.cast("timestamp")
    return value if zone is None else _from_zone(value, engine, zone)


def hour_of(time: "ibis.Value", engine: str) -> "ibis.Value":
    """Return the hour of a time of the log: in DuckDB, which is slow with its calendar, how many went by since 1970."""
    if engine != "duckdb":
        return time.truncate("h")
    return builtin("epoch_us", ("timestamp",), "int64")(time) // _MICROS_OF_HOUR


def _without_zone(value: "ibis.Value", engine: str) -> "ibis.Value":
    """Return a time that has a zone as one in UTC without.

    A cast in DuckDB asks a calendar about each row, which costs as much as reading all other columns.
    """
    if engine != "duckdb":
        return value.cast("timestamp")
    micros = builtin("epoch_us", ("timestamp('UTC')",), "int64")(value)
    return builtin(_EPOCH[engine], ("int64",), "timestamp")(micros)


_LEAP_YEAR = "([0-9]{2}(0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)"
_DATE = (
    "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)"
    f"|02-(0[1-9]|1[0-9]|2[0-8]))|{_LEAP_YEAR}-02-29)"
)
_TIME = "([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9]([.][0-9]+)?)?"
_IS_A_TIME = f"^(?!0000){_DATE}([T ]{_TIME}( ?([Zz]|UTC|GMT|[+-](0[0-9]|1[0-4])(:?[0-5][0-9])?))?)?$"
_NAMES_A_ZONE = r":[0-9.]+ ?([Zz]|UTC|GMT|[+-][0-9]{2}:?([0-9]{2})?)$"


def _parsed(value: "ibis.Value", engine: str, kind: str) -> "ibis.Value":
    import ibis

    if engine in _WITH_TRY_CAST:
        return value.try_cast(kind)
    return ibis.ifelse(value.re_search(_IS_A_TIME), value, ibis.null("string")).cast(kind)


_WITH_TRY_CAST = frozenset({"duckdb", "spark", "trino", "bigquery", "clickhouse", "snowflake"})
"""PostgreSQL has no cast that gives null for what is no time."""


def _from_epoch(value: "ibis.Value", engine: str, unit: str) -> "ibis.Value":
    import ibis

    micros_of_one = 1e6 / PER_SECOND[unit]
    # One number that is no time (NaN, too) would fail a query of all of them.
    first = max(_FIRST_SECOND * PER_SECOND[unit], -_LARGEST_INTEGER)
    end = min(_END_OF_SECONDS * PER_SECOND[unit], _LARGEST_INTEGER)
    value = ibis.ifelse((value >= first) & (value < end), value, ibis.null(value.type()))
    if value.type().is_integer() and micros_of_one >= 1:
        micros = value.cast("int64") * int(micros_of_one)
    else:
        micros = (value.cast("float64") * micros_of_one).round().cast("int64")
    if (function := _EPOCH.get(engine)) is not None:
        return builtin(function, ("int64",), "timestamp")(micros)
    return ibis.timestamp("1970-01-01 00:00:00") + micros.as_interval("us")


_EPOCH = {
    "duckdb": "make_timestamp",
    "spark": "timestamp_micros",
    "clickhouse": "fromUnixTimestamp64Micro",
}
"""Functions from microseconds since 1970 to a timestamp, where that is exact and an interval is not."""

_ZONES = {
    "duckdb": ("timezone", "timestamp('UTC')"),
    "postgres": ("timezone", "timestamp('UTC')"),
    "spark": ("to_utc_timestamp", "timestamp"),
    "trino": ("with_timezone", "timestamp('UTC')"),
    "bigquery": ("timestamp", "timestamp('UTC')"),
}
"""Functions that take a time for that of a zone."""


def _from_zone(value: "ibis.Value", engine: str, zone: str) -> "ibis.Value":
    if engine not in _ZONES:
        return value.cast(f"timestamp({zone!r})").cast("timestamp('UTC')").cast("timestamp")
    name, kind = _ZONES[engine]
    zone_first = engine in ("duckdb", "postgres")
    types = ("string", "timestamp") if zone_first else ("timestamp", "string")
    call = builtin(name, types, kind)
    return (call(zone, value) if zone_first else call(value, zone)).cast("timestamp")


def utc_literal(instant: float, *, with_zone: bool = False) -> "ibis.Value":
    """Return UTC seconds as a timestamp in UTC, to the microsecond."""
    from datetime import UTC, datetime, timedelta

    import ibis

    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=round(instant * 1e6))
    if with_zone:
        return ibis.literal(moment, type="timestamp('UTC')")
    return ibis.literal(moment.replace(tzinfo=None), type="timestamp")


def is_between(
    value: "ibis.Value", start: float, end: float, *, engine: str, zone: str | None, unit: str
) -> "ibis.Value":
    """Return whether a time of the store lies from `start` until before `end` (UTC seconds).

    Where its type allows, the bare column is compared: only that lets an engine skip files and use an index.
    """
    kind = value.type()
    if kind.is_integer():
        low, high = (math.ceil(round(instant * PER_SECOND[unit], 3)) for instant in (start, end))
        return (value >= low) & (value < high)
    if kind.is_timestamp() and kind.timezone is not None:
        return (value >= utc_literal(start, with_zone=True)) & (value < utc_literal(end, with_zone=True))
    moment = value if kind.is_timestamp() and zone is None else as_utc(value, engine=engine, zone=zone, unit=unit)
    return (moment >= utc_literal(start)) & (moment < utc_literal(end))
