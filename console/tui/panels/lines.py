"""Lines of styled text, and how they are laid out in a width: no Textual here."""

from collections.abc import Sequence
from typing import Literal, NewType

import msgspec
from rich.cells import cell_len

from console.domain.label import harmless
from console.domain.link import web_address
from console.settings.screen import ContextColour
from console.tui.widgets.cells import shorten

SpanStyle = (
    Literal["plain", "muted", "strong", "title", "key", "ok", "warning", "critical", "unknown", "accent", "loud"]
    | ContextColour
)
"""How a span looks: an ink of `SpanRows`."""

InkOfPicture = NewType("InkOfPicture", str)
"""How a piece of a picture looks that stands among lines: an ink of the widget that paints them."""

PaintedRow = tuple["Span", ...]

_LONGEST_TEXT = 4000
_LEAST_LEFT = 8
"""Cells that must be left for the left side before the right side is shown."""


class Span(msgspec.Struct, frozen=True):
    """A piece of plain text, never markup, and how it looks; a terminal that can (OSC 8) opens `link` on a click."""

    text: str
    style: SpanStyle | InkOfPicture = "plain"
    link: str = ""


class Line(msgspec.Struct, frozen=True):
    """Spans from left to right, and spans that stand at the right edge and are cut last.

    A line that is too long is cut; with `wraps` its last span goes on in the next line under its own beginning.
    """

    spans: tuple[Span, ...] = ()
    right: tuple[Span, ...] = ()
    wraps: bool = False


def line(*spans: Span | str, right: Sequence[Span | str] = (), wraps: bool = False) -> Line:
    """Return a line of spans; a bare text is a plain span."""
    return Line(tuple(map(_span, spans)), tuple(map(_span, right)), wraps)


def _span(text: Span | str) -> Span:
    return text if isinstance(text, Span) else Span(text)


def lay_out(lines: Sequence[Line], width: int) -> list[PaintedRow]:
    """Return the spans of each painted row in a width (terminal cells); nothing in them can steer a terminal."""
    rows: list[PaintedRow] = []
    for each in map(_inert, lines):
        if each.wraps and each.spans:
            rows.extend(_wrapped(each.spans, width))
        else:
            rows.append(_one_row(each, width))
    return rows


def _inert(each: Line) -> Line:
    """Return a line whose every text is harmless: the last door before the terminal, whoever made the line."""
    return Line(tuple(map(_inert_span, each.spans)), tuple(map(_inert_span, each.right)), each.wraps)


def _inert_span(span: Span) -> Span:
    link = web_address(span.link) if span.link else None
    return Span(harmless(span.text, _LONGEST_TEXT), span.style, link or "")


def cells_of(spans: Sequence[Span]) -> int:
    """Return how many terminal cells some spans take."""
    return sum(cell_len(span.text) for span in spans)


def put_at_right(row: PaintedRow, mark: Span, width: int) -> PaintedRow:
    """Return a row whose right end is replaced by a mark."""
    room = width - cell_len(mark.text)
    if room < 0:
        return row
    kept = _cut(row, room)
    return (*kept, Span(" " * (room - cells_of(kept))), mark)


def _one_row(each: Line, width: int) -> PaintedRow:
    right_width = cells_of(each.right)
    if not each.right or right_width + _LEAST_LEFT > width:
        return _cut(each.spans, width)
    left = _cut(each.spans, width - right_width - 1)
    return (*left, Span(" " * (width - right_width - cells_of(left))), *each.right)


def _cut(spans: Sequence[Span], width: int) -> PaintedRow:
    row: list[Span] = []
    for span in spans:
        cells = cell_len(span.text)
        if cells > width:
            if width > 0:
                row.append(Span(shorten(span.text, width), span.style, span.link))
            break
        row.append(span)
        width -= cells
    return tuple(row)


def _wrapped(spans: tuple[Span, ...], width: int) -> list[PaintedRow]:
    *heads, body = spans
    indent = cells_of(heads)
    if indent > width // 2:
        return [_cut(spans, width)]
    first, *others = _words_within(body.text, max(1, width - indent)) or [""]
    margin = Span(" " * indent)
    head = (*heads, Span(first, body.style, body.link))
    return [head, *((margin, Span(piece, body.style, body.link)) for piece in others)]


def _words_within(text: str, width: int) -> list[str]:
    """Return a text broken between words; a word that is longer than the width is broken, never lost."""
    pieces: list[str] = []
    current = ""
    for word in text.split(" "):
        longer = f"{current} {word}" if current else word
        if cell_len(longer) <= width:
            current = longer
            continue
        if current:
            pieces.append(current)
        current = word
        while cell_len(current) > width:
            head = _head_within(current, width)
            pieces.append(head)
            current = current[len(head) :]
    return [*pieces, current] if current else pieces


def _head_within(word: str, width: int) -> str:
    end = min(len(word), width)
    while end > 1 and cell_len(word[:end]) > width:
        end -= 1
    return word[:end]
