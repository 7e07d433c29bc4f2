"""The lines of a table whose rows are sentences: no columns, no gutter, no scroll bar, a word where the cursor is."""

from collections.abc import Sequence

from rich.cells import cell_len

from console.tui.widgets.canvas import Segments
from console.tui.widgets.cells import fit
from console.tui.widgets.columns import Column
from console.tui.widgets.table_lines import SortedBy
from console.tui.widgets.table_rows import Mode, Row

_WORD_OF_MODE: dict[Mode, str] = {"plain": "", "cursor": "selected: ", "gone": "selected, "}


class SentenceWriter:
    """Writes the first cell of every row as a line of its own."""

    def __init__(self, columns: Sequence[Column], width: int, gone_text: str) -> None:
        self.columns = columns
        self.width = width
        self._gone_text = gone_text

    @property
    def shown_columns(self) -> list[str]:
        """Return the key of the only column."""
        return [self.columns[0].key]

    def header(self, sorted_by: SortedBy | None = None) -> Segments:
        """Return what the lines are, and the column that they are sorted by."""
        order = "" if sorted_by is None else f", sorted by {sorted_by[0]}"
        return ((fit(f"{self.columns[0].title}{order}", self.width), "header"),)

    def column_at(self, x: int) -> str | None:
        """Return no column: there is none to click."""
        return None

    def row(self, row: Row, mode: Mode, bar: str) -> Segments:
        """Return the line of a row."""
        cell = row.cells[0]
        gone = f"{self._gone_text}: " if mode == "gone" else ""
        return ((fit(_whole_clauses(f"{_WORD_OF_MODE[mode]}{gone}{cell.text}", self.width), self.width), cell.style),)

    def message(self, text: str) -> Segments:
        """Return a line that holds nothing but a text."""
        return ((fit(text, self.width), "muted"),)

    def blank(self, bar: str) -> Segments:
        """Return an empty line."""
        return ((" " * self.width, "plain"),)


def _whole_clauses(text: str, width: int) -> str:
    """Return as many clauses of a sentence, from its beginning, as fit into a width; at least a part of the first."""
    shown = text
    while cell_len(shown) > width and ";" in shown:
        shown = shown.rpartition(";")[0] + "."
    return shown
