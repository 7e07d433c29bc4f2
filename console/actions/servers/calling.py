"""How a server that a person declared is reached, with secrets as they are at that moment."""

import asyncio
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from console.actions.hiding import Hiding
from console.actions.provider import ActionRefused
from console.domain.action import Request
from console.settings.credentials import Access
from console.settings.secrets import SecretUnavailable
from console.transport.http import BadEndpoint, Endpoint, endpoint_of
from console.transport.http.once import OnceAnswer, send_once

JSON = "application/json"


class Server(msgspec.Struct, frozen=True):
    """A server that can be spoken to now: where, and what of it must never be shown."""

    endpoint: Endpoint
    hiding: Hiding

    def __repr__(self) -> str:
        return "Server(***)"


async def reach(url: str, access: Access, environment: Mapping[str, str], secrets: Iterable[str] = ()) -> Server:
    """Return a server; `secrets` are texts beside its credentials that must never be shown.

    Raises:
        ActionRefused: a secret cannot be read, or the address is none: nothing can be sent.
    """
    try:
        endpoint = await asyncio.to_thread(endpoint_of, url, access, environment)
    except (SecretUnavailable, BadEndpoint) as error:
        hidden = Hiding(secrets)
        raise ActionRefused(f"nothing can be sent: {hidden.told(str(error))}") from None
    return Server(endpoint, hiding_of(endpoint, secrets))


def hiding_of(endpoint: Endpoint, secrets: Iterable[str] = ()) -> Hiding:
    """Return what hides the credentials and the headers of an endpoint, and further secrets."""
    return Hiding([*endpoint.credentials.secrets(), *(value for _, value in endpoint.headers), *secrets])


async def call(
    server: Server, request: Request, path: str, *, headers: Mapping[str, str], seconds: float, body: Any = None
) -> OnceAnswer:
    """Send one request; `path` stands below the server's URL, `body` instead of the request's where secrets are in it.

    Raises:
        SourceError: as `console.transport.http.once.send_once`.
    """
    content = body if body is not None else request.body
    typed = {"Content-Type": request.content_type} if content is not None else {}
    return await send_once(
        server.endpoint,
        request.method,
        path,
        body=None if content is None else msgspec.json.encode(content),
        headers={**typed, **headers},
        deadline_seconds=seconds,
    )
