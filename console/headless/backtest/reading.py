"""Points from CSV text: a header that names `timestamp` and `value`, then a row per point."""

import csv
import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime

from console.domain.label import harmless
from console.headless.backtest.result import Point
from console.settings.nearest import nearest

TIMESTAMP, VALUE = "timestamp", "value"
_SECONDS = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_NUMBER = re.compile(r"[-+.0-9eE]+")
"""What a finite number is written with: `float` alone would also read `1_000`, and digits of other scripts."""
_FIRST_INSTANT, _LAST_INSTANT = -62_135_596_800.0, 253_402_300_799.0
"""The seconds of the years 1 and 9999, beyond which no calendar tells a time; milliseconds since 1970 are beyond."""
_LARGEST_VALUE = 1e200
"""Up to here sums and differences of values, in units of the least spread, stay finite."""
_NOTHING = frozenset({"", "nan", "null", "none"})
"""What stands for a value that is missing, in any case."""
_OTHER_SEPARATORS = {";": "semicolons", "\t": "tabs", "|": "bars"}


class BadSeries(ValueError):
    """A file that holds no series; the text is one line: where, what, and what was expected."""


def read_points(lines: Iterable[str], name: str) -> list[Point]:
    """Return the points of CSV lines in the order in which they stand; blank lines count for nothing.

    Raises:
        BadSeries: a header, a timestamp or a value is not what it must be, or there is no point at all.
    """
    rows = csv.reader(lines)
    points: list[Point] = []
    columns: tuple[int, int] | None = None
    try:
        for row in rows:
            if not any(cell.strip() for cell in row):
                continue
            place = f"{name}:{rows.line_num}"
            if columns is None:
                columns = _columns(row, place)
            else:
                points.append(_point(row, columns, place))
    except csv.Error as error:
        raise BadSeries(f"{name}:{rows.line_num}: no CSV: {error}") from None
    except UnicodeDecodeError:
        raise BadSeries(
            f"{name}:{rows.line_num + 1}: not UTF-8; expected a text file of comma-separated values"
        ) from None
    if columns is None:
        raise BadSeries(f"{name}:1: nothing in it; expected a header with {TIMESTAMP} and {VALUE}")
    if not any(point.value == point.value for point in points):
        raise BadSeries(f"{name}:{rows.line_num}: no row with a value; expected at least one below the header")
    return points


def _columns(header: list[str], place: str) -> tuple[int, int]:
    names = [cell.strip().lower() for cell in header]
    for wanted in (TIMESTAMP, VALUE):
        if wanted not in names:
            found = nearest(wanted, names)
            hint = f"; nearest: {harmless(found)}" if found else ""
            if len(header) == 1 and (other := next((mark for mark in _OTHER_SEPARATORS if mark in header[0]), None)):
                hint = f"; it is separated by {_OTHER_SEPARATORS[other]}, not by commas"
            raise BadSeries(f"{place}: no column {wanted!r}{hint}; expected a header with {TIMESTAMP} and {VALUE}")
    return names.index(TIMESTAMP), names.index(VALUE)


def _point(row: list[str], columns: tuple[int, int], place: str) -> Point:
    if len(row) <= max(columns):
        raise BadSeries(f"{place}: {len(row)} cells; expected a timestamp and a value as the header names them")
    timestamp, text = (row[column].strip() for column in columns)
    return Point(_instant(timestamp, place), _value(text, place), timestamp, text)


def _instant(text: str, place: str) -> float:
    try:
        instant = float(text) if _SECONDS.fullmatch(text) else _moment(text)
    except (ValueError, OverflowError):
        expected = "RFC 3339, YYYY-MM-DD HH:MM:SS in UTC, or seconds since 1970"
        raise BadSeries(f"{place}: timestamp {harmless(text)!r} is no time; expected {expected}") from None
    if not _FIRST_INSTANT <= instant <= _LAST_INSTANT:
        expected = "seconds since 1970, not milliseconds or less"
        raise BadSeries(f"{place}: timestamp {harmless(text)!r} is outside the years 1 to 9999; expected {expected}")
    return instant


def _moment(text: str) -> float:
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def _value(text: str, place: str) -> float:
    if text.lower() in _NOTHING:
        return math.nan
    try:
        value = float(text) if _NUMBER.fullmatch(text) else math.inf
    except ValueError:
        value = math.inf
    if not math.isfinite(value):
        raise BadSeries(f"{place}: value {harmless(text)!r} is no number; expected one such as 0.25, or nothing")
    if abs(value) > _LARGEST_VALUE:
        raise BadSeries(f"{place}: value {harmless(text)!r} is too large; expected at most {_LARGEST_VALUE:g}")
    return value
