"""Numbers with their units, as a tired person reads them aloud."""

import math

_SPACE = " "
_LEAST_IN_TENTHS, _LEAST_IN_HUNDREDTHS = 0.095, 0.005
"""Percentages below which one decimal is too few, and two: 0.06 % is not 0.1 %, 0.004 % is not 0.00 %."""


def _significant(value: float, digits: int) -> str:
    """Return a number with so many significant digits, never in scientific notation."""
    if value == 0:
        return "0"
    decimals = max(0, digits - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}"


def _infinity(value: float) -> str:
    return "∞" if value > 0 else "-∞"


def format_seconds(value: float) -> str:
    """Return a short time: `0.31 s`, `2.40 s`, `85 ms`, `12 s`, `3 min`."""
    if math.isinf(value):
        return f"{_infinity(value)}{_SPACE}s"
    if value < 0.1:
        return f"{value * 1000:.0f}{_SPACE}ms" if value >= 0.01 or value == 0 else f"{value * 1000:.1f}{_SPACE}ms"
    if value < 10:
        return f"{value:.2f}{_SPACE}s"
    return f"{value:.0f}{_SPACE}s" if value < 120 else f"{value / 60:.0f}{_SPACE}min"


def format_ratio(value: float) -> str:
    """Return a ratio as a percentage: `62 %`, `0.2 %`, `0.02 %`, `~0 %`; only none at all is `0.0 %`."""
    if math.isinf(value):
        return f"{_infinity(value)}{_SPACE}%"
    percent = value * 100
    if 0 < abs(percent) < _LEAST_IN_TENTHS:
        return f"{percent:.2f}{_SPACE}%" if abs(percent) >= _LEAST_IN_HUNDREDTHS else f"~0{_SPACE}%"
    return f"{percent:.1f}{_SPACE}%" if percent < 10 else f"{percent:.0f}{_SPACE}%"


def format_quantity(value: float | None, unit: str | None, *, at_least: bool = False) -> str:
    """Return a value with its unit; None and NaN are `no data`. `at_least` says that it may be any more: `≥ 10 s`.

    Units are those of `console.domain.signal`: `s`, `ratio`, `1/s`, `1`.
    """
    if value is None or math.isnan(value):
        return "no data"
    if at_least:
        return f"≥{_SPACE}{format_quantity(value, unit)}"
    if unit == "s":
        return format_seconds(value)
    if unit == "ratio":
        return format_ratio(value)
    number = f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else _significant(value, 2)
    if math.isinf(value):
        number = _infinity(value)
    if unit == "1/s":
        return f"{number}/s"
    return number if unit in (None, "1") else f"{number}{_SPACE}{unit}"


def how_many(count: int, one: str, many: str = "") -> str:
    """Return a count with what is counted: `1 pod`, `12 pods`; `many` where an s does not do: `2 pods are`."""
    return f"{count:,} {one if count == 1 else many or f'{one}s'}"


def times(value: float) -> str:
    """Return a factor: `1.9×`, `8×`."""
    return f"{value:.1f}×" if value < 5 else f"{value:,.0f}×"
