"""Text that came from outside: what it is (`raw`) and what may be shown of it (`shown`)."""

import unicodedata

import msgspec

LONGEST_SHOWN = 200
"""Characters of a label that are shown; the rest is cut with an ellipsis."""

_DELETE = 0x7F
_CONTROL_PICTURES = 0x2400
_DELETE_PICTURE = "\u2421"
_REPLACEMENT = "\ufffd"
_INVISIBLE_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_ZERO_WIDTH_JOINER = "\u200d"


def _shown_character(character: str) -> str:
    code = ord(character)
    if code < 0x20:
        return chr(_CONTROL_PICTURES + code)
    if code == _DELETE:
        return _DELETE_PICTURE
    if unicodedata.category(character) in _INVISIBLE_CATEGORIES and character != _ZERO_WIDTH_JOINER:
        return _REPLACEMENT
    return character


def harmless(text: str, longest: int = LONGEST_SHOWN) -> str:
    """Return text that cannot steer a terminal: control, bidirectional and other invisible characters become visible.

    The result holds at most `longest` characters.
    """
    head = text[: longest + 1]
    if not (head.isascii() and head.isprintable()):
        head = "".join(map(_shown_character, head))
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
