"""How people may write values otherwise than their types hold them: one for a list of one, a text for a mapping."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, get_args, get_origin

import msgspec

_FORMAT = {"format": "one-or-several"}
ONE_OR_SEVERAL = msgspec.Meta(extra_json_schema=_FORMAT)
"""Beside a tuple in `Annotated`: a file may give one item instead of a list."""


def is_one_or_several(expected: Any) -> bool:
    """Return whether a type is a tuple for which a file may give one item."""
    return get_origin(expected) is Annotated and ONE_OR_SEVERAL in get_args(expected)[1:]


def is_one_or_several_schema(schema: Mapping[str, Any]) -> bool:
    """Return whether a part of a JSON Schema is that of such a tuple, as msgspec tells it."""
    return schema.get("format") == _FORMAT["format"]


def one_or_several_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the schema of what a file may give for such a tuple."""
    several = {key: value for key, value in schema.items() if key not in _FORMAT}
    return {"anyOf": [schema["items"], several]}


def from_text_of(expected: Any) -> Callable[[str], msgspec.Struct] | None:
    """Return what makes a value of a type from a text (it raises ValueError), None where the type has no short form.

    A struct has one where it has a class method `from_text`.
    """
    return getattr(expected, "from_text", None)
