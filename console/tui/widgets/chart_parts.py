"""What stands in a chart: ranges, axes, lines, markers and the objective, each drawn by one function."""

import math
from typing import NamedTuple

from rich.cells import cell_len

from console.tui.widgets.axis import drawable_range, time_ticks, value_ticks
from console.tui.widgets.braille import DOTS_ACROSS, DOTS_DOWN, braille_text, dot_row, rasterise
from console.tui.widgets.canvas import Canvas
from console.tui.widgets.cells import fit, shorten
from console.tui.widgets.chart_data import ChartData, Line, Marker

_NARROWEST_WITH_ZONE = 40
_FARTHEST_OBJECTIVE = 4.0
"""An objective farther away than so many times the data's range would flatten the data: it is only named."""
_COLUMNS_OF_A_VALUE = 12
"""Columns for each tick of an axis across that is not time."""
_NO_NUMBERS = "no data in this time range"


class Scale(NamedTuple):
    """The range of the y axis and whether the objective lies on it."""

    low: float
    high: float
    shows_objective: bool


class Plot(NamedTuple):
    """The cells inside the axes."""

    left: int
    top: int
    columns: int
    rows: int


def chart_scale(data: ChartData) -> Scale:
    """Return the range that shows all finite values, and the objective unless it is far away."""
    finite = [value for line in data.lines for value in line.values if math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    if data.from_zero:
        low, high = min(low, 0.0), max(high, data.at_least)
    objective = data.objective
    shown = False
    if objective is not None and math.isfinite(objective.value):
        reach = (high - low) * _FARTHEST_OBJECTIVE
        shown = not finite or low == high or low - reach <= objective.value <= high + reach
        if shown:
            low, high = min(low, objective.value), max(high, objective.value)
    return Scale(*drawable_range(low, high), shown)


def line_style(data: ChartData, index: int) -> str:
    """Return the style key of a line: its own, else that of its place; all are `stale` in a stale chart."""
    if data.stale:
        return "stale"
    return data.lines[index].style or f"line-{index % 4 + 1}"


def reason_for_nothing(data: ChartData) -> str:
    """Return why there is nothing to draw, empty when there is something."""
    if data.no_data:
        return data.no_data
    return "" if any(map(has_number, data.lines)) else _NO_NUMBERS


def has_number(line: Line) -> bool:
    """Tell whether a line holds anything that can be drawn."""
    return any(value == value for value in line.values)


def _row_of(value: float, scale: Scale, plot_rows: int) -> int:
    return dot_row(value, scale.low, scale.high, plot_rows) // DOTS_DOWN


def value_labels(data: ChartData, scale: Scale, rows: int) -> dict[int, str]:
    """Return the labels of the y axis by row: the objective first, then ticks that are not beside it."""
    if reason_for_nothing(data):
        return {}
    labels: dict[int, str] = {}
    if data.objective is not None and scale.shows_objective:
        labels[_row_of(data.objective.value, scale, rows)] = data.format_value(data.objective.value)
    for tick in value_ticks(scale.low, scale.high, at_most=max(2, min(4, rows // 2))):
        row = _row_of(tick, scale, rows)
        label = data.format_value(tick)
        if row not in labels and label not in labels.values():
            labels[row] = label
    return labels


def draw_value_axis(canvas: Canvas, data: ChartData, scale: Scale, labels: dict[int, str], plot: Plot) -> None:
    """Draw the vertical line with its labels at the left of the plot."""
    objective_row = -1
    if data.objective is not None and scale.shows_objective and labels:
        objective_row = _row_of(data.objective.value, scale, plot.rows)
    for row in range(plot.rows):
        y = plot.top + row
        if row in labels:
            style = "objective" if row == objective_row else "axis"
            canvas.put(0, y, fit(labels[row], plot.left - 2, "right"), style)
        canvas.put_cells(plot.left - 1, y, "┤" if row in labels else "│", "axis")


def draw_lines(canvas: Canvas, data: ChartData, scale: Scale, plot: Plot) -> None:
    """Draw all lines; in a cell that several share the dots are united and the first line gives the style."""
    grids = [rasterise(line.values, plot.columns, plot.rows, scale.low, scale.high, data.points) for line in data.lines]
    styles = [line_style(data, index) for index in range(len(grids))]
    for row in range(plot.rows):
        layers = [(grid[row], style) for grid, style in zip(grids, styles, strict=True) if any(grid[row])]
        if not layers:
            continue
        united = 0
        for bits, _ in layers:
            united |= int.from_bytes(bits, "big")
        keys = [layers[-1][1]] * plot.columns
        for bits, style in reversed(layers[:-1]):
            keys = [style if cell else key for cell, key in zip(bits, keys, strict=True)]
        dots = united.to_bytes(plot.columns, "big")
        y = plot.top + row
        canvas.texts[y][plot.left : plot.left + plot.columns] = braille_text(dots)
        canvas.styles[y][plot.left : plot.left + plot.columns] = keys


def draw_tags(canvas: Canvas, data: ChartData, scale: Scale, plot: Plot) -> None:
    """Write each line's tag beside its newest value, in the nearest row that is free."""
    taken: set[int] = set()
    for index, line in enumerate(data.lines):
        newest = _newest(line)
        if not line.tag or newest != newest:
            continue
        wanted = _row_of(newest, scale, plot.rows)
        free = [row for row in range(plot.rows) if row not in taken]
        if free:
            row = min(free, key=lambda candidate: abs(candidate - wanted))
            taken.add(row)
            canvas.put(plot.left + plot.columns + 1, plot.top + row, line.tag, line_style(data, index))


def _newest(line: Line) -> float:
    return next((value for value in reversed(line.values) if value == value), math.nan)


def _column_of(instant: float, data: ChartData, plot: Plot) -> int:
    """Return the plot's column of an instant on the time axis."""
    share = (instant - data.start) / (data.end - data.start)
    return int(share * (plot.columns * DOTS_ACROSS - 1) + 0.5) // DOTS_ACROSS


def draw_markers(canvas: Canvas, data: ChartData, plot: Plot) -> None:
    """Draw vertical lines behind the data, then their labels where nothing else stands."""
    shown = [marker for marker in data.markers if data.start <= marker.at <= data.end]
    if not math.isfinite(data.end - data.start) or data.end <= data.start:
        return
    columns = [plot.left + _column_of(marker.at, data, plot) for marker in shown]
    for x in columns:
        for y in range(plot.top, plot.top + plot.rows):
            canvas.put_behind(x, y, "╎", "marker")
    for marker, x in zip(shown, columns, strict=True):
        _label_marker(canvas, marker, x, plot)


def _label_marker(canvas: Canvas, marker: Marker, x: int, plot: Plot) -> None:
    """Write a label beside its marker: left of it as high as possible, else right of it."""
    label = shorten(marker.label, plot.columns // 2)
    width = cell_len(label)
    if not width:
        return
    for y in range(plot.top, plot.top + plot.rows):
        for text_x, free_x in ((x - width - 1, x - width - 2), (x + 2, x + 1)):
            first, last = max(free_x, plot.left), min(free_x + width + 2, plot.left + plot.columns)
            inside = plot.left <= text_x and text_x + width <= plot.left + plot.columns
            if inside and canvas.is_free(first, y, last - first):
                canvas.put(text_x, y, label, "marker")
                return


def draw_objective(canvas: Canvas, data: ChartData, scale: Scale, plot: Plot) -> None:
    """Draw the objective through the free cells of its row, its label in the first gap that holds it."""
    objective = data.objective
    if objective is None:
        return
    if not scale.shows_objective:
        above = objective.value > scale.high
        y = plot.top if above else plot.top + plot.rows - 1
        _put_in_gap(canvas, f"{'↑' if above else '↓'} {objective.label}", y, plot)
        return
    y = plot.top + _row_of(objective.value, scale, plot.rows)
    for label_y in (y, y - 1, y + 1):
        if _put_in_gap(canvas, f" {objective.label} ", label_y, plot):
            break
    for x in range(plot.left, plot.left + plot.columns):
        canvas.put_behind(x, y, "╌", "objective")


def _put_in_gap(canvas: Canvas, text: str, y: int, plot: Plot) -> bool:
    """Write a text into the first gap of a plot row that holds it; tell whether there was one."""
    width = cell_len(text)
    if not plot.top <= y < plot.top + plot.rows:
        return False
    for x in range(plot.left + 2, plot.left + plot.columns - width - 1):
        if canvas.is_free(x - 1, y, width + 2):
            canvas.put(x, y, text, "objective")
            return True
    return False


def draw_axis_across(canvas: Canvas, data: ChartData, plot: Plot, corner: str) -> None:
    """Draw the bottom line with the labels of round times or values; of times the zone where there is room."""
    y = canvas.height - 1
    line = "─" * plot.columns
    canvas.put_cells(plot.left, y, line, "axis")
    if corner:
        canvas.put(plot.left - 1, y, corner, "axis")
    right = plot.left + plot.columns
    if plot.columns >= _NARROWEST_WITH_ZONE and data.format_across is None:
        right -= len("UTC")
        canvas.put(right, y, "UTC", "axis")
        right -= 1
    free_from = plot.left
    for instant, label in _ticks_across(data, plot.columns):
        x = plot.left + _column_of(instant, data, plot) - len(label) // 2
        if free_from <= x and x + len(label) <= right:
            canvas.put(x, y, label, "axis")
            free_from = x + len(label) + 1


def _ticks_across(data: ChartData, columns: int) -> list[tuple[float, str]]:
    if data.format_across is None:
        return time_ticks(data.start, data.end, columns)
    if not data.end > data.start:
        return []
    ticks = value_ticks(data.start, data.end, at_most=max(2, columns // _COLUMNS_OF_A_VALUE))
    return [(tick, data.format_across(tick)) for tick in ticks]
