"""What an answer to a request that changes something means."""

import re
from collections.abc import Collection
from typing import Any

import msgspec

from console.actions.declared.hiding import Hiding
from console.domain.action import Outcome
from console.transport.http import UNREADABLE
from console.transport.http.once import OnceAnswer

_REQUEST_TIMEOUT = 408
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_FIRST_BYTES = 4000


def outcome_of(answer: OnceAnswer, expected: Collection[int]) -> Outcome:
    """Return what a status tells: done, refused, or neither.

    A server that refuses says so with 4xx, or points elsewhere with 307 and 308, after which nothing was done. After
    301 to 303 it may have been: many answer a form so that they took. A 408 and every 5xx may come from a proxy whose
    server goes on with the request.
    """
    if answer.status in expected:
        return Outcome.APPLIED
    if answer.status in (307, 308) or (400 <= answer.status < 500 and answer.status != _REQUEST_TIMEOUT):
        return Outcome.NOT_APPLIED
    return Outcome.UNKNOWN


def in_words(answer: OnceAnswer, name: str, hiding: Hiding) -> str:
    """Return what a server said, in one harmless line: `ops answered 422: 'no such pool'`."""
    told = f"{name} answered {answer.status}"
    if 300 <= answer.status < 400:
        where = answer.headers.get("location", "nowhere").partition("?")[0]
        return f"{told}, a redirection to {hiding.told(where)}, which is not followed"
    words = hiding.told(_MARKUP.sub(b" ", answer.body[:_FIRST_BYTES]).decode("utf-8", "replace"))
    return f"{told}: '{words}'" if words else told


def value_at(body: bytes, place: str) -> Any:
    """Return the scalar at a place of a JSON document, its keys joined by dots; None where there is none."""
    try:
        found = msgspec.json.decode(body)
    except UNREADABLE:
        return None
    for key in place.split("."):
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, str | int | bool) else None


def is_among(value: object, values: Collection[object]) -> bool:
    """Return whether a value is one of some values, and of its type: 1 is not true."""
    return any(type(value) is type(other) and value == other for other in values)
