"""The pages about one model: opened in the browser of one's own desktop, else copied and shown in full."""

from collections.abc import Iterable
from typing import ClassVar
from urllib.parse import urlsplit

from textual import on
from textual.binding import BindingType
from textual.widget import Widget

from console.domain.label import harmless
from console.domain.link import LONGEST_ADDRESS, Link
from console.tui.actions.action import Action, Where
from console.tui.actions.registry import actions_in
from console.tui.bindings import bindings_of
from console.tui.outside.browser import why_no_browser
from console.tui.panels.lines import Line, Span, line
from console.tui.panels.text_block import TextBlock
from console.tui.screens.base import ConsoleScreen
from console.tui.trail import FLEET_CRUMB, Crumb
from console.tui.widgets.columns import Column
from console.tui.widgets.table import LiveTable
from console.tui.widgets.table_rows import Cell, Row

_COLUMNS = (
    Column("number", "", 2, 2, "right"),
    Column("title", "page", 20, 44, flexible=True),
    Column("place", "where", 12, 40, drop=1),
)
_SENTENCES = (Column("page", "links of the model", 10, 10, flexible=True),)


class LinksScreen(ConsoleScreen):
    """A list above the address under the cursor; it stays as it was opened, so that no number changes its meaning."""

    WHERE = Where.LINKS
    BINDINGS: ClassVar[list[BindingType]] = list(bindings_of(actions_in(Where.LINKS)))

    DEFAULT_CSS = """
    LinksScreen {
        & > #links { height: 1fr; }
        & > #address { height: 1fr; border-top: solid $foreground-disabled; padding: 0 1; }
        &.-plain > #address { border-top: none; padding: 0; }
    }
    """

    def __init__(self, model_id: str, links: tuple[Link, ...], *, reads_aloud: bool = False) -> None:
        super().__init__()
        self.model_id = model_id
        self._links = links
        self._row = _sentence if reads_aloud else _row
        self._table = LiveTable(
            _SENTENCES if reads_aloud else _COLUMNS, empty_text="no links", reads_aloud=reads_aloud, id="links"
        )
        self._address = TextBlock(id="address")

    def compose_body(self) -> Iterable[Widget]:
        """Return the list and the address."""
        return self._table, self._address

    def on_mount(self) -> None:
        """Give the keys to the list."""
        self._table.set_rows([self._row(number, link) for number, link in enumerate(self._links, 1)])
        if self.focused is None:
            self.set_focus(self._table)

    def paint(self) -> None:
        """Show the address under the cursor."""
        self._paint_address(back_to_top=False)

    def _paint_address(self, *, back_to_top: bool) -> None:
        link = self._selected()
        self._address.set_lines(() if link is None else self._told(link), back_to_top=back_to_top)
        self.paint_frame()

    def _told(self, link: Link) -> tuple[Line, ...]:
        if not link.opens:
            shown = line(harmless(link.url, LONGEST_ADDRESS), wraps=True)
            return shown, line(Span("no http(s) address: it is shown, never opened", "warning"), wraps=True)
        why_not = why_no_browser(self.console.surroundings)
        key = self.console.keymap.first_key("links.open") or "its number"
        told = f"{key} copies it: {why_not}" if why_not else f"{key} opens it in your browser"
        return line(Span(link.url, "accent", link.url), wraps=True), line(Span(told, "muted"), wraps=True)

    def _selected(self) -> Link | None:
        row_id = self._table.cursor_id
        return None if row_id is None else self._links[int(row_id) - 1]

    @property
    def subject(self) -> str:
        """Return what the screen is about."""
        return f"{self.model_id}-links"

    def trail(self) -> tuple[Crumb, ...]:
        """Return the way to this screen."""
        return FLEET_CRUMB, self.console.crumb_of(self.model_id), Crumb("links")

    def works(self, action: Action) -> bool:
        """Return whether an action can do something for the link under the cursor."""
        link = self._selected()
        if action.id in ("links.open", "links.copy"):
            return link is not None and link.opens
        return True

    @on(LiveTable.RowHighlighted)
    def _cursor_moved(self) -> None:
        self._paint_address(back_to_top=True)

    @on(LiveTable.RowChosen)
    def action_open(self) -> None:
        """Open the page under the cursor."""
        link = self._selected()
        if link is not None:
            self.console.ways_out.open(link)

    def action_number(self, number: int) -> None:
        """Open the page with a number."""
        if number <= len(self._links):
            self._table.move_cursor(str(number))
            self.console.ways_out.open(self._links[number - 1])

    def action_copy(self) -> None:
        """Copy the address under the cursor."""
        link = self._selected()
        if link is not None and link.opens:
            self.console.ways_out.copy(link.url)


def _row(number: int, link: Link) -> Row:
    place = Cell(_place(link), "muted" if link.opens else "warning")
    return Row(str(number), (Cell(str(number), "accent"), Cell(harmless(link.title)), place))


def _sentence(number: int, link: Link) -> Row:
    return Row(str(number), (Cell(f"{number}, {harmless(link.title)}; {_place(link)}."),))


def _place(link: Link) -> str:
    return urlsplit(link.url).netloc if link.opens else "not a page"
