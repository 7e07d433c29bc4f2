"""How people may write values otherwise than their types hold them: one for a list of one, a text for a mapping."""

from collections.abc import Callable
from typing import Annotated, Any, get_args, get_origin

import msgspec

ONE_OR_SEVERAL = msgspec.Meta(extra_json_schema={"format": "one-or-several"})
"""Beside a tuple in `Annotated`: a file may give one item instead of a list."""


def is_one_or_several(expected: Any) -> bool:
    """Return whether a type is a tuple for which a file may give one item."""
    return get_origin(expected) is Annotated and ONE_OR_SEVERAL in get_args(expected)[1:]


def from_text_of(expected: Any) -> Callable[[str], msgspec.Struct] | None:
    """Return what makes a value of a type from a text (it raises ValueError), None where the type has no short form.

    A struct has one where it has a class method `from_text`.
    """
    return getattr(expected, "from_text", None)
