"""A table above a picture and words about the row under the cursor; in turn, where there is no room for all."""

from collections.abc import Iterable
from typing import ClassVar, Literal

from textual import on
from textual.containers import Container
from textual.widget import Widget

from console.tui.actions.action import Action
from console.tui.panels.lines import Line
from console.tui.panels.text_block import TextBlock
from console.tui.screens.base import HEIGHT_CLASSES, WIDTH_CLASSES, ConsoleScreen
from console.tui.trail import FLEET_CRUMB, Crumb
from console.tui.widgets.table import LiveTable

Panel = Literal["all", "table", "picture", "words"]
"""What is shown where there is no room for everything; the picture and the words stand below the table."""

_WIDE = next(least for least, name in WIDTH_CLASSES if name == "-wide")
_SHORT = next(least for least, name in HEIGHT_CLASSES if name == "-short")


class TableScreen(ConsoleScreen):
    """What the drift, the quality and the pods of a model have in common.

    A subclass makes the table and the picture, and paints them.
    """

    PICTURE: ClassVar[str] = "picture"
    """What the footer calls the picture."""

    DEFAULT_CSS = """
    TableScreen {
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

    def compose_body(self) -> Iterable[Widget]:
        """Return the line about all rows, the table, the picture and the words."""
        return self.place, self.table, Container(self._picture, self.words, id="below")

    def on_mount(self) -> None:
        """Show as much as there is room for."""
        self._show_panel()

    def on_resize(self) -> None:
        """Show as much as there is room for."""
        self._show_panel()

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

    def works(self, action: Action) -> bool:
        """Return whether an action can do something now."""
        return len(self.panels) > 1 and not self.has_class("nothing") if action.method == "next_panel" else True

    def show_place(self, lines: tuple[Line, ...], *, has_rows: bool) -> None:
        """Show the lines above the table, alone where there are no rows that they could stand above."""
        self.place.set_lines(lines)
        had_rows = not self.has_class("nothing")
        self.set_class(not has_rows, "nothing")
        if has_rows and not had_rows:
            self.call_after_refresh(self._give_keys_to_the_table)

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
