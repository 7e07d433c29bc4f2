"""Lines broken to a terminal's width, so that nothing that must be read is cut."""

import re
from collections.abc import Iterator

from console.headless.cells import cell_width

_WORDS = re.compile(r" *[^ ]+")
_LEAST_ROOM = 20
"""Cells below which breaking makes a text harder to read than the terminal's own wrapping does."""


def wrapped(line: str, width: int | None, hang: int = 2) -> Iterator[str]:
    """Yield a line in parts of at most `width` cells, broken at spaces; what follows stands `hang` cells further in.

    A word that is longer than a line is left whole, since it is to be copied. None leaves the line as it is.
    """
    indent = len(line) - len(line.lstrip(" "))
    if width is None or cell_width(line) <= width or width - indent - hang < _LEAST_ROOM:
        yield line
        return
    part = ""
    for word in _WORDS.findall(line):
        if part.strip() and cell_width(part + word) > width:
            yield part
            part = " " * (indent + hang) + word.lstrip(" ")
        else:
            part += word
    yield part
