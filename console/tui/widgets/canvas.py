"""A rectangle of terminal cells, each with a text and a style key, that becomes rows of segments."""

from collections.abc import Sequence

from rich.cells import cell_len

from console.tui.widgets.cells import shorten

Segments = tuple[tuple[str, str], ...]
"""One row: (text, style key) from left to right; an empty key is the widget's own style."""


class Canvas:
    """Cells that are written left to right; a wide character owns the cells that it covers."""

    def __init__(self, width: int, height: int) -> None:
        self.width = width
        self.height = height
        self.texts = [[" "] * width for _ in range(height)]
        self.styles = [[""] * width for _ in range(height)]

    def put(self, x: int, y: int, text: str, style: str) -> int:
        """Write a text that stays one piece, cut at the right edge; return the cells it took."""
        if not 0 <= y < self.height or x < 0:
            return 0
        shown = shorten(text, self.width - x)
        taken = cell_len(shown)
        if taken:
            self._break_pieces(self.texts[y], x, x + taken)
            self.texts[y][x : x + taken] = [shown, *[""] * (taken - 1)]
            self.styles[y][x : x + taken] = [style] * taken
        return taken

    def _break_pieces(self, texts: list[str], start: int, end: int) -> None:
        """Cut the piece that reaches into cells that are to be written, and blank what is left of it behind them."""
        for x in range(end, self.width):
            if texts[x] != "":
                break
            texts[x] = " "
        head = start
        while texts[head] == "":
            head -= 1
        if head < start:
            kept = shorten(texts[head], start - head)
            texts[head:start] = [kept, *[""] * (cell_len(kept) - 1), *[" "] * (start - head - cell_len(kept))]

    def put_cells(self, x: int, y: int, characters: Sequence[str], style: str) -> None:
        """Write characters that take one cell each and lie inside the canvas."""
        self.texts[y][x : x + len(characters)] = characters
        self.styles[y][x : x + len(characters)] = [style] * len(characters)

    def put_behind(self, x: int, y: int, character: str, style: str) -> None:
        """Write a character that takes one cell where nothing was written yet."""
        if self.texts[y][x] == " ":
            self.texts[y][x] = character
            self.styles[y][x] = style

    def is_free(self, x: int, y: int, width: int) -> bool:
        """Tell whether these cells lie inside the canvas and nothing was written there."""
        return x >= 0 and x + width <= self.width and self.texts[y][x : x + width] == [" "] * width

    def rows(self) -> list[Segments]:
        """Return every row as segments, neighbours of one style joined; each row is `width` cells wide.

        A blank takes the style of what stands before it: fewer segments to paint and to send.
        """
        return [_joined(texts, styles) for texts, styles in zip(self.texts, self.styles, strict=True)]


def _joined(texts: list[str], styles: list[str]) -> Segments:
    segments: list[tuple[str, str]] = []
    first, style = 0, ""
    for x, next_style in enumerate(styles):
        if next_style != style and texts[x] != " ":
            if x > first:
                segments.append(("".join(texts[first:x]), style))
            first, style = x, next_style
    segments.append(("".join(texts[first:]), style))
    return tuple(segments)
