"""What a document says and what its type expects, in the words of a message."""

from datetime import date
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from console.domain.label import harmless
from console.settings.nearest import did_you_mean
from console.settings.yaml_source import Scalar

_EXPECTED = {
    str: "text",
    int: "a whole number",
    float: "a number",
    bool: "true or false",
    date: "a day such as 2026-11-23",
}


def is_duration(expected: Any) -> bool:
    """Return whether a type is a number of seconds that people write as a duration."""
    return get_origin(expected) is Annotated and any(
        isinstance(meta, msgspec.Meta) and (meta.extra_json_schema or {}).get("format") == "duration"
        for meta in get_args(expected)[1:]
    )


def told(value: object) -> str:
    """Return what was found."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return f"the number {value}"
    if isinstance(value, str):
        return f"'{harmless(value, 60)}'"
    return "a list" if isinstance(value, list) else "a mapping"


def _description(expected: Any) -> str | None:
    notes = get_args(expected)[1:] if get_origin(expected) is Annotated else ()
    return next((note.description for note in notes if isinstance(note, msgspec.Meta) and note.description), None)


def _base(expected: Any) -> Any:
    return get_args(expected)[0] if get_origin(expected) is Annotated else expected


def _choices(expected: Any) -> list[str] | None:
    base = _base(expected)
    if get_origin(base) is Literal:
        return [str(choice) for choice in get_args(base)]
    if isinstance(base, type) and issubclass(base, Enum):
        return [str(member.value) for member in base]
    return None


def is_union(expected: Any) -> bool:
    """Return whether a type has alternatives."""
    return get_origin(expected) in (Union, UnionType)


def expected_words(expected: Any) -> str:
    """Return what a type asks for: its own description where it has one."""
    if is_duration(expected):
        return "a duration such as 15s"
    described = _description(expected)
    if described is not None:
        return described
    if is_union(expected):
        members = [member for member in get_args(expected) if member is not NoneType]
        return " or ".join(dict.fromkeys(expected_words(member) for member in members))
    choices = _choices(expected)
    if choices:
        return f"one of {', '.join(choices)}" if len(choices) > 1 else choices[0]
    base = _base(expected)
    if get_origin(base) in (list, tuple):
        return "a list"
    return _EXPECTED.get(base, "a mapping")


def told_error(error: msgspec.ValidationError, value: Scalar, expected: Any) -> str:
    """Return what is wrong with a scalar, in the words of its type."""
    choices = _choices(expected)
    if choices:
        return f"{told(value)} is none, {did_you_mean(str(value), choices)}"
    described = _description(expected)
    if described is not None or is_union(expected) or _base(expected) is date:
        hint = "; write it in quotes" if _base(expected) is str and isinstance(value, int | float) else ""
        return f"expected {expected_words(expected)}, found {told(value)}{hint}"
    base = _base(expected)
    if (
        base in _EXPECTED
        and not is_duration(expected)
        and not isinstance(value, (int, float) if base is float else base)
    ):
        hint = "; write it in quotes" if base is str and value is not None else ""
        return f"expected {_EXPECTED[base]}, found {told(value)}{hint}"
    words = str(error).partition(" - at")[0].replace("Expected ", "expected ", 1)
    for kind, word in _EXPECTED.items():
        words = words.replace(f"`{kind.__name__}`", word)
    return f"{words}{' seconds' if is_duration(expected) else ''}, found {told(value)}"
