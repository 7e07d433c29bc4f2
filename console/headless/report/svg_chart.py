"""A signal as an inline SVG picture.

The page that it stands in gives its classes their colours. The attributes are for what takes the picture without the
page's style: a wiki, a mail, a printer of PDF.
"""

from collections.abc import Iterator, Sequence
from html import escape
from typing import Literal

from console.domain.quantity import format_quantity
from console.headless.report.evidence import Panel
from console.headless.report.text_chart import Mark, axis_time, value_range

WIDTH, HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 12, 22, 26
_TICKS = 5
_DATED_TICKS = 3
"""A date is three times as wide as a time of day."""
_HEADROOM = 1.08
_LETTER = 6.5
"""About how wide a character of the smallest text is, in the picture's units."""


class _Scale:
    """Where instants and values lie in the picture."""

    def __init__(self, panel: Panel) -> None:
        self.start, self.end = panel.start, max(panel.end, panel.start + 1)
        self.low, self.highest = value_range(panel.course)
        self.high = self.low + (self.highest - self.low) * _HEADROOM

    def x(self, instant: float) -> float:
        share = (instant - self.start) / (self.end - self.start)
        return round(_LEFT + min(1.0, max(0.0, share)) * (WIDTH - _LEFT - _RIGHT), 1)

    def y(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(HEIGHT - _BOTTOM - min(1.0, max(0.0, share)) * (HEIGHT - _TOP - _BOTTOM), 1)


def svg_chart(panel: Panel, marks: Sequence[Mark], broken: tuple[float, float]) -> str:
    """Return the picture: the line with its gaps, the limit, the time in which it was broken (UTC seconds), marks."""
    scale = _Scale(panel)
    parts = [
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="{escape(_in_words(panel))}">',
        _broken(scale, *broken),
        *_grid(scale, panel),
        *_limit(scale, panel),
        *(
            f'<path class="line" fill="none" stroke="#0b5cad" stroke-width="1.8" d="{path}"/>'
            for path in _paths(scale, panel)
        ),
        *_marks(scale, marks),
        "</svg>",
    ]
    return "".join(parts)


def _in_words(panel: Panel) -> str:
    values = [value for value in panel.course.values if value is not None]
    if not values:
        return f"{panel.title}: no data"
    lowest, highest = (format_quantity(value, panel.course.unit) for value in (min(values), max(values)))
    return f"{panel.title} between {lowest} and {highest}"


def _broken(scale: _Scale, start: float, end: float) -> str:
    left, right = scale.x(start), scale.x(end)
    height = HEIGHT - _TOP - _BOTTOM
    size = f'width="{round(max(0.0, right - left), 1)}" height="{height}"'
    return f'<rect class="broken" fill="#fdecea" x="{left}" y="{_TOP}" {size}/>'


def _grid(scale: _Scale, panel: Panel) -> Iterator[str]:
    bottom, unit = HEIGHT - _BOTTOM, panel.course.unit
    limit = panel.course.limit
    for share in (0.0, 0.5, 1.0):
        value = scale.low + share * (scale.highest - scale.low)
        y = scale.y(value)
        yield f'<line class="grid" stroke="#d9dee3" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        if limit is None or abs(scale.y(limit) - y) > 12:
            yield _label(_LEFT - 6, y + 4, format_quantity(value, unit), name="value", anchor="end")
    is_dated = " " in axis_time(scale.start, scale.start, scale.end)
    ticks = _DATED_TICKS if is_dated else _TICKS
    for number in range(ticks):
        instant = scale.start + (scale.end - scale.start) * number / (ticks - 1)
        anchor: Literal["start", "middle", "end"]
        anchor = "start" if number == 0 else "end" if number == ticks - 1 else "middle"
        text = axis_time(instant, scale.start, scale.end) + (" UTC" if number == ticks - 1 else "")
        yield _label(scale.x(instant), bottom + 17, text, name="time", anchor=anchor)


def _limit(scale: _Scale, panel: Panel) -> Iterator[str]:
    limit = panel.course.limit
    if limit is not None:
        y = scale.y(limit)
        line = f'x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"'
        yield f'<line class="limit" stroke="#b42318" stroke-dasharray="5 4" {line}/>'
        text = format_quantity(limit, panel.course.unit)
        yield _label(_LEFT - 6, y + 4, text, name="limit-value", anchor="end", colour="#b42318")


def _paths(scale: _Scale, panel: Panel) -> Iterator[str]:
    """Yield a path for each stretch without a gap; a single point is a short line, so that it can be seen."""
    course, stretch = panel.course, list[str]()
    for index, value in enumerate((*course.values, None)):
        instant = course.start + index * course.step
        if value is not None and scale.start <= instant <= scale.end:
            stretch.append(f"{scale.x(instant)} {scale.y(value)}")
        elif stretch:
            yield f"M{'L'.join(stretch)}" + ("h1" if len(stretch) == 1 else "")
            stretch = []


def _marks(scale: _Scale, marks: Sequence[Mark]) -> Iterator[str]:
    """Yield a line and a sign for each mark; signs that would lie upon each other move right."""
    free = 0.0
    for mark in marks:
        if not scale.start <= mark.at <= scale.end:
            continue
        x = scale.x(mark.at)
        at = max(x, free)
        free = at + _LETTER * 2
        line = f'x1="{x}" x2="{x}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"'
        yield f'<line class="mark" stroke="#5c6670" stroke-dasharray="1 3" {line}/>'
        yield _label(at, _TOP - 7, mark.sign, name="sign", anchor="middle", colour="#1c2024")


def _label(
    x: float, y: float, text: str, *, name: str, anchor: Literal["start", "middle", "end"], colour: str = "#5c6670"
) -> str:
    place = f'x="{round(x, 1)}" y="{round(y, 1)}" text-anchor="{anchor}"'
    return f'<text class="{name}" fill="{colour}" font-size="11" {place}>{escape(text)}</text>'
