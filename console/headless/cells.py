"""Text measured in terminal cells: an ideograph takes two, a combining accent none."""

import unicodedata

_ELLIPSIS = "…"
_NO_CELL = frozenset({"Mn", "Me", "Cf"})
_JOINED_JAMO = (("\u1160", "\u11ff"), ("\ud7b0", "\ud7ff"))
"""Vowels and finals that a terminal draws into the consonant before them."""


def cell_width(text: str) -> int:
    """Return how many cells a terminal gives to a text (Unicode Standard Annex 11; ambiguous characters are narrow)."""
    if text.isascii():
        return len(text)
    return sum(map(_width_of_character, text))


def pad(text: str, width: int) -> str:
    """Return a text with spaces behind it, so that it takes at least `width` cells."""
    return text + " " * (width - cell_width(text))


def cut(text: str, width: int) -> str:
    """Return a text that takes at most `width` cells; where something was cut, it ends with `…`."""
    if cell_width(text) <= width:
        return text
    taken, used = 0, 0
    for character in text:
        used += _width_of_character(character)
        if used > width - 1:
            break
        taken += 1
    return text[:taken] + _ELLIPSIS if width > 0 else ""


def _width_of_character(character: str) -> int:
    if unicodedata.category(character) in _NO_CELL or any(first <= character <= last for first, last in _JOINED_JAMO):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1
