"""What the drift and the quality of a model have in common: one detail to read, versions that are shown alone."""

from typing import ClassVar

from textual.widget import Widget

from console.domain.command import StopWatchingPredictions, WatchPredictions
from console.domain.label import harmless
from console.domain.prediction_detail import PredictionDetail
from console.domain.signal import Signal
from console.domain.snapshot import Snapshot
from console.tui.actions.action import Action
from console.tui.panels.lines import Line, Span, line
from console.tui.screens.table_screen import TableScreen
from console.tui.widgets.table import LiveTable


class PredictionScreen(TableScreen):
    """A table of columns or metrics; it asks the engine for the drift and the quality while it is open."""

    SIGNAL: ClassVar[Signal]
    """The signal of the fleet that the screen explains."""

    def __init__(self, model_id: str, table: LiveTable, picture: Widget) -> None:
        super().__init__(model_id, table, picture)
        self._detail: PredictionDetail | None = None
        self._version: str | None = None

    def on_mount(self) -> None:
        """Ask for what the predictions tell of the model, and show what was told of it last."""
        known = self.console.predictions
        if known is not None and known.model_id == self.model_id:
            self._detail = known
        self.send(WatchPredictions(self.model_id))

    def on_unmount(self) -> None:
        """Ask for it no longer, unless the other of both screens was opened instead."""
        others = (each for each in self.app.screen_stack if each is not self)
        if not any(isinstance(each, PredictionScreen) for each in others):
            self.send(StopWatchingPredictions())

    def show_predictions(self, detail: PredictionDetail) -> None:
        """Show the newest drift and quality."""
        if detail.model_id == self.model_id:
            self._detail = detail
            self.paint()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Paint header and footer: what else is shown comes with a detail."""
        self.paint_frame()

    @property
    def versions(self) -> tuple[str, ...]:
        """Return the versions that can be shown alone."""
        return ()

    def action_next_version(self) -> None:
        """Show the next version alone, or all together."""
        choices = (None, *self.versions)
        place = choices.index(self._version) if self._version in choices else 0
        self._version = choices[(place + 1) % len(choices)]
        self.paint()

    def hint(self) -> tuple[Span, ...]:
        """Return the version that is shown alone."""
        if self._version is None:
            return ()
        return (Span(f" only version {harmless(self._version)} ", "loud"),)

    def works(self, action: Action) -> bool:
        """Return whether an action can do something now."""
        return bool(self.versions) if action.method == "next_version" else super().works(action)

    def why_nothing(self, what: str) -> tuple[Line, ...]:
        """Return why there is nothing to show of the drift or the quality."""
        if self._detail is None:
            return (line(Span(f"reading the {what} of the predictions …", "muted")),)
        known = self._known_reason()
        reason = self._detail.detail or known or f"no {what} is known of this model: its predictions are not configured"
        return (line(Span("? ", "unknown"), Span(harmless(reason, 2000)), wraps=True),)

    def _known_reason(self) -> str | None:
        """Return why the fleet has no such number of the model either."""
        snapshot = self.console.snapshot
        view = snapshot.find(self.model_id) if snapshot is not None else None
        reading = view.readings.get(self.SIGNAL.name) if view is not None else None
        return reading.detail if reading is not None else None
