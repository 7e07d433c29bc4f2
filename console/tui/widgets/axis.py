"""Where the ticks of an axis stand: round values upwards, round UTC times across."""

import math
from datetime import UTC, datetime

_ROUND_DIGITS = (1.0, 2.0, 2.5, 5.0, 10.0, 20.0)
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_TIME_STEPS = (
    *(1, 2, 5, 10, 15, 30),
    *(minutes * _MINUTE for minutes in (1, 2, 5, 10, 15, 30)),
    *(hours * _HOUR for hours in (1, 2, 3, 6, 12)),
    *(days * _DAY for days in (1, 2, 5, 10, 30, 90, 365)),
)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LAST_DATE = datetime(9999, 12, 31, tzinfo=UTC).timestamp()
_GREATEST = 1e300
_SAME = 1e-9
"""Values that differ by a smaller share of their size are one value to the eye."""


def drawable_range(low: float, high: float) -> tuple[float, float]:
    """Return a range of positive finite height that contains the given one (clipped to ±1e300)."""
    low, high = (min(max(limit, -_GREATEST), _GREATEST) for limit in (low, high))
    size = max(abs(low), abs(high))
    if high - low > size * _SAME and high - low > 1 / _GREATEST:
        return low, high
    if size <= 1 / _GREATEST:
        return 0.0, 1.0
    return low - size / 10, high + size / 10


def value_ticks(low: float, high: float, at_most: int) -> list[float]:
    """Return up to `at_most` multiples of a round number between low and high, ascending."""
    rough = (high - low) / max(1, at_most)
    power = 10.0 ** math.floor(math.log10(rough))
    for digit in _ROUND_DIGITS:
        step = digit * power
        first, last = math.ceil(low / step - _SAME), math.floor(high / step + _SAME)
        if last - first < at_most:
            return [multiple * step for multiple in range(first, last + 1)]
    return []


def time_ticks(start: float, end: float, columns: int) -> list[tuple[float, str]]:
    """Return (UTC seconds, label) of round times that fit under `columns` cells.

    Labels are `HH:MM`, with seconds where the ticks are closer than a minute; on an axis
    longer than a day midnight is told as a date (`22 Nov`).
    """
    span = end - start
    if not (start >= 0 and end <= _LAST_DATE and span > 0):
        return []
    for step in _TIME_STEPS:
        longest = len("00:00:00") if step < _MINUTE else len("22 Nov") if span > _DAY else len("00:00")
        if step / span * columns >= longest + 2:
            first, last = math.ceil(start / step), math.floor(end / step)
            return [(tick * step, _time_label(tick * step, step, span)) for tick in range(first, last + 1)]
    return []


def _time_label(instant: int, step: int, span: float) -> str:
    if step >= _DAY or (span > _DAY and instant % _DAY == 0):
        date = datetime.fromtimestamp(instant, UTC)
        return f"{date.day} {_MONTHS[date.month - 1]}"
    seconds = instant % _DAY
    label = f"{seconds // _HOUR:02}:{seconds % _HOUR // _MINUTE:02}"
    return label if step >= _MINUTE else f"{label}:{seconds % _MINUTE:02}"
