"""What the check of a webhook looks at in an answer."""

from collections.abc import Collection
from typing import Any

from console.actions.servers.answers import document_of


def value_at(body: bytes, place: str) -> Any:
    """Return the scalar at a place of a JSON document, its keys joined by dots; None where there is none."""
    found = document_of(body)
    for key in place.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str | int | bool) else None


def is_among(value: object, values: Collection[object]) -> bool:
    """Return whether a value is one of some values, and of its type: 1 is not true."""
    return any(type(value) is type(other) and value == other for other in values)
