"""What a terminal cannot draw becomes what it can, cell by cell, and nothing moves a cell: the last door before it.

The Linux console's font holds 256 or 512 characters: Latin letters and box drawing, no braille, bars or check marks;
how many cells it gives to a wide or a combining character differs between kernels. A locale that is not UTF-8 cannot
even send them.
"""

import re
from collections.abc import Mapping
from typing import Literal

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from console.settings.screen import GlyphSet

Drawable = Literal["everything", "console", "ascii"]
"""What a terminal can draw: any character, those of the Linux console's font, or ASCII."""

_SIGNS = {
    **dict(zip("▁▂▃▄▅▆▇█", "_.-~=+*#", strict=True)),
    **dict(zip("✖▲▼✔★☆◆◇▶▸◂▌", "X!v+*o*o>><>", strict=True)),
    **dict(zip("←→↑↓↕›≈≥≤", "<>^v|>~><", strict=True)),
    **dict(zip("…–—“”‘’×·±µμ\u00a0", "~--\"\"''x-~uu ", strict=True)),
    **dict(zip("━┃╌╎▔▏▎▍▋▊▉▐▕▀", "=#-:-||||||||'", strict=True)),
}
_LINES_OF_FONTS = {"─": "-", "│": "|"} | dict.fromkeys("┌┐└┘├┤┬┴┼", "+")
_HIGHEST_DOTS, _LOWEST_DOTS = 0x01 | 0x08, 0x40 | 0x80


_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]+")
_LEFT_TO_RIGHT_MARK = "\u200e"
"""It takes no cell; without it a terminal that reorders lines puts the numbers behind a Hebrew name before it."""


def _line_like(dots: int) -> str:
    """Return the sign that looks most like the dots of a braille cell: a line high, in the middle, low, or upright."""
    if dots & _HIGHEST_DOTS and dots & _LOWEST_DOTS:
        return "|"
    if dots & _HIGHEST_DOTS:
        return "'"
    return "." if dots & _LOWEST_DOTS else "-"


_BRAILLE = {chr(0x2800 + dots): _line_like(dots) for dots in range(1, 256)}
_FOR_CONSOLE: dict[str, str] = _SIGNS | _BRAILLE
_FOR_ASCII: dict[str, str] = _FOR_CONSOLE | _LINES_OF_FONTS


def drawable(chosen: GlyphSet, environment: Mapping[str, str], encoding: str) -> Drawable:
    """Return what may be drawn: what was chosen, else what the terminal's name and the locale's encoding allow."""
    if chosen == "unicode":
        return "everything"
    if chosen == "ascii" or not encoding.lower().replace("-", "").startswith("utf"):
        return "ascii"
    return "console" if environment.get("TERM") == "linux" else "everything"


def as_drawable(text: str, can: Drawable) -> str:
    """Return a text in as many cells that holds only what can be drawn, with a `?` in every cell of what cannot."""
    if text.isascii():
        return text
    if can == "everything":
        return _RIGHT_TO_LEFT.sub(rf"\g<0>{_LEFT_TO_RIGHT_MARK}", text)
    return "".join(map(_in_ascii if can == "ascii" else _on_console, text))


def _in_ascii(character: str) -> str:
    if character.isascii():
        return character
    return _FOR_ASCII.get(character) or "?" * cell_len(character)


def _on_console(character: str) -> str:
    cells = cell_len(character)
    return _FOR_CONSOLE.get(character) or (character if cells == 1 else "?" * cells)


class DrawableGlyphs(LineFilter):
    """Makes every line of the screen drawable, whichever widget painted it."""

    def __init__(self, can: Drawable) -> None:
        super().__init__()
        self._can: Drawable = can

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """Return segments of the same widths and styles."""
        return [
            segment if segment.text.isascii() else Segment(as_drawable(segment.text, self._can), *segment[1:])
            for segment in segments
        ]
