"""A signal as an inline SVG picture; the page that it stands in gives its classes their colours."""

from collections.abc import Iterator, Sequence
from html import escape

from console.domain.moments import clock_time
from console.domain.quantity import format_quantity
from console.headless.report.evidence import Panel
from console.headless.report.text_chart import Mark

WIDTH, HEIGHT = 720, 200
_LEFT, _RIGHT, _TOP, _BOTTOM = 76, 12, 22, 26
_TICKS = 5
_HEADROOM = 1.08
_LETTER = 6.5
"""About how wide a character of the smallest text is, in the picture's units."""


class _Scale:
    """Where instants and values lie in the picture."""

    def __init__(self, panel: Panel) -> None:
        values = [value for value in panel.course.values if value is not None]
        limit = panel.course.limit
        self.start, self.end = panel.start, max(panel.end, panel.start + 1)
        self.low = min([0.0, *values])
        self.high = (max([*values, limit if limit is not None else self.low, self.low]) or 1.0) * _HEADROOM
        if self.high <= self.low:
            self.high = self.low + 1.0

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
        *(f'<path class="line" d="{path}"/>' for path in _paths(scale, panel)),
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
    return f'<rect class="broken" x="{left}" y="{_TOP}" width="{round(max(0.0, right - left), 1)}" height="{height}"/>'


def _grid(scale: _Scale, panel: Panel) -> Iterator[str]:
    bottom, unit = HEIGHT - _BOTTOM, panel.course.unit
    limit = panel.course.limit
    for share in (0.0, 0.5, 1.0):
        value = scale.low + share * (scale.high / _HEADROOM - scale.low)
        y = scale.y(value)
        yield f'<line class="grid" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        if limit is None or abs(scale.y(limit) - y) > 12:
            yield f'<text class="value" x="{_LEFT - 6}" y="{y + 4}">{escape(format_quantity(value, unit))}</text>'
    for number in range(_TICKS):
        instant = scale.start + (scale.end - scale.start) * number / (_TICKS - 1)
        anchor = "start" if number == 0 else "end" if number == _TICKS - 1 else "middle"
        text = clock_time(instant)[:5] + (" UTC" if number == _TICKS - 1 else "")
        yield f'<text class="time" x="{scale.x(instant)}" y="{bottom + 17}" text-anchor="{anchor}">{text}</text>'


def _limit(scale: _Scale, panel: Panel) -> Iterator[str]:
    limit = panel.course.limit
    if limit is not None:
        y = scale.y(limit)
        yield f'<line class="limit" x1="{_LEFT}" x2="{WIDTH - _RIGHT}" y1="{y}" y2="{y}"/>'
        text = escape(format_quantity(limit, panel.course.unit))
        yield f'<text class="value limit-value" x="{_LEFT - 6}" y="{y + 4}">{text}</text>'


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
        yield f'<line class="mark" x1="{x}" x2="{x}" y1="{_TOP}" y2="{HEIGHT - _BOTTOM}"/>'
        yield f'<text class="sign" x="{at}" y="{_TOP - 7}">{escape(mark.sign)}<title>{escape(mark.text)}</title></text>'
