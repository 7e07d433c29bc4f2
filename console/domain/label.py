"""Text that came from outside: what it is (`raw`) and what may be shown of it (`shown`)."""

import unicodedata
from collections.abc import Iterator

import msgspec

LONGEST_SHOWN = 200
"""Characters of a label that are shown; the rest is cut with an ellipsis."""

_DELETE = 0x7F
_CONTROL_PICTURES = 0x2400
_DELETE_PICTURE = "\u2421"
_REPLACEMENT = "\ufffd"
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_SHAPERS = frozenset("\u200d\ufe0e\ufe0f") | frozenset(map(chr, range(0x1F3FB, 0x1F400)))
"""Joiner, variation selectors and skin tones: how many cells a terminal gives to what they shape differs."""
_SHAPED = frozenset("SP")
"""First letters of the categories of what may be shaped: symbols and punctuation, also the digits of keycaps."""
_KEYCAPS = frozenset("0123456789#*")
_BLANK_LETTERS = frozenset("\u115f\u1160\u3164\uffa0")


def _shown_characters(text: str) -> Iterator[str]:
    """Yield what is shown of each character; an emoji that is joined of several is shown as these."""
    before = ""
    for character in text:
        if character not in _SHAPERS:
            before = character
            yield _shown_character(character)
        elif not before or not (unicodedata.category(before)[0] in _SHAPED or before in _KEYCAPS):
            yield _REPLACEMENT


def _shown_character(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return _DELETE_PICTURE
    if unicodedata.category(character) in _INVISIBLE_CATEGORIES or character in _BLANK_LETTERS:
        return _REPLACEMENT
    return character


def harmless(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return text that cannot steer a terminal: control, bidirectional and other invisible characters become visible.

    Every terminal gives the same cells to what is left of emoji. The result holds at most `longest` characters.
    """
    head = text[: longest + 1]
    if not (head.isascii() and head.isprintable()):
        head = "".join(_shown_characters(head))
    return head if len(head) <= longest else head[: longest - 1] + "…"


class Label(msgspec.Struct, frozen=True, order=True):
    """A text from outside; `raw` is for identity, queries and actions, `shown` is the only thing a face may paint."""

    raw: str

    @property
    def shown(self) -> str:
        """Return the text with everything made harmless that could steer a terminal."""
        return harmless(self.raw)

    def __str__(self) -> str:
        return self.shown
