"""A request that changes something: sent once, over a connection of its own, and told how sure its end is."""

import asyncio
import ssl
from collections.abc import Mapping
from typing import Any

import msgspec

from console.transport.errors import SourceError, TlsFailed, Unreachable
from console.transport.http.connection import cause_in_words, is_refused_by_tls, tls_context
from console.transport.http.endpoint import Endpoint
from console.transport.http.library import httpx
from console.transport.http.pool import connections_to

LARGEST_ANSWER_BYTES = 1024 * 1024
"""What is read of an answer to a change: its status tells what came of it, the rest is for people."""


class NoAnswer(SourceError):
    """The request may have arrived, and no answer tells what came of it."""

    kind = "no_answer"


class OnceAnswer(msgspec.Struct, frozen=True):
    """What a server answered; `body` is as much of it as came in time, at most `LARGEST_ANSWER_BYTES`."""

    status: int
    headers: dict[str, str]
    body: bytes
    cut: bool = False
    """The body is longer than what was read, or broke off."""


class _Course:
    """Notes whether a request began to leave, which only then may have arrived."""

    def __init__(self) -> None:
        self.has_begun = False
        self._connection: Any = None

    async def note(self, event: str, about: Mapping[str, Any]) -> None:
        """Take one event of httpcore; a `CONNECT` goes to a proxy and is not the request."""
        if event == "connection.connect_tcp.complete":
            self._connection = about["return_value"]
        if event.endswith(".send_request_headers.started") and about["request"].method != b"CONNECT":
            self.has_begun = True

    async def close_unused(self) -> None:
        """Close a connection over which nothing left; httpcore leaves it open where its greeting is cut short."""
        if self._connection is not None and not self.has_begun:
            await self._connection.aclose()


async def send_once(
    endpoint: Endpoint,
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str],
    deadline_seconds: float,
) -> OnceAnswer:
    """Send one request and return the answer, whatever its status; redirections are told, never followed.

    A new connection is made for it: of one that was kept nobody could tell whether the server closed it before the
    request or after. Once the status has come, neither the deadline nor a body that breaks off makes it unknown.

    Args:
        endpoint: the server.
        method: `POST` and the like.
        path: below the endpoint's URL, as it is sent.
        body: what is sent, None for nothing.
        headers: beside those of the endpoint.
        deadline_seconds: how long everything may take, connecting included.

    Raises:
        Unreachable: no connection was made (or `TlsFailed`): nothing was sent.
        NoAnswer: it may have arrived.
        BadEndpoint: the endpoint cannot be used: nothing was sent.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + deadline_seconds
    course = _Course()
    named = {} if endpoint.tls.server_name is None else {"sni_hostname": endpoint.tls.server_name}
    async with connections_to(endpoint, tls_context(endpoint), 1) as client:
        request = client.build_request(
            method,
            endpoint.url + path,
            content=body,
            headers=_headers(endpoint, headers),
            extensions={**named, "trace": course.note},
            timeout=httpx.Timeout(None, connect=min(endpoint.connect_timeout_seconds, deadline_seconds)),
        )
        try:
            async with asyncio.timeout_at(deadline):
                response = await client.send(request, stream=True)
        except TimeoutError:
            if not course.has_begun:
                raise _no_connection(endpoint) from None
            raise NoAnswer(f"{endpoint.name} did not answer within {deadline_seconds:g} s") from None
        except (httpx.TransportError, ssl.SSLError) as error:
            raise _failure(endpoint, error, has_begun=course.has_begun) from None
        finally:
            await course.close_unused()
        try:
            content, cut = await _read(response, deadline)
        finally:
            await response.aclose()
    return OnceAnswer(response.status_code, dict(response.headers.items()), content, cut)


def _headers(endpoint: Endpoint, given: Mapping[str, str]) -> dict[bytes, bytes]:
    """Return the headers of a request; an answer that is packed would have to be unpacked within bounds."""
    headers = {"Accept": "application/json", "Accept-Encoding": "identity", "User-Agent": "incident-console"}
    authorization = endpoint.credentials.authorization()
    if authorization is not None:
        headers["Authorization"] = authorization
    everything = headers | dict(endpoint.headers) | dict(given)
    return {name.encode(): value.encode() for name, value in everything.items()}


async def _read(response: httpx.Response, deadline: float) -> tuple[bytes, bool]:
    """Return the beginning of a body and whether that is not all of it; never raises what the body does."""
    chunks: list[bytes] = []
    room = LARGEST_ANSWER_BYTES
    try:
        async with asyncio.timeout_at(deadline):
            async for chunk in response.aiter_raw():
                chunks.append(chunk[:room])
                room -= len(chunk)
                if room < 0:
                    return b"".join(chunks), True
    except (TimeoutError, httpx.TransportError, ssl.SSLError):
        return b"".join(chunks), True
    return b"".join(chunks), False


def _failure(endpoint: Endpoint, error: httpx.TransportError | ssl.SSLError, *, has_begun: bool) -> SourceError:
    """Return what a failed request came to: only of one that never began to leave it is known that nothing was sent."""
    name, why = endpoint.name, endpoint.redact(cause_in_words(error, endpoint.tls))
    if has_begun:
        return NoAnswer(f"{name}: the connection broke before an answer: {why}")
    if isinstance(error, httpx.ConnectTimeout):
        return _no_connection(endpoint)
    return TlsFailed(f"{name}: {why}") if is_refused_by_tls(error) else Unreachable(f"{name}: {why}")


def _no_connection(endpoint: Endpoint) -> Unreachable:
    return Unreachable(f"{endpoint.name}: no connection in time")
