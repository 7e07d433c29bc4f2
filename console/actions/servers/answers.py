"""What the answer to a request that changes something means, and how it is told."""

import re
from collections.abc import Collection
from typing import Any

import msgspec

from console.actions.hiding import Hiding
from console.domain.action import Outcome
from console.transport.http import UNREADABLE
from console.transport.http.once import OnceAnswer

EVERY_SUCCESS = range(200, 300)
_MAY_HAVE_ARRIVED = (408, 425)
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_FIRST_BYTES = 4000
_LONGEST_WAIT = 40


def outcome_of(answer: OnceAnswer, expected: Collection[int] = EVERY_SUCCESS) -> Outcome:
    """Return what a status tells: done, refused, or neither.

    A server that refuses says so with 4xx, or points elsewhere with 307 and 308, after which nothing was done. After
    301 to 303 it may have been: many answer a form so that they took. A 408, a 425 and every 5xx may come from a proxy
    whose server goes on with the request.
    """
    if answer.status in expected:
        return Outcome.APPLIED
    if answer.status in (307, 308) or (400 <= answer.status < 500 and answer.status not in _MAY_HAVE_ARRIVED):
        return Outcome.NOT_APPLIED
    return Outcome.UNKNOWN


def document_of(body: bytes) -> Any:
    """Return what a body says in JSON, None where it is none."""
    try:
        return msgspec.json.decode(body)
    except UNREADABLE:
        return None


def in_words(answer: OnceAnswer, name: str, hiding: Hiding) -> str:
    """Return what a server said, in one harmless line: `ops answered 422: 'no such pool'`.

    Of an answer that asks to wait, it says until when.
    """
    told = f"{name} answered {answer.status}"
    if 300 <= answer.status < 400:
        where = answer.headers.get("location", "nowhere").partition("?")[0]
        return f"{told}, a redirection to {hiding.told(where)}, which is not followed"
    wait = answer.headers.get("retry-after")
    if wait is not None and answer.status >= 400:
        told += f" (Retry-After: {hiding.told(wait, _LONGEST_WAIT)})"
    words = hiding.told(_message(answer.body))
    return f"{told}: '{words}'" if words else told


def _message(body: bytes) -> str:
    """Return the message of a JSON document with the errors that it lists, else all words of a body but its markup."""
    document = document_of(body)
    if isinstance(document, str):
        return document
    if isinstance(document, dict):
        said = [found for key in ("message", "error") if isinstance(found := document.get(key), str) and found]
        errors = document.get("errors")
        listed = [each for each in errors if isinstance(each, str)] if isinstance(errors, list) else []
        if said or listed:
            return ": ".join([*said[:1], *listed])
    return _MARKUP.sub(b" ", body[:_FIRST_BYTES]).decode("utf-8", "replace")
