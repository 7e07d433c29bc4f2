"""One request that changes something on a server, sent once, and what its answer alone tells."""

from typing import Any

import msgspec

from console.actions.servers.answers import document_of, in_words, outcome_of
from console.actions.servers.calling import hiding_of
from console.domain.action import Outcome
from console.transport.errors import SourceError
from console.transport.http import BadEndpoint, Endpoint
from console.transport.http.once import NoAnswer, OnceAnswer, send_once

LAST_ARRIVAL_SECONDS = 75.0
"""What was sent so long ago and is not there is taken as lost, if the server answers: it is past the minute after which
proxies and servers usually give a request up."""


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

    @property
    def may_be_of_a_second(self) -> bool:
        """Return whether a refusal may be that of the same request sent again by something on the way.

        One that never left was sent by nobody, and whoever may not do it did not do it the first time either.
        """
        return self.status not in (None, 401, 403)


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
    """Return what an answer tells; the server's own word for an error of its own is an error in JSON."""
    document, outcome = document_of(answer.body), outcome_of(answer)
    is_its_own_word = answer.status == 500 and document is not None
    told = f"{endpoint.name} answered {answer.status}"
    if outcome is not Outcome.APPLIED:
        told = endpoint.redact(in_words(answer, endpoint.name, hiding_of(endpoint)))
    return Sent(outcome, told, ended=is_its_own_word, document=document, status=answer.status)
