"""What the drift and the quality of a model have in common: a table, a picture and words, and one detail to read."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from textual import on
from textual.containers import Container
from textual.widget import Widget

from console.domain.command import StopWatchingPredictions, WatchPredictions
from console.domain.label import harmless
from console.domain.prediction_detail import PredictionDetail
from console.domain.signal import Signal
from console.domain.snapshot import Snapshot
from console.tui.actions.action import Action
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.text_block import TextBlock
from console.tui.screens.base import HEIGHT_CLASSES, WIDTH_CLASSES, ConsoleScreen
from console.tui.trail import FLEET_CRUMB, Crumb
from console.tui.widgets.table import LiveTable

Panel = Literal["all", "table", "picture", "words"]
"""What is shown where there is no room for everything; the picture and the words stand below the table."""

_WIDE = next(least for least, name in WIDTH_CLASSES if name == "-wide")
_SHORT = next(least for least, name in HEIGHT_CLASSES if name == "-short")


class PredictionScreen(ConsoleScreen):
    """A table above a picture and words about the row under the cursor; it asks the engine for both while it is open.

    A subclass makes the table and the picture, and paints them.
    """

    SIGNAL: ClassVar[Signal]
    """The signal of the fleet that the screen explains."""
    PICTURE: ClassVar[str] = "picture"
    """What the footer calls the picture."""

    DEFAULT_CSS = """
    PredictionScreen {
        & > #place { height: 2; padding: 0 1; background: $surface; }
        & > LiveTable { height: 2fr; }
        & > #below { layout: horizontal; height: 3fr; border-top: solid $foreground-disabled; }
        & #picture { padding: 0 1; }
        & #words { width: 46; height: 1fr; padding: 0 1; border-left: solid $foreground-disabled; }
        &.picture #words, &.words #picture { display: none; }
        &.words #words { width: 1fr; border-left: none; }
        &.-low > #place { height: 1; }
        &.nothing > #place { height: 1fr; }
        &.nothing > LiveTable, &.nothing > #below { display: none; }
        &.-low > #below { border-top: none; }
        &.-low.table > #below { display: none; }
        &.-low.picture > LiveTable, &.-low.words > LiveTable { display: none; }
        &.-plain > #place { padding: 0; }
        &.-plain > #below { height: 2fr; }
        &.-plain #picture { display: none; }
        &.-plain #words { width: 1fr; padding: 0; border-left: none; }
        &.-plain > #below { border-top: none; }
    }
    """

    def __init__(self, model_id: str, table: LiveTable, picture: Widget) -> None:
        super().__init__()
        self.model_id = model_id
        self.table = table
        self.place = TextBlock(id="place")
        self.words = TextBlock(id="words")
        self._picture = picture
        self._chosen = 0
        self._detail: PredictionDetail | None = None
        self._version: str | None = None

    def compose_body(self) -> Iterable[Widget]:
        """Return the line about all rows, the table, the picture and the words."""
        return self.place, self.table, Container(self._picture, self.words, id="below")

    def on_mount(self) -> None:
        """Ask for what the predictions tell of the model, and show what was told of it last."""
        known = self.console.predictions
        if known is not None and known.model_id == self.model_id:
            self._detail = known
        self.send(WatchPredictions(self.model_id))
        self._show_panel()
        super().on_mount()

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

    def on_resize(self) -> None:
        """Show as much as there is room for."""
        self._show_panel()
        super().on_resize()

    @property
    def versions(self) -> tuple[str, ...]:
        """Return the versions that can be shown alone."""
        return ()

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Return what can be shown in turn at this size."""
        is_low = self.app.size.height < _SHORT
        if self.console.look.is_plain:
            return ("table", "words") if is_low else ("all",)
        if is_low:
            return "table", "picture", "words"
        return ("all",) if self.app.size.width >= _WIDE else ("picture", "words")

    def label_of(self, action: Action) -> str:
        """Return what the footer calls an action here and now."""
        if action.method != "next_panel":
            return super().label_of(action)
        following = self.panels[(self._chosen + 1) % len(self.panels)]
        return self.PICTURE if following == "picture" else following

    def _show_panel(self) -> None:
        shown = self.panels[self._chosen % len(self.panels)]
        for panel in ("table", "picture", "words"):
            self.set_class(shown == panel, panel)
        self.call_after_refresh(self._give_keys_to_the_table)

    def _give_keys_to_the_table(self) -> None:
        """Give the keys to the table: what is hidden loses them, and nothing gives them back."""
        if self.focused is None and self.table.display:
            self.set_focus(self.table)

    def action_next_panel(self) -> None:
        """Show the next of what there is no room for at once."""
        self._chosen = (self._chosen + 1) % len(self.panels)
        self._show_panel()
        self.paint_frame()

    def action_scroll_text(self, rows: int) -> None:
        """Scroll the words."""
        self.words.scroll_text(rows)

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
        if action.method == "next_version":
            return bool(self.versions)
        if action.method == "next_panel":
            return len(self.panels) > 1 and not self.has_class("nothing")
        return True

    def show_place(self, lines: tuple[Line, ...], *, has_rows: bool) -> None:
        """Show the lines above the table, alone where there are no rows that they could stand above."""
        self.place.set_lines(lines)
        had_rows = not self.has_class("nothing")
        self.set_class(not has_rows, "nothing")
        if has_rows and not had_rows:
            self.call_after_refresh(self._give_keys_to_the_table)

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

    @property
    def subject(self) -> str:
        """Return what the screen is about."""
        return f"{self.model_id}-{self.WHERE.value}"

    @property
    def model_here(self) -> str | None:
        """Return the model."""
        return self.model_id

    def trail(self) -> tuple[Crumb, ...]:
        """Return the way to this screen."""
        return FLEET_CRUMB, self.console.crumb_of(self.model_id), Crumb(self.WHERE.value)

    @on(LiveTable.RowHighlighted)
    @on(LiveTable.RowGone)
    def _cursor_moved(self) -> None:
        self.paint_selected(back_to_top=True)
        self.paint_frame()

    def paint_selected(self, *, back_to_top: bool) -> None:
        """Paint the picture and the words of the row under the cursor."""
