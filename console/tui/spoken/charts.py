"""A chart as one sentence: now, expected, objective, since when, and where it goes."""

import math
from collections.abc import Sequence

from console.domain.label import harmless
from console.domain.moments import clock_time, in_words
from console.domain.quantity import format_quantity
from console.domain.snapshot import ModelDetail, Panel
from console.tui.panels.charts import chart_of
from console.tui.panels.lines import Line, Span, line
from console.tui.widgets.chart_parts import reason_for_nothing

_WORTH_A_TREND = 0.1
"""From which share of change on a line rises or falls."""
_ENDS = 4
"""The first and the last of so many parts of the line are compared."""


def chart_lines(detail: ModelDetail) -> tuple[Line, ...]:
    """Return a line per panel."""
    return tuple(line(Span(chart_sentence(panel, detail)), wraps=True) for panel in detail.panels)


def chart_sentence(panel: Panel, detail: ModelDetail) -> str:
    """Return what a chart shows."""
    chart = chart_of(panel, detail)
    if reason := reason_for_nothing(chart):
        return f"{chart.title}: {reason}"
    note = f", {chart.note}" if chart.note else ""
    parts = [f"{chart.title}{note}: now {', '.join(each.name for each in chart.lines)}"]
    unit = panel.signal.unit
    if panel.reading.expected is not None:
        parts.append(f"expected {format_quantity(panel.reading.expected, unit)}")
    if chart.objective is not None:
        parts.append(f"objective {format_quantity(chart.objective.value, unit)}")
    anomaly = next((each for each in detail.view.standing if each.signal in panel.lines), None)
    if anomaly is not None:
        before = "before " if anomaly.onset_is_earlier else ""
        lasts = in_words(max(0.0, detail.at - anomaly.onset))
        parts.append(f"{anomaly.severity.value} since {before}{clock_time(anomaly.onset)} UTC, {lasts}")
    parts.append(_trend(chart.lines[0].values, unit, in_words(detail.end - detail.start)))
    parts += [f"change {harmless(marker.label)} at {clock_time(marker.at)} UTC" for marker in chart.markers]
    return "; ".join(parts)


def _trend(values: Sequence[float], unit: str, span: str) -> str:
    finite = [value for value in values if math.isfinite(value)]
    if not finite:
        return f"no finite number within {span}"
    part = max(1, len(finite) // _ENDS)
    first, last = (sum(each) / len(each) for each in (finite[:part], finite[-part:]))
    levels = f"from {format_quantity(first, unit)} to {format_quantity(last, unit)} within {span}"
    if abs(last - first) <= _WORTH_A_TREND * max(abs(first), abs(last)):
        return f"steady, {levels}"
    return f"{'rising' if last > first else 'falling'}, {levels}"
