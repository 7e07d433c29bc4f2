"""A block of prepared lines on the line API: a refresh repaints what changed and never asks for a layout."""

from collections.abc import Callable, Mapping, Sequence
from itertools import takewhile
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip

from console.tui.panels.lines import Line, PaintedRow, Span, cells_of, lay_out, put_at_right
from console.tui.widgets.cells import shorten
from console.tui.widgets.inked import Ink, Inked

_WHEEL_ROWS = 3
_LEAST_SCROLLED_ALOUD = 3
"""Rows under which nothing is given up for telling how much is hidden."""
_LEAST_READABLE = (30, 4)
"""Cells and rows under which nobody can have read what asks for a confirmation."""
PLAIN_CLASS = "-plain"
"""The class of screens that are read aloud."""


class TextBlock(Inked):
    """Lines in a size that comes from the container; where there are more of them the last row says how many."""

    INKS: ClassVar[Mapping[str, Ink]] = {
        "plain": Ink("foreground"),
        "muted": Ink("foreground-muted"),
        "strong": Ink("foreground", "bold"),
        "title": Ink("text-primary", "bold"),
        "key": Ink("text-accent", "bold"),
        "ok": Ink("text-success"),
        "warning": Ink("text-warning"),
        "critical": Ink("text-error", "bold"),
        "unknown": Ink("text-secondary"),
        "accent": Ink("text-accent"),
        "loud": Ink("text-warning", "bold reverse"),
        "red": Ink("#ffffff", "bold", "#aa0000"),
        "amber": Ink("#000000", "bold", "#ffc24d"),
        "green": Ink("#000000", "bold", "#5fe05f"),
        "blue": Ink("#ffffff", "bold", "#0000aa"),
        "violet": Ink("#ffffff", "bold", "#6b2d86"),
        "grey": Ink("#ffffff", "bold", "#555555"),
    }

    DEFAULT_CSS = "TextBlock { width: 1fr; }"

    virtual_size = Reactive(Size(0, 0), layout=False)  # in another size it asks for no second layout

    ALLOW_SELECT = False  # the text under the mouse may be another line's by now

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()
        self._kept = 0
        self._top = 0
        self._all_rows: list[PaintedRow] = []
        self._window: list[PaintedRow] = []
        self._window_is_for = (-1, -1)
        self._styles_by_key: dict[str, Style] = {}

    @property
    def shown_text(self) -> str:
        """Return what is painted, as plain text."""
        self._adopt_size()
        return "\n".join("".join(span.text for span in row) for row in self._window)

    def set_lines(self, lines: Sequence[Line], *, keep: int = 0, back_to_top: bool = False) -> None:
        """Show these lines, scrolled so far that the one with the index `keep` is seen when that has become another.

        Only rows that look different are painted again; else the block stays where a person scrolled it to.
        """
        if tuple(lines) == self._lines and keep == self._kept and not back_to_top:
            return
        scrolls = keep != self._kept or back_to_top
        self._lines, self._kept = tuple(lines), keep
        if back_to_top:
            self._top = 0
        self._update_window(lays_out=True, shows_kept=scrolls)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows all lines take, where the height is `auto`."""
        return len(self._lay_out(self._lines, width))

    def scroll_text(self, rows: int) -> None:
        """Show what stands some rows further down (up when negative)."""
        self._top += rows
        self._update_window(lays_out=False, shows_kept=False)

    def scroll_to_end(self) -> None:
        """Show the last lines."""
        self._adopt_size()
        self.scroll_text(len(self._all_rows))

    @property
    def is_at_end(self) -> bool:
        """Return whether the last line is in view."""
        self._adopt_size()
        return self._top + self.size.height >= len(self._all_rows)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll_text(_WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll_text(-_WHEEL_ROWS)

    def notify_style_update(self) -> None:
        """Forget the styles that were taken from the theme."""
        super().notify_style_update()
        self._styles_by_key.clear()

    def render_line(self, y: int) -> Strip:
        """Return one painted row."""
        self._adopt_size()
        row = self._window[y] if y < len(self._window) else ()
        segments = [Segment(span.text, self._style_of(span)) for span in row]
        return Strip(segments).adjust_cell_length(self.size.width, self._style("plain"))

    def _update_window(self, *, lays_out: bool, shows_kept: bool) -> None:
        size = (self.size.width, self.size.height)
        if self._window_is_for != size:
            self._window_is_for = (-1, -1)
            self.refresh()
            return
        before = self._window
        if lays_out:
            self._all_rows = self._lay_out(self._lines, size[0])
        self._cut_window(shows_kept)
        changed = [
            self._changed_region(y, before) for y in range(size[1]) if before[y : y + 1] != self._window[y : y + 1]
        ]
        if changed:
            self.refresh(*changed)

    def _changed_region(self, y: int, before: list[PaintedRow]) -> Region:
        """Return the cells of a row that look different, up to its end: rows of text are not equally long."""
        width = self.size.width
        old, new = ([span for row in rows[y : y + 1] for span in row] for rows in (before, self._window))
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
        x = cells_of([span for _, span in alike])
        return Region(min(x, width - 1), y, width - min(x, width - 1), 1)

    def _adopt_size(self) -> None:
        size = (self.size.width, self.size.height)
        if self._window_is_for != size:
            self._window_is_for = size
            self._all_rows = self._lay_out(self._lines, size[0])
            self._cut_window(shows_kept=self._kept > 0)

    def _cut_window(self, shows_kept: bool) -> None:
        width, height = self.size
        total = len(self._all_rows)
        if shows_kept:
            first = len(self._lay_out(self._lines[: self._kept], width))
            last = len(self._lay_out(self._lines[: self._kept + 1], width))
            self._top = min(max(self._top, last - height + (last < total)), first)
        self._top = max(0, min(self._top, total - height))
        self._window = self._all_rows[self._top : self._top + height]
        hidden = total - self._top - height
        if hidden > 0 and self._window:
            self._window[-1] = self._last_row(self._window[-1], hidden)

    def _last_row(self, row: PaintedRow, hidden: int) -> PaintedRow:
        """Return what stands in the last row while further ones are hidden below it."""
        width, height = self.size
        if not self._reads_aloud:
            return put_at_right(row, Span(f" ↓ {hidden + 1} more", "warning"), width)
        if height < _LEAST_SCROLLED_ALOUD:
            return (Span(shorten("".join(span.text for span in row) + " …", width), row[0].style),)
        return (Span(f"{hidden + 1} more lines below.", "warning"),)

    def _lay_out(self, lines: Sequence[Line], width: int) -> list[PaintedRow]:
        if not self._reads_aloud:
            return lay_out(lines, width)
        from console.tui.spoken.lines import lay_out_spoken

        return lay_out_spoken(lines, width)

    @property
    def _reads_aloud(self) -> bool:
        return self.is_attached and self.screen.has_class(PLAIN_CLASS)

    def _style_of(self, span: Span) -> Style:
        style = self._style(span.style)
        return style + Style(link=span.link) if span.link else style

    def _style(self, key: str) -> Style:
        if key not in self._styles_by_key:
            self._styles_by_key[key] = self.inked(key)
        return self._styles_by_key[key]


class WatchedBlock(TextBlock):
    """A block that tells when it was really painted, which is when a person could begin to read it."""

    def __init__(self, painted: Callable[[], object], *, id: str) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id)
        self._painted = painted

    def render_line(self, y: int) -> Strip:
        """Return one painted row."""
        self._painted()
        return super().render_line(y)

    @property
    def is_readable(self) -> bool:
        """Return whether there is so much room that somebody can have read what is to be confirmed."""
        return self.size.width >= _LEAST_READABLE[0] and self.size.height >= _LEAST_READABLE[1]
