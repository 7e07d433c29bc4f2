"""HTTP/1.1 for the simulated API: asyncio moves the bytes, h11 gives them meaning.

h11 comes with httpx; a parser of our own would only be a second place to get HTTP wrong.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qsl, unquote, urlsplit

import h11

from console.simulation.cluster.faults import Fault, Faults
from console.simulation.cluster.messages import Answer, Request

_CHUNK_BYTES = 65536
_REASONS = {200: "OK", 201: "Created", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found"}


class _Cut(Exception):
    """The connection is to be closed without an answer."""


class HttpServer:
    """Serves `answer` on a port; `watch_seconds` is how often `tick` is called while a watch is open."""

    def __init__(
        self,
        answer: Callable[[Request], Answer],
        faults: Faults,
        *,
        arrived: Callable[[Request], None],
        tick: Callable[[], None],
        watch_seconds: float = 0.2,
    ) -> None:
        self._answer = answer
        self._faults = faults
        self._arrived = arrived
        self._tick = tick
        self._watch_seconds = watch_seconds
        self._connections: set[asyncio.Task[None]] = set()

    @contextlib.asynccontextmanager
    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
        """Listen until the context ends, then close every connection; yields the port."""
        server = await asyncio.start_server(self._connected, host, port, ssl=tls)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            for connection in self._connections:
                connection.cancel()
            await asyncio.gather(*self._connections, return_exceptions=True)
            await server.wait_closed()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("a connection is served by a task")
        self._connections.add(task)
        try:
            await self._serve(reader, writer)
        except (_Cut, ConnectionError, h11.RemoteProtocolError, asyncio.CancelledError, ssl.SSLError):
            # Closed by a fault, by the client or by the end of the server: there is nobody left to answer.
            writer.transport.abort()
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        while (request := await _next_request(connection, reader)) is not None:
            self._arrived(request)
            await self._respond(connection, writer, request)
            if connection.our_state is h11.MUST_CLOSE:
                return
            connection.start_next_cycle()

    async def _respond(self, connection: h11.Connection, writer: asyncio.StreamWriter, request: Request) -> None:
        fault = self._faults.take(request) or Fault()
        if fault.cut == "before":
            raise _Cut
        if fault.arrives_after_seconds:
            await asyncio.sleep(fault.arrives_after_seconds)
        answer = self._answer(request) if fault.status is None else fault.refusal()
        if fault.delay_seconds:
            await asyncio.sleep(fault.delay_seconds)
        if fault.cut == "after":
            raise _Cut
        body = answer.body if fault.body is None else fault.body
        headers = {"Content-Type": answer.content_type, "Cache-Control": "no-cache, private", **answer.headers}
        headers |= fault.headers
        if answer.stream is None:
            headers["Content-Length"] = str(len(body))
        head = h11.Response(
            status_code=answer.status,
            headers=list(headers.items()),
            reason=_REASONS.get(answer.status, ""),
        )
        await _send(connection, writer, head)
        if fault.cut == "middle":
            await _send(connection, writer, h11.Data(data=body[: len(body) // 2]))
            raise _Cut
        if answer.stream is None:
            await _send(connection, writer, h11.Data(data=body))
        else:
            await self._stream(connection, writer, answer.stream)
        await _send(connection, writer, h11.EndOfMessage())

    async def _stream(
        self, connection: h11.Connection, writer: asyncio.StreamWriter, chunks: AsyncIterator[bytes]
    ) -> None:
        """Send a watch; the clock is looked at regularly, because while a client watches it asks nothing."""
        following: asyncio.Future[bytes] = asyncio.ensure_future(anext(chunks))
        try:
            while not writer.is_closing():
                done, _ = await asyncio.wait({following}, timeout=self._watch_seconds)
                if not done:
                    self._tick()
                    continue
                try:
                    chunk = following.result()
                except StopAsyncIteration:
                    return
                await _send(connection, writer, h11.Data(data=chunk))
                following = asyncio.ensure_future(anext(chunks))
        finally:
            following.cancel()
            await asyncio.gather(following, return_exceptions=True)


async def _next_request(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    """Return the next request of a connection, or None at its end."""
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(_CHUNK_BYTES))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            return _request(head, bytes(body))
        elif isinstance(event, h11.ConnectionClosed) or event is h11.PAUSED:
            return None


def _request(head: h11.Request, body: bytes) -> Request:
    target = urlsplit(head.target.decode("ascii"))
    return Request(
        method=head.method.decode("ascii"),
        path=unquote(target.path).rstrip("/") or "/",
        query=dict(parse_qsl(target.query, keep_blank_values=True)),
        headers={name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers},
        body=body,
    )


async def _send(connection: h11.Connection, writer: asyncio.StreamWriter, event: h11.Event) -> None:
    data = connection.send(event)
    if data:
        writer.write(data)
        await writer.drain()
