"""The signals of an incident around its time, small enough to be kept in a line of the journal."""

import math
from collections.abc import Iterable, Mapping

from console.domain.anomaly import Anomaly
from console.domain.moments import floor_to_step
from console.domain.series import Grid, Series
from console.domain.signal import SIGNALS, TRAFFIC, Direction
from console.history.view import ModelHistory
from console.journal.incident_events import Course

MOST_POINTS = 120
"""Of one course: as many as a chart in a document can show."""
SIGNIFICANT_DIGITS = 5
_LEAD = 0.25
"""How much is kept of the time before an onset, as a share of the time since …"""
_LEAST_LEAD_SECONDS = 900.0
"""… and at least."""


def courses_of(model: ModelHistory, anomalies: Iterable[Anomaly], onset: float, at: float) -> tuple[Course, ...]:
    """Return the signals of anomalies and the traffic, from some time before the onset to an instant (UTC seconds).

    An onset within the last hour is shown on the fine grid, an older one at five-minute points where those are known.
    """
    found = ((signal, _around(model, signal, onset, at), limit) for signal, limit in _limits(anomalies).items())
    return tuple(course_of(signal, series, limit) for signal, series, limit in found if series is not None)


def courses_of_lines(lines: Mapping[str, Series], anomalies: Iterable[Anomaly]) -> tuple[Course, ...]:
    """Return the signals of anomalies and the traffic as they were read, by name."""
    limits = _limits(anomalies)
    return tuple(course_of(signal, lines[signal], limit) for signal, limit in limits.items() if signal in lines)


def grid_around(onset: float, at: float, step: float) -> Grid:
    """Return the grid from some time before an onset to an instant (UTC seconds): as fine as a course can be.

    Its spacing is a multiple of `step` (seconds).
    """
    span = at - _start(onset, at)
    return Grid.until(at, span, step * max(1, math.ceil(span / (step * (MOST_POINTS - 1)))))


def course_of(signal: str, series: Series, limit: float | None) -> Course:
    """Return a series with at most `MOST_POINTS` points: of each run of values that becomes one, the worst is kept."""
    each = max(1, math.ceil(series.grid.count / MOST_POINTS))
    values: list[float] = [float(value) for value in series.values]
    runs = [values[first : first + each] for first in range(0, len(values), each)]
    known = SIGNALS.get(signal)
    direction = known.bad if known is not None else Direction.NEITHER
    return Course(
        signal=signal,
        unit=known.unit if known is not None else "1",
        start=series.grid.start,
        step=series.grid.step * each,
        values=tuple(_one(run, direction) for run in runs),
        limit=limit,
    )


def _around(model: ModelHistory, signal: str, onset: float, at: float) -> Series | None:
    fine, coarse = model.fine.get(signal), model.as_far_back(signal)
    start = _start(onset, at)
    if coarse is not None and (fine is None or onset < fine.grid.start):
        return _since(coarse, floor_to_step(start, coarse.grid.step))
    return _since(fine, floor_to_step(start, fine.grid.step)) if fine is not None else None


def _start(onset: float, at: float) -> float:
    return onset - max(_LEAST_LEAD_SECONDS, _LEAD * (at - onset))


def _limits(anomalies: Iterable[Anomaly]) -> dict[str, float | None]:
    """Return the limits of the signals to keep, those of the anomalies in their order first."""
    limits: dict[str, float | None] = {}
    for anomaly in anomalies:
        if anomaly.signal is not None:
            limits.setdefault(anomaly.signal, anomaly.limit)
    return {**limits, TRAFFIC.name: limits.get(TRAFFIC.name)}


def _since(series: Series, start: float) -> Series:
    first = min(series.grid.count - 1, max(0, round((start - series.grid.start) / series.grid.step)))
    grid = Grid(series.grid.instant(first), series.grid.step, series.grid.count - first)
    return Series(grid, series.values[first:])


def _one(run: list[float], direction: Direction) -> float | None:
    numbers = [value for value in run if math.isfinite(value)]
    if not numbers:
        return None
    if direction is Direction.HIGH:
        kept = max(numbers)
    elif direction is Direction.LOW:
        kept = min(numbers)
    else:
        kept = sorted(numbers)[len(numbers) // 2]
    return float(f"{kept:.{SIGNIFICANT_DIGITS}g}")
