"""One request that changes something on a server, sent once, and what its answer alone tells."""

import re
from typing import Any

import msgspec

from console.domain.action import Outcome
from console.transport.errors import SourceError
from console.transport.http import UNREADABLE, BadEndpoint, Endpoint
from console.transport.http.once import NoAnswer, OnceAnswer, send_once

LAST_ARRIVAL_SECONDS = 75.0
"""What was sent so long ago and is not there is taken as lost, if the server answers: it is past the minute after which
proxies and servers usually give a request up."""

_MAY_HAVE_ARRIVED = (408, 425)
_MARKUP = re.compile(rb"<(script|style)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)
_FIRST_BYTES = 4000
_FIRST_CHARACTERS = 200


class Sent(msgspec.Struct, frozen=True):
    """What is known of a request by its answer: applied, not applied, or unknown; the same in harmless words.

    `ended` says that the server itself ended the request, so that it cannot be applied any more. `document` is the
    decoded body, None where it is no JSON; `status` is that of the answer, None where none came.
    """

    outcome: Outcome
    told: str
    ended: bool = False
    document: Any = None
    status: int | None = None


async def send(endpoint: Endpoint, method: str, path: str, document: Any, *, seconds: float) -> Sent:
    """Send a request with a JSON document (None for no body) once; no failure raises."""
    body = None if document is None else msgspec.json.encode(document)
    headers = {} if body is None else {"Content-Type": "application/json"}
    try:
        answer = await send_once(endpoint, method, path, body=body, headers=headers, deadline_seconds=seconds)
    except NoAnswer as error:
        return Sent(Outcome.UNKNOWN, error.detail)
    except SourceError as error:
        return Sent(Outcome.NOT_APPLIED, error.detail)
    except BadEndpoint as error:
        return Sent(Outcome.NOT_APPLIED, str(error))
    return _read(endpoint, answer)


def _read(endpoint: Endpoint, answer: OnceAnswer) -> Sent:
    """Return what an answer tells: a proxy may answer 5xx for a server that goes on with the request."""
    document = _document(answer.body)
    told = _in_words(endpoint, answer, document)
    if answer.status < 300:
        return Sent(Outcome.APPLIED, told, document=document, status=answer.status)
    if answer.status in (307, 308) or (400 <= answer.status < 500 and answer.status not in _MAY_HAVE_ARRIVED):
        return Sent(Outcome.NOT_APPLIED, told, document=document, status=answer.status)
    is_its_own_word = answer.status == 500 and document is not None
    return Sent(Outcome.UNKNOWN, told, ended=is_its_own_word, document=document, status=answer.status)


def _document(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except UNREADABLE:
        return None


def _in_words(endpoint: Endpoint, answer: OnceAnswer, document: Any) -> str:
    told = f"{endpoint.name} answered {answer.status}"
    if answer.status < 300:
        return told
    if answer.status < 400:
        where = endpoint.redact(answer.headers.get("location", "nowhere").partition("?")[0])
        return f"{told}, a redirection to {where}, which is not followed"
    words = document if isinstance(document, str) else None
    if isinstance(document, dict):
        words = next((text for key in ("message", "error") if isinstance(text := document.get(key), str)), None)
    if words is None:
        words = _MARKUP.sub(b" ", answer.body[:_FIRST_BYTES]).decode("utf-8", "replace")
    words = endpoint.redact(words)
    return f"{told}: {words[:_FIRST_CHARACTERS]}" if words else told
