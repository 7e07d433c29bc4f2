"""The text of a table's lines: cells cut and padded to their columns."""

from collections.abc import Iterable, Sequence

from rich.cells import cell_len

from console.tui.widgets.canvas import Segments
from console.tui.widgets.cells import fit, shorten_before
from console.tui.widgets.columns import GAP, Column, PlacedColumn, place_columns
from console.tui.widgets.table_rows import Cell, Mode, Row

_NARROWEST_WITH_MARGINS = 8
_GUTTER: dict[Mode, str] = {"plain": " ", "cursor": "▌", "gone": "×"}
_TRACK, _THUMB = "│", "┃"
_BLANKS = " " * GAP
_NO_CELL = ("", "plain", "")

SortedBy = tuple[str, str]
"""The key of a column and the mark of the direction."""


class LineWriter:
    """Writes the lines of one table at one width: a gutter that marks the cursor, the cells, a scroll bar."""

    def __init__(self, columns: Sequence[Column], width: int, gone_text: str) -> None:
        self.columns = columns
        self.width = width
        self._gone_text = gone_text
        self._has_margins = width >= _NARROWEST_WITH_MARGINS
        self._inner = width - 2 if self._has_margins else width
        self._placed = place_columns(columns, self._inner)

    @property
    def shown_columns(self) -> list[str]:
        """Return the keys of the columns that fit."""
        return [self.columns[placed.index].key for placed in self._placed]

    def header(self, sorted_by: SortedBy | None = None) -> Segments:
        """Return the line of column titles; the one that the rows are sorted by bears its mark."""
        titles = (self._title(self.columns[placed.index], placed.width, sorted_by) for placed in self._placed)
        return self._line(" ", titles, "header", " ")

    def column_at(self, x: int) -> str | None:
        """Return the key of the column that stands at a cell of the line, gaps counted to the column before."""
        left = 1 if self._has_margins else 0
        for placed in self._placed:
            if left <= x < left + placed.width + GAP:
                return self.columns[placed.index].key
            left += placed.width + GAP
        return None

    def _title(self, column: Column, width: int, sorted_by: SortedBy | None) -> tuple[str, str, str]:
        mark = sorted_by[1] if sorted_by is not None and sorted_by[0] == column.key else ""
        if mark and column.align == "left" and cell_len(column.title) < width:
            return column.title + mark, "header", ""
        return column.title, "header", mark

    def row(self, row: Row, mode: Mode, bar: str) -> Segments:
        """Return the line of a row; one that is gone says so in its flexible (else its last) column."""
        if mode == "gone":
            return self._line(_GUTTER[mode], self._gone_cells(row), "gone", bar)
        cells = row.cells
        shown = (
            _shown(cells[placed.index], placed.width) if placed.index < len(cells) else _NO_CELL
            for placed in self._placed
        )
        return self._line(_GUTTER[mode], shown, "plain", bar)

    def message(self, text: str) -> Segments:
        """Return a line that holds nothing but a text."""
        margin = "  " if self._has_margins else ""
        return ((fit(margin + text, self.width), "muted"),)

    def blank(self, bar: str) -> Segments:
        """Return an empty line."""
        return self._line(" ", (), "plain", bar)

    def _gone_cells(self, row: Row) -> Iterable[tuple[str, str, str]]:
        says_so = next((placed for placed in self._placed if self.columns[placed.index].flexible), self._placed[-1])
        for placed in self._placed:
            if placed is says_so and len(self._placed) > 1:
                yield self._gone_text, "warning", ""
            else:
                yield row.cells[placed.index].whole if placed.index < len(row.cells) else "", "gone", ""

    def _line(self, gutter: str, cells: Iterable[tuple[str, str, str]], filler: str, bar: str) -> Segments:
        """Join cells to segments; neighbours of one style, and the gaps after them, become one."""
        segments: list[tuple[str, str]] = []
        text, style, used = (gutter, "gutter", 0) if self._has_margins else ("", filler, 0)
        for placed, (cell, cell_style, mark) in zip(self._placed, cells, strict=False):
            if cell_style != style:
                if text:
                    segments.append((text, style))
                text, style = "", cell_style
            column: PlacedColumn = placed
            gap = min(GAP, self._inner - used - column.width)
            text += fit(cell, column.width, self.columns[column.index].align) + (mark + _BLANKS)[:gap]
            used += column.width + gap
        if used < self._inner:
            text += " " * (self._inner - used)
        segments.append((text, style))
        if self._has_margins:
            segments.append((bar, "bar"))
        return tuple(segments)


def _shown(cell: Cell, width: int) -> tuple[str, str, str]:
    text = shorten_before(cell.text, cell.ending, width) if cell.ending else cell.text
    return text, cell.style, cell.mark


def scroll_bar(total: int, height: int, top: int) -> str:
    """Return one character for each of `height` rows: a thumb on a track, blank where all rows are in view."""
    if total <= height or height < 1:
        return " " * max(0, height)
    size = max(1, height * height // total)
    first = round(top * (height - size) / (total - height))
    return (_TRACK * first + _THUMB * size).ljust(height, _TRACK)
