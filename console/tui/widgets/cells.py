"""Text measured in terminal cells: a Chinese character takes two, a combining accent none."""

from functools import lru_cache
from typing import Literal

from rich.cells import cell_len

Align = Literal["left", "right"]

_ELLIPSIS = "…"
_ZERO_WIDTH_JOINER = "\u200d"
_LEAST_BEFORE_ENDING = 8
_LONGEST_CLUSTER = 8
"""Code points per cell that are looked at; what is longer than that is hostile and cut."""


def shorten(text: str, width: int) -> str:
    """Return the text cut to at most `width` cells; where something was cut, the last cell says `…`."""
    if width <= 0:
        return ""
    head = text[: width * _LONGEST_CLUSTER].rstrip(_ZERO_WIDTH_JOINER)
    if len(head) == len(text) and cell_len(head) <= width:
        return head
    if head.isascii():
        head = head[: width - 1]
    while head and (cell_len(head) > width - 1 or head.endswith(_ZERO_WIDTH_JOINER)):
        head = head[:-1]
    return head + _ELLIPSIS


def shorten_before(text: str, ending: str, width: int) -> str:
    """Return the text with its ending, cut to at most `width` cells: clauses of the text give way, then its first one.

    Where too little of the text would stay, both are cut as one.
    """
    room = width - cell_len(ending)
    if room < _LEAST_BEFORE_ENDING:
        return shorten(text + ending, width)
    clauses = text.split(", ")
    while len(clauses) > 1 and cell_len(", ".join(clauses)) > room:
        clauses.pop()
    return shorten(", ".join(clauses), room) + ending


@lru_cache(maxsize=4096)
def fit(text: str, width: int, align: Align = "left") -> str:
    """Return the text cut or padded to exactly `width` cells."""
    shown = shorten(text, width)
    padding = " " * (width - cell_len(shown)) if width > 0 else ""
    return shown + padding if align == "left" else padding + shown
