"""Instants (UTC seconds) and durations (seconds): reading what a person typed, writing what a person reads."""

import math
import re
from datetime import UTC, datetime
from typing import Annotated

import msgspec

WRITTEN_AS_DURATION = {"format": "duration"}

Seconds = Annotated[float, msgspec.Meta(ge=0, extra_json_schema=WRITTEN_AS_DURATION)]
"""Seconds that people write as a duration (`15s`) wherever a file is decoded into the type."""

Interval = Annotated[float, msgspec.Meta(gt=0, extra_json_schema=WRITTEN_AS_DURATION)]
"""Seconds that may not be 0."""

_YEAR_10000 = 253_402_300_800

Instant = Annotated[float, msgspec.Meta(ge=0, lt=_YEAR_10000)]
"""UTC seconds that can be written as a date, wherever a line is decoded into the type."""

SECONDS_OF_UNIT = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+")
_DURATION_PART = re.compile(r"(\d+(?:\.\d+)?)(ms|[smhdw])")


class BadMoment(ValueError):
    """A text that is neither a duration nor an instant."""


def parse_duration(text: str) -> float:
    """Return the seconds of a duration written as Prometheus writes it: `15m`, `1h30m`, `500ms`.

    Raises:
        BadMoment: the text is no such duration.
    """
    stripped = text.strip()
    if not _DURATION.fullmatch(stripped):
        raise BadMoment(f"{text!r} is not a duration; expected a number and a unit, such as 30s, 15m, 1h30m or 2d")
    return sum(float(number) * SECONDS_OF_UNIT[unit] for number, unit in _DURATION_PART.findall(stripped))


def parse_instant(text: str, now: float) -> float:
    """Return the UTC seconds of an RFC 3339 time, or of a duration ago (`15m` is a quarter of an hour before `now`).

    Raises:
        BadMoment: the text is neither; a time without a zone is refused because it would be guessed.
    """
    stripped = text.strip()
    if _DURATION.fullmatch(stripped):
        return now - parse_duration(stripped)
    try:
        moment = datetime.fromisoformat(stripped)
    except ValueError:
        raise BadMoment(
            f"{text!r} is not a time; expected RFC 3339 such as 2026-11-22T03:20:00Z, or a duration ago such as 15m"
        ) from None
    if moment.tzinfo is None:
        raise BadMoment(f"{text!r} has no time zone; write {stripped}Z for UTC")
    return moment.timestamp()


def rfc3339(instant: float) -> str:
    """Return a UTC instant as `2026-11-22T03:08:15Z` (whole seconds, rounded down)."""
    return datetime.fromtimestamp(math.floor(instant), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_time(instant: float) -> str:
    """Return the UTC time of day of an instant as `03:08:15`."""
    return datetime.fromtimestamp(math.floor(instant), UTC).strftime("%H:%M:%S")


def period(since: float, until: float, now: float) -> str:
    """Return from when to when in UTC, to the minute, with dates unless both are of the last day.

    `02:10–04:55 UTC`, `2026-11-20 02:10 – 2026-11-21 04:55 UTC`.
    """
    form, between = ("%H:%M", "–") if now - since < SECONDS_OF_UNIT["d"] else ("%Y-%m-%d %H:%M", " – ")
    return between.join(datetime.fromtimestamp(each, UTC).strftime(form) for each in (since, until)) + " UTC"


def in_words(seconds: float) -> str:
    """Return a duration as a tired person reads it: `40 s`, `12 min`, `1 h 5 min`, `1 d 4 h`.

    The smaller of two parts is cut, never rounded up, so that `12 min` has really passed.
    """
    whole = int(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    if hours < 24:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h" if hours and days < 10 else f"{days} d"


def promql_duration(seconds: float) -> str:
    """Return a duration as PromQL takes it, in whole milliseconds at the finest: `90s`, `5m`, `1d`."""
    milliseconds = round(seconds * 1000)
    for unit, size in (("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000)):
        if milliseconds % size == 0:
            return f"{milliseconds // size}{unit}"
    return f"{milliseconds}ms"


def floor_to_step(instant: float, step: float) -> float:
    """Return the newest point of the grid of multiples of `step` (seconds) that is not after `instant`."""
    return math.floor(instant / step) * step
