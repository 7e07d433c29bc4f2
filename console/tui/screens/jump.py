"""Finding a model by some letters of its name, from every screen."""

from collections.abc import Iterable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widget import Widget
from textual.widgets import Input

from console.domain.label import harmless
from console.domain.snapshot import Snapshot
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.fleet_order import ordered
from console.tui.fleet_rows import what_happened
from console.tui.fuzzy import fit_of
from console.tui.screens.base import ConsoleScreen
from console.tui.spoken.fleet import spoken_columns, spoken_rows
from console.tui.trail import Crumb
from console.tui.widgets.columns import Column
from console.tui.widgets.table import LiveTable
from console.tui.widgets.table_rows import Cell, Row
from console.tui.wording import GLYPH_OF_MINE, GLYPH_OF_STATUS, STYLE_OF_STATUS

_COLUMNS = (Column("model", "  model", 20, 32), Column("what", "what happened", 20, 20, drop=1, flexible=True))


class JumpScreen(ConsoleScreen):
    """A line to type on, above the models that fit, the best first."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of(actions_in(Where.EVERYWHERE)),
        Binding("down,ctrl+n", "move('cursor_down')", show=False),
        Binding("up", "move('cursor_up')", show=False),
        Binding("pagedown", "move('page_down')", show=False),
        Binding("pageup", "move('page_up')", show=False),
    ]

    DEFAULT_CSS = """
    JumpScreen > #letters { height: 1; border: none; padding: 0 1; background: $surface; }
    """

    def __init__(self, way: tuple[Crumb, ...], *, reads_aloud: bool = False) -> None:
        super().__init__()
        self._reads_aloud = reads_aloud
        self._way = way
        self._letters = Input(placeholder="letters of a model's name", id="letters", compact=True)
        self._table = LiveTable(
            spoken_columns() if reads_aloud else _COLUMNS,
            empty_text="reading the sources…",
            gone_text="no longer there",
            reads_aloud=reads_aloud,
            id="found",
        )
        self._table.can_focus = False
        self._known: Snapshot | None = None
        self._rows: list[tuple[str, Row]] = []

    def compose_body(self) -> Iterable[Widget]:
        """Return the line and what was found."""
        return self._letters, self._table

    def on_mount(self) -> None:
        """Give the keys to the line."""
        self.set_focus(self._letters)

    def trail(self) -> tuple[Crumb, ...]:
        """Return where the search began."""
        return (*self._way, Crumb("find"))

    @property
    def subject(self) -> str:
        """Return what the screen is about."""
        return "find"

    def works(self, action: Action) -> bool:
        """Return whether an action works here: letters are typed."""
        return action.id not in ("app.jump", "app.command")

    def footer_keys(self) -> list[tuple[str, str]]:
        """Return the keys of the search."""
        return [("enter", "open"), ("↑ ↓", "choose"), ("esc", "back")]

    def paint(self) -> None:
        """Show the newest models; the cursor stays on its model."""
        self._find(typed=False)
        self.paint_frame()

    @on(Input.Changed, "#letters")
    def _typed(self) -> None:
        self._find(typed=True)

    @on(Input.Submitted, "#letters")
    def _chosen(self) -> None:
        if self._table.cursor_id is not None:
            self._table.action_choose_row()

    @on(LiveTable.RowChosen)
    def _open(self, event: LiveTable.RowChosen) -> None:
        self.console.jump_to(event.row_id)

    def action_move(self, how: str) -> None:
        """Move the cursor while letters are typed."""
        getattr(self._table, f"action_{how}")()

    def _find(self, *, typed: bool) -> None:
        """Show what fits; after a letter the cursor goes to the best, after a refresh it stays."""
        snapshot = self.console.snapshot
        if snapshot is None:
            return
        if snapshot is not self._known:
            self._known, self._rows = snapshot, self._rows_of(snapshot)
        query = self._letters.value.casefold()
        fits = [(fit, row) for text, row in self._rows if (fit := fit_of(query, text)) is not None]
        fits.sort(key=lambda pair: -pair[0])
        rows = [row for _, row in fits]
        told = f"no model's name holds “{harmless(self._letters.value, 60)}”" if query else "no models"
        self._table.set_rows(rows, narrowed=typed, empty_text=told)
        if typed and rows:
            self._table.move_cursor(rows[0].id)

    def _rows_of(self, snapshot: Snapshot) -> list[tuple[str, Row]]:
        marks = self.console.keeping.marks
        found = []
        for view in ordered(snapshot.models, None, lambda view: marks.is_mine(view.model)):
            mark = GLYPH_OF_MINE if marks.is_mine(view.model) else " "
            name = f"{GLYPH_OF_STATUS[view.status]}{mark}{view.model.shown_id}"
            cells = (Cell(name, STYLE_OF_STATUS[view.status]), what_happened(view, snapshot.at))
            found.append(Row(view.model.id, cells))
        rows = spoken_rows(found, snapshot, marks) if self._reads_aloud else found
        return [(row.id.casefold(), row) for row in rows]
