"""The quality of a model as rows, as a chart and in words: pure functions of what was published."""

import math
from collections.abc import Iterator
from functools import partial
from typing import Literal

from console.domain.label import harmless
from console.domain.quality import ClassQuality, MetricReading, QualityView
from console.headless.drift.words import LONGEST_DETAIL, slice_in_words
from console.headless.quality.words import (
    Standing,
    delay_in_words,
    estimate_in_words,
    horizon_in_words,
    interval_in_words,
    labels_in_words,
    metric_in_words,
    standing_of,
    standings_in_words,
    value_in_words,
)
from console.tui.panels.lines import Line, Span, line
from console.tui.widgets.cells import fit
from console.tui.widgets.chart_data import ChartData, Objective
from console.tui.widgets.chart_data import Line as ChartLine
from console.tui.widgets.columns import Column
from console.tui.widgets.sparkline import sparkline
from console.tui.widgets.table_rows import Cell, Row
from console.tui.wording import StatusStyle

SPARK_CELLS = 10
_ESTIMATE = "estimate "
"""Before the id of a row that is guessed."""
_WIDEST_CLASS = 12

COLUMNS = (
    Column("metric", "  metric", 13, 24),
    Column("value", "now", 7, 10, "right"),
    Column("interval", "95 % interval", 13, 15, "right", drop=2),
    Column("training", "training", 8, 10, "right", drop=1),
    Column("trend", "over time", SPARK_CELLS, SPARK_CELLS, drop=4),
    Column("rows", "rows", 7, 9, "right", drop=3),
    Column("standing", "verdict", 10, 20, flexible=True),
)

_LOOK: dict[Standing, tuple[str, StatusStyle | Literal["plain"]]] = {
    Standing.WORSE: ("▲", "warning"),
    Standing.AS_TRAINED: ("✔", "ok"),
    Standing.BETTER: ("✔", "ok"),
    Standing.MEASURED: ("·", "plain"),
    Standing.UNKNOWN: ("?", "unknown"),
}


def quality_rows(view: QualityView) -> list[Row]:
    """Return a row per metric, those that became worse first, then a row per estimate, which says that it is one."""
    worse_first = sorted(view.metrics, key=lambda reading: standing_of(reading) is not Standing.WORSE)
    measured = [_row(reading.metric.name, reading, is_estimate=False) for reading in worse_first]
    return [*measured, *(_row(_ESTIMATE + each.metric.name, each, is_estimate=True) for each in view.estimated)]


def _row(row_id: str, reading: MetricReading, *, is_estimate: bool) -> Row:
    standing = standing_of(reading)
    glyph, style = _LOOK[standing]
    title = harmless(reading.metric.title)
    value = value_in_words(reading.value, reading.metric)
    told = standing.value if standing is not Standing.UNKNOWN else harmless(reading.detail or "no rows", LONGEST_DETAIL)
    if is_estimate:
        told = f"estimate, {told}"
    training = value_in_words(reading.training, reading.metric) if reading.training is not None else ""
    return Row(
        row_id,
        (
            Cell(f"{'~' if is_estimate else glyph} {title}", "muted" if is_estimate else style),
            Cell(f"~{value}" if is_estimate else value, "plain" if reading.value is not None else "muted"),
            Cell(interval_in_words(reading)),
            Cell(training),
            Cell(sparkline(reading.over_time, SPARK_CELLS)),
            Cell(f"{reading.rows:,}"),
            Cell(told, "muted" if is_estimate else style),
        ),
    )


def find_reading(view: QualityView | None, row_id: str | None) -> tuple[MetricReading, bool] | None:
    """Return the reading of a row by its id, and whether it is an estimate."""
    if view is None or row_id is None:
        return None
    is_estimate = row_id.startswith(_ESTIMATE)
    name = row_id.removeprefix(_ESTIMATE)
    readings = view.estimated if is_estimate else view.metrics
    return next(((each, is_estimate) for each in readings if each.metric.name == name), None)


def place_lines(view: QualityView) -> tuple[Line, ...]:
    """Return the lines above the table: how the worst metric stands, and how many labels are there."""
    if not view.metrics or view.labelled_rows == 0:
        return (line(Span(f"? no labels yet, {view.predicted_rows:,} predicted rows", "unknown")),)
    worst, told = standings_in_words(view)
    glyph, style = _LOOK[worst]
    return line(Span(f"{glyph} {told}", style)), line(Span(labels_in_words(view), "muted"))


def chart_of(view: QualityView, reading: MetricReading, *, is_estimate: bool) -> ChartData:
    """Return a metric over time with its training figure."""
    values = tuple(reading.over_time)
    show = partial(value_in_words, metric=reading.metric)
    training = reading.training
    known = [value for value in (*values, training) if value is not None and math.isfinite(value)]
    is_far_from_zero = bool(known) and min(known) > 0.5 * max(known) > 0
    return ChartData(
        title=harmless(reading.metric.title),
        start=view.end - view.bucket_seconds * max(0, len(values) - 1),
        step=view.bucket_seconds,
        lines=(ChartLine(value_in_words(reading.value, reading.metric), values),),
        format_value=show,
        objective=Objective(training, f"training {show(training)}") if training is not None else None,
        note="estimate" if is_estimate else "",
        no_data="" if values else "nothing is known over time",
        from_zero=not is_far_from_zero,
    )


def quality_lines(view: QualityView, reading: MetricReading | None, *, is_estimate: bool) -> tuple[Line, ...]:
    """Return a metric in words, then labels, estimate, classes, versions, slices and notes."""
    return (
        *(_metric_lines(reading, is_estimate=is_estimate) if reading is not None else ()),
        *_label_lines(view),
        *_estimate_lines(view),
        *_class_lines(view.classes),
        *_version_lines(view, reading),
        *_further_lines(view),
    )


def _metric_lines(reading: MetricReading, *, is_estimate: bool) -> Iterator[Line]:
    glyph, style = _LOOK[standing_of(reading)]
    sign = Span("~ ", "muted") if is_estimate else Span(f"{glyph} ", style)
    yield line(sign, Span(metric_in_words(reading, is_estimate=is_estimate)), wraps=True)


def _label_lines(view: QualityView) -> Iterator[Line]:
    yield line(Span("labels  ", "muted"), Span(labels_in_words(view)), wraps=True)
    if delay := delay_in_words(view):
        yield line(Span("delay   ", "muted"), Span(delay), wraps=True)
    yield line(Span("rows    ", "muted"), Span(horizon_in_words(view)), wraps=True)


def _estimate_lines(view: QualityView) -> Iterator[Line]:
    if not view.estimated:
        return
    yield line()
    yield line(Span("estimate, not measured", "title"))
    yield line(Span("of      ", "muted"), Span(estimate_in_words(view)), wraps=True)
    if view.assumption:
        yield line(Span("assumes ", "muted"), Span(harmless(view.assumption, LONGEST_DETAIL)), wraps=True)


def _class_lines(classes: tuple[ClassQuality, ...]) -> Iterator[Line]:
    if not classes:
        return
    yield line()
    yield line(Span(f"{fit('class', _WIDEST_CLASS)}  prec.   rec.     F1     rows", "title"))
    for each in classes:
        figures = "  ".join(f"{_figure(value):>5}" for value in (each.precision, each.recall, each.f1))
        yield line(Span(f"{fit(harmless(each.name), _WIDEST_CLASS)}  {figures}  {each.rows:>7,}"))


def _figure(value: float | None) -> str:
    return "—" if value is None else f"{value:.3f}"


def _version_lines(view: QualityView, reading: MetricReading | None) -> Iterator[Line]:
    if not view.versions or reading is None:
        return
    yield line()
    yield line(Span(f"versions, {harmless(reading.metric.title)}", "title"))
    for each in view.versions:
        found = find_reading(each, reading.metric.name)
        told = metric_in_words(found[0]) if found is not None else "not known of it"
        yield line(Span(f"{harmless(each.version or 'no version')}  ", "muted"), Span(told), wraps=True)


def _further_lines(view: QualityView) -> Iterator[Line]:
    if view.slices:
        yield line()
        yield line(Span("slices", "title"))
        yield from (line(Span("· ", "muted"), Span(slice_in_words(each)), wraps=True) for each in view.slices)
    if view.notes:
        yield line()
        yield line(Span("notes", "title"))
        for note in view.notes:
            yield line(Span("· ", "muted"), Span(harmless(note, LONGEST_DETAIL), "muted"), wraps=True)
