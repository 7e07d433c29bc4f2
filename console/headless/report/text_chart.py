"""A signal as a chart of block elements, for a code block: every font of fixed width has them."""

import math
from collections.abc import Sequence

import msgspec

from console.domain.moments import rfc3339
from console.domain.quantity import format_quantity
from console.journal.incident_events import Course

COLUMNS = 60
ROWS = 6
SMALLEST_RANGE = 1e-12
_EIGHTHS = " ▁▂▃▄▅▆▇█"
_LIMIT = "┄"
_NO_DATA = "·"


class Mark(msgspec.Struct, frozen=True):
    """An instant (UTC seconds) to point at below a chart, with a sign and what it stands for."""

    at: float
    sign: str
    text: str


def text_chart(course: Course, marks: Sequence[Mark], start: float, end: float) -> str:
    """Return lines without a newline at the end: the values over a range (UTC seconds), an axis, marks, the times.

    Columns grow from 0, or from the lowest value where that is negative. A dotted line is the limit, a `·` no data.
    """
    columns = _columns(course, start, end)
    values = [value for value in columns if value is not None]
    if not values:
        return "no data"
    low, high = value_range(course)
    span = high - low
    labels = [format_quantity(high - span * row / ROWS, course.unit) for row in range(ROWS)]
    labels = [label if row in (0, ROWS // 2) else "" for row, label in enumerate(labels)]
    limit_row = _row_of(course.limit, low, span) if course.limit is not None else None
    if limit_row is not None and course.limit is not None:
        labels[limit_row] = f"limit {format_quantity(course.limit, course.unit)}"
    width = max(map(len, labels))
    lines = [
        f"{label:>{width}} │{_row(columns, row, low, span, dotted=row == limit_row)}".rstrip()
        for row, label in enumerate(labels)
    ]
    lines.append(f"{format_quantity(low, course.unit):>{width}} └{_axis(columns)}"[: width + 2 + COLUMNS])
    below = _marks(marks, start, end)
    if below.strip():
        lines.append(f"{'':>{width}}  {below}".rstrip())
    first, last = axis_time(start, start, end), f"{axis_time(end, start, end)} UTC"
    lines.append(f"{'':>{width}}  {first}{last:>{COLUMNS - len(first)}}")
    return "\n".join(lines)


def axis_time(instant: float, start: float, end: float) -> str:
    """Return an instant on the axis of a range (UTC seconds): `03:08`, with the date where the range has several."""
    first, last, told = (rfc3339(each) for each in (start, end, instant))
    clock = told[11:16]
    return clock if first[:10] == last[:10] else f"{told[:10]} {clock}"


def value_range(course: Course) -> tuple[float, float]:
    """Return the range in which a course and its limit are drawn: with 0 in it, and never empty."""
    drawn = [value for value in (*course.values, course.limit) if value is not None]
    low, high = min([0.0, *drawn]), max([0.0, *drawn])
    return low, high if high - low > SMALLEST_RANGE else low + 1.0


def _columns(course: Course, start: float, end: float) -> list[float | None]:
    """Return the highest value of each column of the range, None where there is none."""
    columns: list[float | None] = [None] * COLUMNS
    per_column = max(1e-9, (end - start) / COLUMNS)
    wide = max(1, math.ceil(course.step / per_column))
    for index, value in enumerate(course.values):
        if value is None:
            continue
        first = math.floor((course.start + index * course.step - start) / per_column)
        for column in range(max(0, first), min(COLUMNS, first + wide)):
            known = columns[column]
            columns[column] = value if known is None else max(known, value)
    return columns


def _row_of(value: float, low: float, span: float) -> int:
    return min(ROWS - 1, max(0, math.ceil(ROWS - (value - low) / span * ROWS) - 1))


def _row(columns: Sequence[float | None], row: int, low: float, span: float, *, dotted: bool) -> str:
    floor = ROWS - 1 - row
    cells = []
    for value in columns:
        filled = 0 if value is None else round(((value - low) / span * ROWS - floor) * 8)
        if filled <= 0:
            cells.append(_LIMIT if dotted else " ")
        else:
            cells.append(_EIGHTHS[min(8, filled)])
    return "".join(cells)


def _axis(columns: Sequence[float | None]) -> str:
    return "".join(_NO_DATA if value is None else "─" for value in columns)


def _marks(marks: Sequence[Mark], start: float, end: float) -> str:
    """Return the signs of marks below their instants; those that would lie upon each other move right."""
    cells = [" "] * COLUMNS
    for mark in marks:
        if start <= mark.at <= end and end > start:
            column = min(COLUMNS - 1, int((mark.at - start) / (end - start) * COLUMNS))
            free = (place for place in range(column, COLUMNS) if cells[place] == " ")
            cells[next(free, column)] = mark.sign
    return "".join(cells)
