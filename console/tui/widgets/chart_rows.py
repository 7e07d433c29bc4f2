"""The picture of a chart: from its data and a size to rows of styled text, purely."""

from rich.cells import cell_len

from console.tui.widgets.canvas import Canvas, Segments
from console.tui.widgets.cells import shorten
from console.tui.widgets.chart_data import ChartData
from console.tui.widgets.chart_parts import (
    Plot,
    Scale,
    chart_scale,
    draw_axis_across,
    draw_lines,
    draw_markers,
    draw_objective,
    draw_tags,
    draw_value_axis,
    has_number,
    line_style,
    reason_for_nothing,
    value_labels,
)
from console.tui.widgets.sparkline import sparkline

LOWEST_CHART = 4
"""Rows below which a chart becomes a sparkline."""

_NARROWEST_WITH_VALUES = 24
_NARROWEST_WITH_TAGS = 48
_NARROWEST_SPARKLINE = 8


def chart_rows(data: ChartData, width: int, height: int) -> list[Segments]:
    """Return `height` rows of exactly `width` cells.

    As room shrinks the chart drops the tags, the value axis and at last becomes a title with a sparkline.
    """
    if width < 1 or height < 1:
        return []
    canvas = Canvas(width, height)
    scale = chart_scale(data)
    if height < LOWEST_CHART:
        _draw_small(canvas, data, scale)
    else:
        _draw_title(canvas, data)
        _draw_chart(canvas, data, scale)
    return canvas.rows()


def _draw_title(canvas: Canvas, data: ChartData) -> None:
    """Write title, the lines' names while they fit, and the note at the right."""
    width = canvas.width
    least_title = min(cell_len(data.title), width // 2)
    note = shorten(data.note, width - least_title - 2)
    right = width - cell_len(note)
    canvas.put(right, 0, note, "note")
    free = right - 2 if note else width
    x = canvas.put(0, 0, shorten(data.title, free), "title")
    for index, line in enumerate(data.lines):
        gap = 2 if x else 0
        if line.name and x + gap + cell_len(line.name) <= free:
            x += gap + canvas.put(x + gap, 0, line.name, line_style(data, index))


def _draw_small(canvas: Canvas, data: ChartData, scale: Scale) -> None:
    """Draw title and sparkline of one line in one to three rows; the third is the time axis."""
    width, reason, x = canvas.width, reason_for_nothing(data), 0
    index = next((index for index, line in enumerate(data.lines) if has_number(line)), 0)
    if canvas.height == 1:
        x = canvas.put(0, 0, shorten(data.title, width // 2 - 1), "title")
        x += 1 if x else 0
        if not reason and cell_len(name := data.lines[index].name) <= width - x - 1 - _NARROWEST_SPARKLINE:
            x += canvas.put(x, 0, name, line_style(data, index))
            x += 1 if name else 0
    else:
        _draw_title(canvas, data)
    y = min(1, canvas.height - 1)
    if reason:
        canvas.put(x, y, reason, "empty")
    else:
        bars = sparkline(data.lines[index].values, width - x, scale.low, scale.high)
        canvas.put_cells(x, y, bars, line_style(data, index))
    if canvas.height == LOWEST_CHART - 1:
        draw_axis_across(canvas, data, Plot(0, 1, width, 1), "")


def _draw_chart(canvas: Canvas, data: ChartData, scale: Scale) -> None:
    rows = canvas.height - 2
    labels = value_labels(data, scale, rows)
    gutter = max(map(cell_len, labels.values()), default=0) + 2
    has_axis = canvas.width >= _NARROWEST_WITH_VALUES and gutter <= canvas.width // 3
    left = gutter if has_axis else 0
    tags = _tag_width(data, canvas.width)
    plot = Plot(left, 1, canvas.width - left - tags, rows)
    if has_axis:
        draw_value_axis(canvas, data, scale, labels, plot)
    if reason := reason_for_nothing(data):
        _draw_reason(canvas, plot, reason)
    else:
        draw_lines(canvas, data, scale, plot)
        if tags:
            draw_tags(canvas, data, scale, plot)
        draw_markers(canvas, data, plot)
        draw_objective(canvas, data, scale, plot)
    draw_axis_across(canvas, data, plot, "└" if has_axis else "")


def _draw_reason(canvas: Canvas, plot: Plot, reason: str) -> None:
    """Write the reason in the middle of the plot, broken between words."""
    lines: list[str] = []
    for word in reason.split():
        if lines and cell_len(lines[-1]) + 1 + cell_len(word) <= plot.columns:
            lines[-1] += f" {word}"
        else:
            lines.append(shorten(word, plot.columns))
    shown = lines[: plot.rows]
    top = plot.top + (plot.rows - len(shown)) // 2
    for y, text in enumerate(shown, top):
        canvas.put(plot.left + (plot.columns - cell_len(text)) // 2, y, text, "empty")


def _tag_width(data: ChartData, width: int) -> int:
    if width < _NARROWEST_WITH_TAGS or len(data.lines) < 2:
        return 0
    longest = max(cell_len(line.tag) for line in data.lines)
    return longest + 1 if 0 < longest <= width // 6 else 0
