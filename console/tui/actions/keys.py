"""The names of keys: as people write them, as Textual calls them, as the screen shows them."""

import re
import string
import unicodedata

_OTHER_NAMES = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Where Textual's name of a character is not that of Unicode."""

_SHOWN = {
    "escape": "esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "page-up",
    "pagedown": "page-down",
}
_WRITTEN = {
    **{shown: name for name, shown in _SHOWN.items()},
    "esc": "escape",
    "return": "enter",
    "del": "delete",
    "page_up": "pageup",
    "page_down": "pagedown",
}
NAMED_KEYS = (
    *("enter", "escape", "tab", "space", "backspace", "delete", "insert", "home", "end", "pageup", "pagedown"),
    *("up", "down", "left", "right", *(f"f{number}" for number in range(1, 13))),
)
SENT_AS = {"ctrl+m": "enter", "ctrl+j": "enter", "ctrl+i": "tab", "ctrl+[": "escape"}
"""Keys that terminals cannot tell from others."""

_CHORD = re.compile(r"((?:ctrl|alt|shift)\+)+(?P<key>.+)")


class BadKey(ValueError):
    """A text that names no key; the text is one line."""


def key_of_character(character: str) -> str:
    """Return Textual's name of the key that types a character."""
    if character.isalnum():
        return character
    name = unicodedata.name(character, character).lower().replace("-", "_").replace(" ", "_")
    return _OTHER_NAMES.get(name, name)


_SIGNS = {key_of_character(character): character for character in string.punctuation}


def key_name(written: str) -> str:
    """Return Textual's name of a key that a person wrote: `S`, `?`, `esc`, `ctrl+q`, `f5`.

    Raises:
        BadKey: there is no such key.
    """
    if len(written) == 1 and written.isprintable() and not written.isspace():
        return key_of_character(written)
    named = _WRITTEN.get(written, written)
    if named in NAMED_KEYS or named in _SIGNS:
        return named
    if chord := _CHORD.fullmatch(written):
        modifiers = written[: chord.start("key")]
        if written in SENT_AS:
            raise BadKey(f"terminals send {written} as {SENT_AS[written]}, expected another key")
        if modifiers == "shift+" and len(chord["key"]) == 1:
            raise BadKey(f"write {written} as the character that it types, such as {chord['key'].upper()}")
        return modifiers + key_name(chord["key"])
    raise BadKey(_unknown(written))


def shown_key(key: str) -> str:
    """Return a key as the screen tells it, without a blank in it."""
    *modifiers, last = key.split("+")
    return "+".join((*modifiers, _SHOWN.get(last) or _SIGNS.get(last) or last))


def _unknown(written: str) -> str:
    from console.domain.label import harmless
    from console.settings.nearest import nearest

    found = nearest(written.lower(), (*NAMED_KEYS, *_SIGNS))
    expected = "expected one character, a name such as enter or f5, or such as ctrl+q"
    return f"'{harmless(written, 40)}' is no key, {expected}" + (f"; nearest: {found}" if found else "")
