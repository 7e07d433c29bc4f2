"""A proxy that writes down the requests that pass through it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import msgspec


class RecordedRequest(msgspec.Struct, frozen=True):
    """One request: its method, its path with the query, and its body."""

    method: str
    path: str
    body: str


class RecordingProxy:
    """Forwards to one HTTP server, one connection for each that comes in."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self.url = ""
        self.requests: list[RecordedRequest] = []

    @asynccontextmanager
    async def serve(self) -> AsyncIterator["RecordingProxy"]:
        """Listen on a free port of 127.0.0.1."""
        server = await asyncio.start_server(self._converse, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server_reader, server_writer = await asyncio.open_connection(*self._target)
        answers = asyncio.create_task(_copy(server_reader, writer))
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")
                headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
                body = await reader.readexactly(int(headers.get("content-length", "0")))
                method, path, _ = lines[0].split(" ")
                self.requests.append(RecordedRequest(method, path, body.decode()))
                server_writer.write(head + body)
        except asyncio.IncompleteReadError:
            return  # the client is done
        finally:
            answers.cancel()
            server_writer.close()
            writer.close()


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while part := await reader.read(1 << 16):
        writer.write(part)
        await writer.drain()
