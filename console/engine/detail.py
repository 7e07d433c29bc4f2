"""What the model screen shows: the signals of one model over the range that a person chose."""

import math
from collections.abc import Awaitable, Callable

import msgspec

from console.detect.capacity import capacity_of
from console.domain.alert import Alert
from console.domain.change import Change, ChangeKind
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.domain.signal import (
    ERROR_RATIO,
    FEATURE_DRIFT,
    KV_CACHE,
    LATENCY_MEAN,
    LATENCY_P50,
    LATENCY_P95,
    LATENCY_P99,
    MODEL_QUALITY,
    PREDICTION_DRIFT,
    QUEUE,
    SATURATION,
    TIME_TO_FIRST_TOKEN,
    TOKENS,
    TRAFFIC,
    Reading,
    Signal,
    State,
)
from console.domain.snapshot import ModelDetail, ModelView, Panel, Snapshot
from console.engine.evidence import limit_in_words
from console.engine.links import Links
from console.engine.load_curves import LoadCurves
from console.settings.settings import Settings
from console.transport.http import SourceError

STEPS = (5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0, 21_600.0, 86_400.0)
"""The ladder of steps (seconds): a range always falls on the same grid, so that past points never move."""
MOST_POINTS = 300
PATIENCE_SECONDS = 0.2
"""How much longer than for the charts a screen waits for the days that tell the capacity; a later one shows it."""

_PANELS: tuple[tuple[Signal, ...], ...] = (
    (LATENCY_P99, LATENCY_P95, LATENCY_P50, LATENCY_MEAN),
    (ERROR_RATIO,),
    (TRAFFIC,),
    (SATURATION, KV_CACHE),
    (QUEUE,),
    (TIME_TO_FIRST_TOKEN,),
    (TOKENS,),
    (FEATURE_DRIFT, PREDICTION_DRIFT),
    (MODEL_QUALITY,),
)
"""The charts in the order of their importance; the signals of one share its axis, the first that is known names it."""


def step_for(span: float, finest: float) -> float:
    """Return the finest step (seconds) of the ladder, not under `finest`, that shows a span in few enough points."""
    wanted = max(finest, span / MOST_POINTS)
    return next((step for step in STEPS if step >= wanted), math.ceil(wanted / STEPS[-1]) * STEPS[-1])


ReadsModel = Callable[[Model, Grid], Awaitable[tuple[dict[str, Series], str | None]]]
"""Returns the series of a model by signal name, and why some are not there; raises `SourceError`."""


class DetailReader:
    """Reads the series of one model over a range by `read`, which says why some are not there.

    What was read last stays while the source does not answer: the chart ends where its data does.
    """

    def __init__(self, read: ReadsModel, settings: Settings, links: Links, curves: LoadCurves) -> None:
        self._read = read
        self._curves = curves
        self._links = links
        self._settings = settings
        self._last: _Read | None = None

    async def take(self, snapshot: Snapshot, view: ModelView, span: float, shift: float) -> ModelDetail:
        """Return the detail of a model over `span` seconds that end `shift` seconds before the snapshot."""
        end = snapshot.at - max(0.0, shift)
        grid = Grid.until(end, span, step_for(span, self._settings.step))
        alerts = tuple(alert for alert in snapshot.alerts if alert.model_id == view.model.id)
        lines: dict[str, Series] = {}
        try:
            lines, why_not = await self._read(view.model, grid)
            self._last = _Read(view.model.id, shift, grid, lines)
        except SourceError as error:
            why_not = error.detail
            last = self._last
            if last is not None and last.fits(view.model.id, shift, grid):
                grid, lines = last.grid, last.lines
        found = await self._curves.of(view, snapshot.at, PATIENCE_SECONDS)
        panels = _panels(view, lines, grid)
        changes = tuple(sorted((*view.changes, *_alert_changes(alerts)), key=lambda change: change.at))
        return ModelDetail(
            at=snapshot.at,
            start=grid.start,
            end=grid.end,
            view=view,
            panels=panels,
            changes=tuple(change for change in changes if grid.start <= change.at <= grid.end),
            alerts=alerts,
            links=self._links.of(view, alerts, grid.start, grid.end),
            capacity=capacity_of(found, view),
            detail=why_not,
        )


class _Read(msgspec.Struct, frozen=True):
    """The series of a model that were read over a range which ended `shift` seconds before a snapshot."""

    model_id: str
    shift: float
    grid: Grid
    lines: dict[str, Series]

    def fits(self, model_id: str, shift: float, grid: Grid) -> bool:
        """Return whether a person who asks for this looks at the same as then."""
        is_same_span = (grid.step, grid.count) == (self.grid.step, self.grid.count)
        return self.model_id == model_id and self.shift == shift and is_same_span


def _panels(view: ModelView, lines: dict[str, Series], grid: Grid) -> tuple[Panel, ...]:
    panels = []
    for signals in _PANELS:
        known = [signal for signal in signals if signal.name in lines]
        told = [signal for signal in signals if signal.name in view.readings]
        if not known and not told:
            continue
        lead = next((s for s in known if s.name == view.headline_signal), (known or told)[0])
        reading = view.readings.get(lead.name, Reading(lead, State.NO_DATA))
        panels.append(
            Panel(
                signal=lead,
                lines={signal.name: lines[signal.name] for signal in known} or {lead.name: Series.empty(grid)},
                reading=reading,
                objective=reading.limit,
                objective_label=limit_in_words(reading),
            )
        )
    return tuple(panels)


def _alert_changes(alerts: tuple[Alert, ...]) -> list[Change]:
    return [Change(ChangeKind.ALERT, alert.since, f"alert {alert.name.shown}") for alert in alerts]
