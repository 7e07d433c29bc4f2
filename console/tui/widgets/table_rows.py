"""The rows of a live table, and which of them are in view with the cursor where: no Textual here."""

from collections.abc import Sequence
from typing import Literal

import msgspec

CellStyle = Literal["plain", "muted", "ok", "warning", "critical", "unknown", "accent"]
"""How a cell looks: an ink of a `LiveTable`."""

Mode = Literal["plain", "cursor", "gone"]
"""A row, the row under the cursor, or a cursor whose row has vanished."""


class Cell(msgspec.Struct, frozen=True):
    """Plain text, never markup, and how it looks.

    `mark` is one character right behind its column; `ending` follows the text, which gives way to it when cut.
    """

    text: str
    style: CellStyle = "plain"
    mark: str = ""
    ending: str = ""

    @property
    def whole(self) -> str:
        """Return the text with its ending."""
        return self.text + self.ending


class Row(msgspec.Struct, frozen=True):
    """The cells of one thing; `id` says which thing it is and is unique in its table."""

    id: str
    cells: tuple[Cell, ...]


class RowsInView:
    """Rows, a cursor that holds the id of a row, and the window of `height` rows that is seen.

    The cursor never changes because rows moved. When its row vanishes, the row as it was last seen stays
    in its place as gone, until the cursor is moved or the row returns.
    """

    def __init__(self) -> None:
        self.cursor: str | None = None
        self.gone: Row | None = None
        self.top = 0
        self.height = 0
        self._rows: list[Row] = []
        self._index_of: dict[str, int] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, row_id: object) -> bool:
        return row_id in self._index_of

    @property
    def cursor_index(self) -> int | None:
        """Return where the cursor stands, counted over all rows."""
        return None if self.cursor is None else self._index_of.get(self.cursor)

    def at(self, index: int) -> tuple[Row, Mode] | None:
        """Return a row and how it is shown, None past the end."""
        if not 0 <= index < len(self._rows):
            return None
        row = self._rows[index]
        if row.id != self.cursor:
            return row, "plain"
        return row, "cursor" if self.gone is None else "gone"

    def replace(self, rows: Sequence[Row], narrowed: bool = False) -> None:
        """Take other rows, keeping the cursor on its id and in view if it was in view.

        With `narrowed` the user asked for fewer rows: a cursor whose row left goes to the row in its place.

        Raises:
            ValueError: two rows have the same id; nothing was changed.
        """
        index_of = {row.id: index for index, row in enumerate(rows)}
        if len(index_of) != len(rows):
            raise ValueError(f"two of {len(rows)} rows have the same id")
        was_at, was_in_view = self.cursor_index, self._is_in_view()
        seen = None if was_at is None else self._rows[was_at]
        self._rows, self._index_of, self.gone = list(rows), index_of, None
        if self.cursor not in index_of:
            if seen is None or was_at is None or narrowed:
                self.cursor = rows[min(was_at or 0, len(rows) - 1)].id if rows else None
            else:
                self.gone = seen
                self._rows.insert(min(was_at, len(rows)), seen)
                self._index_of = {row.id: index for index, row in enumerate(self._rows)}
        self._clamp_top()
        if was_in_view:
            self.show_cursor()

    def move_to(self, row_id: str) -> bool:
        """Put the cursor on a row and bring it into view; tell whether there is such a row."""
        if row_id not in self._index_of:
            return False
        if row_id != self.cursor:
            self._leave_gone()
            self.cursor = row_id
        self.show_cursor()
        return True

    def move_by(self, steps: int) -> None:
        """Move the cursor so many rows down (up when negative), at most to the last or first row."""
        index = self.cursor_index
        if index is None:
            return
        target = min(max(index + steps, 0), len(self._rows) - 1)
        if target == index and self.gone is not None and len(self._rows) > 1:
            target = index - 1 if index else 1
        self.move_to(self._rows[target].id)

    def scroll_by(self, rows: int) -> None:
        """Move the window, not the cursor."""
        self.top += rows
        self._clamp_top()

    def show_cursor(self) -> None:
        """Scroll as little as is needed to see the cursor."""
        index = self.cursor_index
        if index is not None:
            self.top = max(min(self.top, index), index - max(self.height, 1) + 1)
            self._clamp_top()

    def resize(self, height: int) -> None:
        """Take another height, keeping the cursor in view if it was in view."""
        was_in_view = self.height == 0 or self._is_in_view()
        self.height = height
        self._clamp_top()
        if was_in_view:
            self.show_cursor()

    def _is_in_view(self) -> bool:
        index = self.cursor_index
        return index is None or self.top <= index < self.top + self.height

    def _clamp_top(self) -> None:
        self.top = max(0, min(self.top, len(self._rows) - self.height))

    def _leave_gone(self) -> None:
        if self.gone is not None:
            self._rows = [row for row in self._rows if row.id != self.gone.id]
            self._index_of = {row.id: index for index, row in enumerate(self._rows)}
            self.gone = None
            self._clamp_top()
