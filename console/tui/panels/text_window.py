"""What is seen of some lines in a rectangle, from where a person scrolled it to: no Textual here."""

from collections.abc import Sequence

from console.tui.panels.lines import Line, PaintedRow, Span, lay_out, put_at_right
from console.tui.widgets.cells import shorten

_LEAST_SCROLLED_ALOUD = 3
"""Rows under which nothing is given up for telling how much is hidden."""
_NOWHERE = (-1, -1)


class TextWindow:
    """Lines in a size; where there are more of them the last row says how many."""

    def __init__(self) -> None:
        self.rows: list[PaintedRow] = []
        self._lines: tuple[Line, ...] = ()
        self._kept = 0
        self._top = 0
        self._all_rows: list[PaintedRow] = []
        self._size = _NOWHERE
        self._reads_aloud = False

    @property
    def is_at_end(self) -> bool:
        """Return whether the last line is in view."""
        return self._top + self._size[1] >= len(self._all_rows)

    def fit(self, width: int, height: int, *, reads_aloud: bool) -> None:
        """Take a size (cells, rows); the line that must be seen is in view in the new one, too."""
        if (width, height, reads_aloud) != (*self._size, self._reads_aloud):
            is_other_width = (width, reads_aloud) != (self._size[0], self._reads_aloud)
            self._size, self._reads_aloud = (width, height), reads_aloud
            if is_other_width:
                self._all_rows = self._laid_out(self._lines)
            self._cut(shows_kept=self._kept > 0)

    def set_lines(self, lines: Sequence[Line], *, keep: int = 0, back_to_top: bool = False) -> bool:
        """Show these lines, scrolled so far that the one with the index `keep` is seen when that has become another.

        Else it stays where a person scrolled it to. Return whether anything is another than before.
        """
        if tuple(lines) == self._lines and keep == self._kept and not back_to_top:
            return False
        shows_kept = keep != self._kept or back_to_top
        self._lines, self._kept = tuple(lines), keep
        if back_to_top:
            self._top = 0
        if self._size != _NOWHERE:
            self._all_rows = self._laid_out(self._lines)
            self._cut(shows_kept)
        return True

    def scroll(self, rows: int) -> None:
        """Show what stands some rows further down (up when negative)."""
        self._top += rows
        self._cut(shows_kept=False)

    def scroll_to_end(self) -> None:
        """Show the last lines."""
        self.scroll(len(self._all_rows))

    def _laid_out(self, lines: Sequence[Line]) -> list[PaintedRow]:
        """Return all rows that some lines take in this width."""
        return laid_out(lines, self._size[0], reads_aloud=self._reads_aloud)

    def _cut(self, shows_kept: bool) -> None:
        height, total = self._size[1], len(self._all_rows)
        if shows_kept:
            first = len(self._laid_out(self._lines[: self._kept]))
            last = len(self._laid_out(self._lines[: self._kept + 1]))
            self._top = min(max(self._top, last - height + (last < total)), first)
        self._top = max(0, min(self._top, total - height))
        self.rows = self._all_rows[self._top : self._top + height]
        hidden = total - self._top - height
        if hidden > 0 and self.rows:
            self.rows[-1] = self._last_row(self.rows[-1], hidden)

    def _last_row(self, row: PaintedRow, hidden: int) -> PaintedRow:
        """Return what stands in the last row while further ones are hidden below it."""
        width, height = self._size
        if not self._reads_aloud:
            return put_at_right(row, Span(f" ↓ {hidden + 1} more", "warning"), width)
        if height < _LEAST_SCROLLED_ALOUD:
            return (Span(shorten("".join(span.text for span in row) + " …", width), row[0].style),)
        return (Span(f"{hidden + 1} more lines below.", "warning"),)


def laid_out(lines: Sequence[Line], width: int, *, reads_aloud: bool) -> list[PaintedRow]:
    """Return the rows that some lines take in a width (cells), as they are painted or as they are read aloud."""
    if not reads_aloud:
        return lay_out(lines, width)
    from console.tui.spoken.lines import lay_out_spoken

    return lay_out_spoken(lines, width)
