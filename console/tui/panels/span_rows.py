"""Rows of styled text on the line API: a refresh repaints what changed and never asks for a layout."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from itertools import takewhile
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.filter import ANSIToTruecolor
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip

from console.tui.panels.lines import PaintedRow, Span, cells_of
from console.tui.widgets.inked import Ink, Inked


class SpanRows(Inked):
    """Paints the rows that `drawn` returns for its size; a row that looks as before is not painted again.

    A row that ends before the widget does is filled with blanks.
    """

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

    virtual_size = Reactive(Size(0, 0), layout=False)  # in another size it asks for no second layout

    ALLOW_SELECT = False  # the text under the mouse may be another line's by now

    def __init__(self, *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002 - as in Textual
        super().__init__(id=id, classes=classes)
        self._rows: Sequence[PaintedRow] = ()
        self._drawn_for: Size | None = None
        self._styles_by_key: dict[tuple[str, str], Style] = {}

    @abstractmethod  # as in `Picture`
    def drawn(self, size: Size) -> Sequence[PaintedRow]:
        """Return the rows of a size, at most as many as it has."""

    def ground_of(self, y: int) -> str:
        """Return the variable of the theme on which a row stands, empty for the widget's own background."""
        return ""

    def paint_changes(self) -> None:
        """Draw anew, and have what looks different painted again."""
        if self._drawn_for != self.size:
            self._drawn_for = None
            self.refresh()
            return
        before, self._rows = self._rows, self.drawn(self.size)
        changed = [
            self._changed_region(y, before)
            for y in range(self.size.height)
            if before[y : y + 1] != self._rows[y : y + 1]
        ]
        if changed:
            self.refresh(*changed)

    def adopt_size(self) -> None:
        """Draw for the size of now, unless that was done."""
        if self._drawn_for != self.size:
            self._drawn_for = self.size
            self._rows = self.drawn(self.size)

    def mix_inks(self) -> None:
        """Have every style ready before anything is painted in it."""
        for key in self.INKS:
            self._style(key, "")

    def notify_style_update(self) -> None:
        """Forget the styles that were taken from the theme."""
        super().notify_style_update()
        self._styles_by_key.clear()

    def render_lines(self, crop: Region) -> list[Strip]:
        """Return the rows of a part; where nothing stands around them Textual would only copy each of them five times.

        It would also remember them: whoever asks for few rows needs no memory.
        """
        if self.gutter:
            return super().render_lines(crop)
        self.adopt_size()
        width, (_, background) = self.size.width, self.background_colors
        filters = [each for each in self.get_line_filters() if not isinstance(each, ANSIToTruecolor)]  # inks are exact
        strips = []
        for y in crop.line_range:
            strip = self._painted(y, width)
            for each in filters:
                strip = strip.apply_filter(each, background)
            strips.append(strip if crop.column_span == (0, width) else strip.crop(*crop.column_span))
        return strips

    def render_line(self, y: int) -> Strip:
        """Return one painted row."""
        self.adopt_size()
        return self._painted(y, self.size.width)

    def _painted(self, y: int, width: int) -> Strip:
        row = self._rows[y] if y < len(self._rows) else ()
        ground = self.ground_of(y)
        segments = [Segment(span.text, self._style_of(span, ground)) for span in row]
        left = width - cells_of(row)
        if left > 0:
            segments.append(Segment(" " * left, self._style("plain", ground)))
        strip = Strip(segments, width - min(left, 0))
        return strip if left >= 0 else strip.crop(0, width)

    @property
    def shown_text(self) -> str:
        """Return what is painted, as plain text."""
        self.adopt_size()
        return "\n".join("".join(span.text for span in row) for row in self._rows)

    def _changed_region(self, y: int, before: Sequence[PaintedRow]) -> Region:
        """Return the cells of a row that look different, up to its end: rows of text are not equally long."""
        width = self.size.width
        old, new = ([span for row in rows[y : y + 1] for span in row] for rows in (before, self._rows))
        alike = takewhile(lambda pair: pair[0] == pair[1], zip(old, new, strict=False))
        x = cells_of([span for _, span in alike])
        return Region(min(x, width - 1), y, width - min(x, width - 1), 1)

    def _style_of(self, span: Span, ground: str) -> Style:
        style = self._style(span.style, ground)
        return style + Style(link=span.link) if span.link else style

    def _style(self, key: str, ground: str) -> Style:
        style = self._styles_by_key.get((key, ground))
        if style is None:
            style = self._styles_by_key[key, ground] = self.inked(key, ground)
        return style
