"""Lines broken to a terminal's width, so that nothing that must be read is cut."""

from collections.abc import Iterator

from console.headless.cells import cell_width

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
    part = " " * indent
    is_empty = True
    for word in line.split():
        longer = f"{part}{'' if is_empty else ' '}{word}"
        if not is_empty and cell_width(longer) > width:
            yield part
            part = f"{' ' * (indent + hang)}{word}"
        else:
            part = longer
        is_empty = False
    yield part
