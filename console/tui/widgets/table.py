"""A table for data that never stands still: the cursor holds an id, and only what changed is painted."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip

from console.tui.actions.table import TABLE_ACTIONS
from console.tui.bindings import bindings_of
from console.tui.widgets.changed import changed_cells
from console.tui.widgets.columns import Column
from console.tui.widgets.inked import Ink, Inked
from console.tui.widgets.table_lines import LineWriter, SortedBy, scroll_bar
from console.tui.widgets.table_rows import Mode, Row, RowsInView
from console.tui.widgets.table_sentences import SentenceWriter

_LOWEST_WITH_HEADER = 3
_WHEEL_ROWS = 3
_KEPT_STRIPS = 512

LineKey = tuple[Row | None, Mode, str]
"""What decides how a line looks: its row, the row's mode, its part of the scroll bar."""


class LiveTable(Inked, can_focus=True):
    """Rows under declared columns; its size comes from its container.

    The cursor is keyed by row id: sorting, inserting and removing rows never move it to another row.
    A refresh asks for no layout and paints only the lines that look different.
    """

    class RowMessage(Message):
        """Something happened to a row."""

        def __init__(self, table: "LiveTable", row_id: str) -> None:
            super().__init__()
            self.table = table
            self.row_id = row_id

        @property
        def control(self) -> "LiveTable":
            """Return the table, for selectors in `@on`."""
            return self.table

    class RowHighlighted(RowMessage):
        """The cursor came to this row, or the cursor's row returned after it was gone."""

    class RowChosen(RowMessage):
        """The user pressed enter on this row, or clicked it twice."""

    class RowGone(RowMessage):
        """The cursor's row vanished from the data, or the user tried to choose a row that has."""

    class HeaderClicked(Message):
        """The user clicked the title of a column."""

        def __init__(self, table: "LiveTable", column: str) -> None:
            super().__init__()
            self.table = table
            self.column = column

        @property
        def control(self) -> "LiveTable":
            """Return the table, for selectors in `@on`."""
            return self.table

    INKS: ClassVar[Mapping[str, Ink]] = {
        "plain": Ink("foreground"),
        "muted": Ink("foreground-muted"),
        "ok": Ink("text-success"),
        "warning": Ink("text-warning"),
        "critical": Ink("text-error", "bold"),
        "unknown": Ink("text-secondary"),
        "accent": Ink("text-accent"),
        "header": Ink("foreground-muted"),
        "bar": Ink("foreground-disabled"),
        "gutter": Ink("foreground"),
        "gone": Ink("foreground-muted", "strike"),
        "cursor": Ink("", "", "surface-lighten-1"),
        "focused cursor": Ink("", "bold", "block-cursor-blurred-background"),
    }

    DEFAULT_CSS = "LiveTable { width: 1fr; height: 1fr; }"

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_of(TABLE_ACTIONS),
        Binding("enter", "choose_row", "Open", show=False, id="table.choose"),
    ]

    ALLOW_SELECT = False  # dragging selects nothing: the text under the mouse may be another row's by now

    def __init__(
        self,
        columns: Sequence[Column],
        *,
        empty_text: str = "nothing to show",
        gone_text: str = "gone",
        reads_aloud: bool = False,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 - every Textual widget calls it so
        classes: str | None = None,
    ) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._rows = RowsInView()
        self._empty_text = empty_text
        self._make_writer = SentenceWriter if reads_aloud else LineWriter
        self._writer = self._make_writer(tuple(columns), 0, gone_text)
        self._gone_text = gone_text
        self._sorted_by: SortedBy | None = None
        self._header_lines = 0
        self._known_size = (0, 0)
        self._painted: dict[int, str | None] = {}
        self._strips: LRUCache[LineKey, Strip] = LRUCache(_KEPT_STRIPS)
        self._styles_by_key: dict[tuple[str, Mode], Style] = {}
        self._bar = ""

    @property
    def cursor_id(self) -> str | None:
        """Return the id under the cursor, also when its row is gone; None while there are no rows."""
        return self._rows.cursor

    @property
    def cursor_is_gone(self) -> bool:
        """Tell whether the cursor's row has vanished from the data."""
        return self._rows.gone is not None

    @property
    def cursor_place(self) -> Offset | None:
        """Return the cell of the screen at which the row of the cursor begins, None while it is out of view."""
        index = self._rows.cursor_index
        if index is None or not 0 <= index - self._rows.top < self._rows.height:
            return None
        return self.region.offset + Offset(0, self._header_lines + index - self._rows.top)

    @property
    def painted_ids(self) -> list[str]:
        """Return the ids of the rows as they stand painted on the screen, top first: what number keys mean."""
        lines = range(self._header_lines, self.size.height)
        return [row_id for y in lines if (row_id := self._painted.get(y)) is not None]

    @property
    def shown_columns(self) -> list[str]:
        """Return the keys of the columns that fit into the present width."""
        self._adopt_size()
        return self._writer.shown_columns

    def set_rows(self, rows: Sequence[Row], *, narrowed: bool = False, empty_text: str | None = None) -> None:
        """Show these rows; the cursor stays on its id.

        `narrowed` says that the user asked for fewer rows (a filter): a cursor whose row left then moves to the
        row in its place instead of staying as gone. `empty_text` is the reason why there are no rows.

        Raises:
            ValueError: two rows have the same id.
        """
        with self._repainting():
            self._rows.replace(rows, narrowed)
            if empty_text is not None and empty_text != self._empty_text:
                self._empty_text = empty_text
                if not rows:
                    self.refresh()

    def set_columns(self, columns: Sequence[Column]) -> None:
        """Show these columns from now on; the rows that have them come next."""
        if tuple(columns) != tuple(self._writer.columns):
            self._writer = self._make_writer(tuple(columns), self._writer.width, self._gone_text)
            self._strips.clear()
            self.refresh()

    def show_order(self, sorted_by: SortedBy | None) -> None:
        """Mark the column that the rows are sorted by; the caller sorts them."""
        if sorted_by != self._sorted_by:
            self._sorted_by = sorted_by
            self.refresh(Region(0, 0, self.size.width, 1))

    def move_cursor(self, row_id: str) -> bool:
        """Put the cursor on a row and scroll to it; tell whether there is such a row."""
        with self._repainting():
            return self._rows.move_to(row_id)

    def action_cursor_down(self) -> None:
        """Go to the next row."""
        self._move_by(1)

    def action_cursor_up(self) -> None:
        """Go to the row before."""
        self._move_by(-1)

    def action_cursor_first(self) -> None:
        """Go to the first row."""
        self._move_by(-len(self._rows))

    def action_cursor_last(self) -> None:
        """Go to the last row."""
        self._move_by(len(self._rows))

    def action_page_down(self) -> None:
        """Go down as many rows as are in view."""
        self._move_by(max(1, self._rows.height - 1))

    def action_page_up(self) -> None:
        """Go up as many rows as are in view."""
        self._move_by(-max(1, self._rows.height - 1))

    def action_half_page_down(self) -> None:
        """Go down half as many rows as are in view."""
        self._move_by(max(1, self._rows.height // 2))

    def action_half_page_up(self) -> None:
        """Go up half as many rows as are in view."""
        self._move_by(-max(1, self._rows.height // 2))

    def action_choose_row(self) -> None:
        """Choose the row under the cursor; one that is gone cannot be chosen."""
        if (row_id := self.cursor_id) is not None:
            self.post_message(self.RowGone(self, row_id) if self.cursor_is_gone else self.RowChosen(self, row_id))

    def on_click(self, event: events.Click) -> None:
        """Move the cursor to the row that was painted under the mouse; choose it when it was clicked before."""
        offset = event.get_content_offset(self)
        if offset is not None and offset.y < self._header_lines:
            if (column := self._writer.column_at(offset.x)) is not None:
                self.post_message(self.HeaderClicked(self, column))
            return
        row_id = None if offset is None else self._painted.get(offset.y)
        if row_id is None or row_id not in self._rows:
            return
        if event.chain > 1 and row_id == self.cursor_id:
            self.action_choose_row()
        else:
            self.move_cursor(row_id)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll the rows; the cursor stays where it is."""
        self._scroll_by(_WHEEL_ROWS, event)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll the rows; the cursor stays where it is."""
        self._scroll_by(-_WHEEL_ROWS, event)

    def notify_style_update(self) -> None:
        """Forget what was painted in the styles of before."""
        super().notify_style_update()
        self._styles_by_key.clear()
        self._strips.clear()

    def render_line(self, y: int) -> Strip:
        """Return one painted line."""
        self._adopt_size()
        if y < self._header_lines:
            return self._strip(self._writer.header(self._sorted_by), "plain")
        key = self._line_key(y)
        row, mode, bar = key
        self._painted[y] = None if row is None else row.id
        if len(self._rows) == 0 and y == self._header_lines:
            return self._strip(self._writer.message(self._empty_text), mode)
        strip = self._strips.get(key)
        if strip is None:
            told = self._writer.blank(bar) if row is None else self._writer.row(row, mode, bar)
            strip = self._strips[key] = self._strip(told, mode)
        return strip

    def _move_by(self, steps: int) -> None:
        with self._repainting():
            self._rows.move_by(steps)

    def _scroll_by(self, rows: int, event: events.MouseEvent) -> None:
        event.stop()
        with self._repainting():
            self._rows.scroll_by(rows)

    @contextmanager
    def _repainting(self) -> Iterator[None]:
        """Repaint the lines, and post the messages, that a change of the rows or the cursor asks for."""
        self._adopt_size()
        lines = range(self._header_lines, self.size.height)
        before = [self._line_key(y) for y in lines]
        was_empty = len(self._rows) == 0
        cursor_before = (self.cursor_id, self.cursor_is_gone)
        yield
        self._bar = scroll_bar(len(self._rows), self._rows.height, self._rows.top)
        changed = [y for y, old in zip(lines, before, strict=True) if self._line_key(y) != old]
        if was_empty != (len(self._rows) == 0) and lines and self._header_lines not in changed:
            changed.append(self._header_lines)
        if changed:
            self.refresh(*(self._changed_region(y, before[y - lines.start]) for y in changed))
        cursor = (self.cursor_id, self.cursor_is_gone)
        if cursor != cursor_before and (row_id := self.cursor_id) is not None:
            kind = self.RowGone if self.cursor_is_gone else self.RowHighlighted
            self.post_message(kind(self, row_id))

    def _changed_region(self, y: int, before: LineKey) -> Region:
        """Return the cells of a line that look different; all of them where nobody knows how it looked."""
        old, (row, mode, bar) = self._strips.get(before), self._line_key(y)
        if old is None or row is None or len(self._rows) == 0:
            return Region(0, y, self.size.width, 1)
        new = self._strip(self._writer.row(row, mode, bar), mode)
        x, width = changed_cells([segment[:2] for segment in old], [segment[:2] for segment in new])
        return Region(x, y, width, 1)

    def _adopt_size(self) -> None:
        """Take over the widget's size; Textual repaints all lines of a widget that was resized."""
        width, height = size = tuple(self.size)
        if size == self._known_size:
            return
        self._known_size = (width, height)
        self._header_lines = 1 if height >= _LOWEST_WITH_HEADER else 0
        self._rows.resize(height - self._header_lines)
        self._bar = scroll_bar(len(self._rows), self._rows.height, self._rows.top)
        if width != self._writer.width:
            self._writer = self._make_writer(self._writer.columns, width, self._gone_text)
            self._strips.clear()

    def _line_key(self, y: int) -> LineKey:
        line = y - self._header_lines
        bar = self._bar[line] if line < len(self._bar) else " "
        shown = self._rows.at(self._rows.top + line)
        return (None, "plain", bar) if shown is None else (*shown, bar)

    def _strip(self, segments: Sequence[tuple[str, str]], mode: Mode) -> Strip:
        return Strip([Segment(text, self._style(key, mode)) for text, key in segments], self._writer.width)

    def _style(self, key: str, mode: Mode) -> Style:
        style = self._styles_by_key.get((key, mode))
        if style is None:
            style = self.inked(key)
            if mode != "plain" and key != "bar":
                cursor = self.inked("focused cursor" if self.has_focus else "cursor")
                style += Style(bgcolor=cursor.bgcolor, bold=cursor.bold)
            self._styles_by_key[key, mode] = style
        return style
