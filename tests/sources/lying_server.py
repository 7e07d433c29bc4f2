"""A small server that speaks real HTTP and lies: slow, dead, HTML, truncated, overloaded, huge, wrong types."""

import asyncio
import gzip
import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, list[str]]:
        return parse_qs(self.body.decode())


@dataclass(frozen=True)
class Lie:
    """What is sent: status, headers and body; `promised` is the Content-Length where it is not the body's.

    The body is sent `repeated` times, each after a pause, so that a huge or a slow answer costs the test no memory.
    """

    status: int = 200
    body: bytes = b""
    content_type: str | None = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    promised: int | None = None
    close_without_answer: bool = False
    hang: bool = False
    repeated: int = 1
    pause_seconds: float = 0.0


HANG = Lie(hang=True)
CLOSE = Lie(close_without_answer=True)


def answer(document: Any, status: int = 200, **headers: str) -> Lie:
    return Lie(status, json.dumps(document).encode(), headers=headers)


def vector(*samples: tuple[dict[str, str], float | str]) -> Lie:
    result = [{"metric": labels, "value": [1000, str(value)]} for labels, value in samples]
    return answer({"status": "success", "data": {"resultType": "vector", "result": result}})


def failure(status: int, kind: str, message: str) -> Lie:
    return answer({"status": "error", "errorType": kind, "error": message}, status)


def zipped(lie: Lie) -> Lie:
    return Lie(lie.status, gzip.compress(lie.body), headers={"Content-Encoding": "gzip"})


class LyingServer:
    """Plays its lies in order, the last one for ever; `requests` are those that arrived.

    `by_path` holds the lies of single paths, each played likewise.
    """

    def __init__(self, *lies: Lie, by_path: Mapping[str, Sequence[Lie]] | None = None) -> None:
        self._lies = list(lies)
        self._by_path = {path: list(those) for path, those in (by_path or {}).items()}
        self.requests: list[Request] = []
        self.at_once = 0
        self.most_at_once = 0
        self.release = asyncio.Event()
        self._connections: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self._arrival = asyncio.Condition()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._connection, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self.release.set()
        self._server.close()
        for writer in self._connections.values():
            writer.close()
        await asyncio.gather(*self._connections)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def tell(self, *lies: Lie) -> None:
        self._lies = list(lies)

    async def arrived(self, count: int) -> None:
        async with self._arrival:
            await self._arrival.wait_for(lambda: len(self.requests) >= count)

    async def _lie_for(self, request: Request) -> Lie:
        """Return what is told to a request."""
        lies = self._by_path.get(request.path, self._lies)
        return lies.pop(0) if len(lies) > 1 else lies[0]

    async def _connection(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections[task] = writer
        try:
            while (request := await _read_request(reader)) is not None:
                async with self._arrival:
                    self.requests.append(request)
                    self._arrival.notify_all()
                self.at_once += 1
                self.most_at_once = max(self.most_at_once, self.at_once)
                try:
                    lie = await self._lie_for(request)
                    if lie.hang:
                        await self.release.wait()
                    if lie.hang or lie.close_without_answer:
                        return
                    writer.write(_head_of(lie))
                    for _ in range(lie.repeated):
                        await self._pause(lie.pause_seconds)
                        writer.write(lie.body)
                        await writer.drain()
                finally:
                    self.at_once -= 1
                if lie.promised is not None:
                    return
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()
            del self._connections[task]

    async def _pause(self, seconds: float) -> None:
        """Wait, but not beyond the end of the test."""
        if seconds:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.release.wait(), seconds)


async def _read_request(reader: asyncio.StreamReader) -> Request | None:
    line = (await reader.readline()).decode("latin-1").split()
    if len(line) != 3 or not line[2].startswith("HTTP/"):  # the greeting of TLS may hold a line of three words
        return None
    headers = {}
    while (header := (await reader.readline()).decode("latin-1").strip()) != "":
        name, _, value = header.partition(":")
        headers[name.lower()] = value.strip()
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    target = urlsplit(line[1])
    return Request(line[0], target.path, parse_qs(target.query), headers, body)


def _head_of(lie: Lie) -> bytes:
    length = len(lie.body) * lie.repeated if lie.promised is None else lie.promised
    headers = {"Content-Length": str(length), **lie.headers}
    if lie.content_type is not None:
        headers["Content-Type"] = lie.content_type
    head = f"HTTP/1.1 {lie.status} Lie\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return head.encode("latin-1") + b"\r\n"
