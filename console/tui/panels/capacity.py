"""How the latency of a model grows with the load of a replica: as a chart and in words."""

import math
from collections.abc import Iterable
from functools import partial

from console.domain.action import Plan
from console.domain.anomaly import AnomalyKind
from console.domain.load_curve import CapacityFinding, LoadCurve
from console.domain.quantity import format_quantity
from console.domain.signal import SIGNALS
from console.domain.snapshot import ModelView
from console.tui.panels.lines import Line, Span, line
from console.tui.widgets.chart_data import ChartData, Marker, Objective
from console.tui.widgets.chart_data import Line as ChartLine

_REPLICAS = "replicas"
_POINTS = 160
_ROOM_BEYOND = 1.05
"""How far the axis goes on behind the highest load."""
_LOAD_KINDS = frozenset({AnomalyKind.LATENCY, AnomalyKind.SATURATION})
_WIDTH_OF_NOW = 2
"""Points on each side by which the present latency is drawn, so that it is more than a dot."""


def capacity_chart(found: CapacityFinding, *, planned: int | None = None) -> ChartData | None:
    """Return the latency over the load of a replica, with where the model stands and where it would; None unknown.

    It would stand where `planned` replicas share the traffic, else as many as are needed.
    """
    curve = found.curve
    if curve is None:
        return None
    first = curve.points[0].load
    step = (max(curve.most, found.load or 0.0) * _ROOM_BEYOND - first) / (_POINTS - 1)
    usual = [curve.latency_at(first + index * step) for index in range(_POINTS)]
    lines = [ChartLine(_carried(found, curve), [math.nan if value is None else value for value in usual], tag="usual")]
    if found.load is not None and found.latency is not None:
        place = round((found.load - first) / step)
        now = [found.latency if abs(index - place) <= _WIDTH_OF_NOW else math.nan for index in range(_POINTS)]
        is_broken = found.objective is not None and found.latency > found.objective
        lines.append(ChartLine(f"now {format_quantity(found.latency, 's')}", now, "critical" if is_broken else "ok"))
    return ChartData(
        title=f"{_short(curve.signal)} by load of a replica",
        start=first,
        step=step,
        lines=tuple(lines),
        format_value=partial(format_quantity, unit="s"),
        objective=_objective(found),
        markers=tuple(_markers(found, planned)),
        format_across=partial(format_quantity, unit="1/s"),
    )


def replicas_of(plan: Plan) -> int | None:
    """Return to how many replicas a plan scales, None where it does something else."""
    after = next((change.after for change in plan.changes if change.field == _REPLICAS), "")
    return int(after) if after.isdecimal() else None


def capacity_lines(view: ModelView, found: CapacityFinding) -> tuple[Line, ...]:
    """Return what the capacity is, in words, where it is known or would help."""
    if found == CapacityFinding():
        return ()
    if found.need is None:
        is_missed = any(anomaly.kind in _LOAD_KINDS for anomaly in view.anomalies)
        return (line(Span(f"not known: {found.in_words()}", "muted"), wraps=True),) if is_missed else ()
    lines = [line(found.in_words(), wraps=True)]
    if found.is_explained is False:
        told = f"at the load of now it usually is {format_quantity(found.usual, 's')}: the load does not explain it"
        lines.append(line(Span(told, "warning"), wraps=True))
    return tuple(lines)


def _carried(found: CapacityFinding, curve: LoadCurve) -> str:
    if found.need is None or found.objective is None:
        return f"of {curve.days:.0f} d"
    each = format_quantity(found.need.carried / found.need.replicas, "1/s")
    return f"{'≥ ' if found.need.is_at_least else ''}{each} within {format_quantity(found.objective, 's')}"


def _objective(found: CapacityFinding) -> Objective | None:
    if found.objective is None:
        return None
    return Objective(found.objective, format_quantity(found.objective, "s"))


def _markers(found: CapacityFinding, planned: int | None) -> Iterable[Marker]:
    if found.load is None or found.traffic is None:
        return
    yield Marker(found.load, f"now {found.replicas}")
    wanted = planned if planned is not None else found.need.needed if found.need is not None else None
    if wanted and wanted != found.replicas:
        yield Marker(found.traffic / wanted, f"with {wanted}")


def _short(signal: str) -> str:
    return SIGNALS[signal].title.removesuffix(" latency")
