"""The charts of the model screen: a pure function of a detail."""

from functools import partial

from console.domain.change import Change, ChangeKind
from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.quantity import format_quantity
from console.domain.signal import ERROR_RATIO, FEATURE_DRIFT, MODEL_QUALITY, SIGNALS, Reading, State
from console.domain.snapshot import ModelDetail, Panel
from console.tui.panels.capacity import capacity_chart
from console.tui.widgets.chart_data import ChartData, Line, Marker, Objective
from console.tui.wording import WORD_OF_STATE, age_of, old_number, reading_in_words

_TITLE_WHILE_OK = {"latency_p99": "latency", "latency_p95": "latency", "latency_p50": "latency"}
_SMALL_RATIO = 0.0005
_WORTH_TELLING_LATE = 600.0
WORTH_A_LOOK = 0.25
"""The PSI that fills a chart or a bar at least, so that the noise of a column that is well is no mountain."""
_MARKED = (ChangeKind.VERSION, ChangeKind.REPLICAS, ChangeKind.CONFIGURATION)
"""Kinds of changes that stand in every chart; alerts and traffic stand in the incident's list only."""


def charts_of(detail: ModelDetail) -> tuple[ChartData, ...]:
    """Return every chart of a model: its panels, and its capacity where that is known."""
    capacity = capacity_chart(detail.capacity)
    panels = tuple(chart_of(panel, detail) for panel in detail.panels)
    return panels if capacity is None else (*panels, capacity)


def chart_of(panel: Panel, detail: ModelDetail) -> ChartData:
    """Return the chart of a panel over the range of the detail."""
    grid = next(iter(panel.lines.values())).grid
    reading = panel.reading
    return ChartData(
        title=_title(panel),
        start=grid.start,
        step=grid.step,
        lines=_lines(panel, detail),
        format_value=_small_ratio if panel.signal.unit == "ratio" else partial(format_quantity, unit=panel.signal.unit),
        objective=_objective(panel),
        markers=tuple(_marker(change) for change in detail.changes if change.kind in _MARKED),
        note=_lateness(reading, detail.at) or _note(reading, detail.at),
        stale=reading.state in (State.STALE, State.SOURCE_DOWN, State.ERROR),
        no_data=_why_nothing(panel, detail),
        at_least=_least_height(panel),
        from_zero=panel.signal.name != MODEL_QUALITY.name,
    )


def _title(panel: Panel) -> str:
    """Return the name of a chart; one of both kinds of drift has a name of its own."""
    if FEATURE_DRIFT.name in panel.lines and len(panel.lines) > 1:
        return "drift"
    return _TITLE_WHILE_OK.get(panel.signal.name) or harmless(panel.signal.title)


def _least_height(panel: Panel) -> float:
    """Return what the axis reaches at least: a few errors far under their objective must not look like a mountain."""
    if panel.signal == FEATURE_DRIFT:
        return WORTH_A_LOOK
    if panel.signal.unit != "ratio" or panel.signal.name == MODEL_QUALITY.name:
        return 0.0
    return panel.objective or 0.0 if panel.signal == ERROR_RATIO else 1.0


def _small_ratio(value: float) -> str:
    """Return a ratio so that ticks of a chart of few errors differ: `0.004 %`."""
    return f"{value * 100:.3f} %" if 0 < abs(value) < _SMALL_RATIO else format_quantity(value, "ratio")


def _lines(panel: Panel, detail: ModelDetail) -> tuple[Line, ...]:
    if len(panel.lines) == 1:
        name, series = next(iter(panel.lines.items()))
        reading = detail.view.readings.get(name, panel.reading)
        return (Line(_number(reading), series.values),)
    ordered = sorted(panel.lines.items(), key=lambda item: item[0] != panel.signal.name)
    return tuple(
        Line(f"{_short(name)} {_number(detail.view.readings.get(name))}", series.values, tag=_short(name))
        for name, series in ordered
    )


def _number(reading: Reading | None) -> str:
    """Return the value, or the last good one with its mark: the note of the chart says why and since when."""
    told = old_number(reading) or reading_in_words(reading)
    return f"{told} {harmless(reading.feature)}" if reading is not None and reading.feature else told


def _short(name: str) -> str:
    signal = SIGNALS.get(name)
    return harmless(name) if signal is None else signal.title.removesuffix(" latency").removesuffix(" drift")


def _objective(panel: Panel) -> Objective | None:
    if panel.objective is None:
        return None
    label = panel.objective_label or format_quantity(panel.objective, panel.signal.unit)
    return Objective(panel.objective, harmless(label))


def _marker(change: Change) -> Marker:
    return Marker(change.at, harmless(change.detail))


def _lateness(reading: Reading, at: float) -> str:
    """Return how late the labels are that a quality is measured by; empty where they are not late."""
    if reading.signal.name != MODEL_QUALITY.name or reading.state is not State.OK or reading.seen is None:
        return ""
    return f"labels {in_words(at - reading.seen)} late" if at - reading.seen >= _WORTH_TELLING_LATE else ""


def _note(reading: Reading, at: float) -> str:
    if reading.state is State.OK:
        return ""
    word = WORD_OF_STATE[reading.state]
    return f"{word} {age_of(reading, at)}".rstrip() if old_number(reading) else word


def _why_nothing(panel: Panel, detail: ModelDetail) -> str:
    if any(series.last_seen() is not None for series in panel.lines.values()):
        return ""
    if detail.detail:
        return harmless(detail.detail)
    state = panel.reading.state
    if state is State.OK:
        return "no data in this range"
    return f"{WORD_OF_STATE.get(state, 'no data')}" + (
        f": {harmless(panel.reading.detail)}" if panel.reading.detail else ""
    )
