"""A block of prepared lines, in a size that comes from its container."""

from collections.abc import Sequence

from textual import events
from textual.geometry import Size

from console.tui.panels.lines import Line, PaintedRow
from console.tui.panels.span_rows import SpanRows
from console.tui.panels.text_window import TextWindow, laid_out

WHEEL_ROWS = 3
PLAIN_CLASS = "-plain"
"""The class of screens that are read aloud."""


class TextBlock(SpanRows):
    """Lines in a size that comes from the container; where there are more of them the last row says how many."""

    DEFAULT_CSS = "TextBlock { width: 1fr; }"

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id, classes=classes)
        self._lines: tuple[Line, ...] = ()
        self._window = TextWindow()

    def set_lines(self, lines: Sequence[Line], *, keep: int = 0, back_to_top: bool = False) -> None:
        """Show these lines, scrolled so far that the one with the index `keep` is seen when that has become another.

        Only rows that look different are painted again; else the block stays where a person scrolled it to.
        """
        self._lines = tuple(lines)
        if self._window.set_lines(self._lines, keep=keep, back_to_top=back_to_top):
            self.paint_changes()

    def drawn(self, size: Size) -> Sequence[PaintedRow]:
        """Return the rows that are in view."""
        self._window.fit(size.width, size.height, reads_aloud=self._reads_aloud)
        return self._window.rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """Return how many rows all lines take, where the height is `auto`."""
        return len(laid_out(self._lines, width, reads_aloud=self._reads_aloud))

    def scroll_text(self, rows: int) -> None:
        """Show what stands some rows further down (up when negative)."""
        self._window.scroll(rows)
        self.paint_changes()

    def scroll_to_end(self) -> None:
        """Show the last lines."""
        self.adopt_size()
        self._window.scroll_to_end()
        self.paint_changes()

    @property
    def is_at_end(self) -> bool:
        """Return whether the last line is in view."""
        self.adopt_size()
        return self._window.is_at_end

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Scroll down."""
        event.stop()
        self.scroll_text(WHEEL_ROWS)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Scroll up."""
        event.stop()
        self.scroll_text(-WHEEL_ROWS)

    @property
    def _reads_aloud(self) -> bool:
        return self.is_attached and self.screen.has_class(PLAIN_CLASS)
