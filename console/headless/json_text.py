"""JSON on one line that cannot steer a terminal."""

import math
from typing import Any

import msgspec

_FIRST_BEYOND_THE_BASIC_PLANE = 0x10000


def json_text(document: Any) -> str:
    """Return a document as one line that ends with a newline; what is not printable is an escape, raw to a parser."""
    return _escaped(msgspec.json.encode(document).decode()) + "\n"


def number(value: float | None) -> float | None:
    """Return a number as JSON has it: NaN and infinity are null."""
    return value if value is not None and math.isfinite(value) else None


def _escaped(document: str) -> str:
    """Return JSON in which every character that is not printable is an escape; it means the same to a parser."""
    if document.isprintable():
        return document
    return "".join(character if character.isprintable() else _escape(character) for character in document)


def _escape(character: str) -> str:
    code = ord(character)
    if code < _FIRST_BEYOND_THE_BASIC_PLANE:
        return f"\\u{code:04x}"
    high, low = divmod(code - _FIRST_BEYOND_THE_BASIC_PLANE, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
