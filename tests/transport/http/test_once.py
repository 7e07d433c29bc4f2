import asyncio
from contextlib import suppress

import pytest

from console.transport.errors import Unreachable
from console.transport.http import Endpoint
from console.transport.http.credentials import BearerCredentials
from console.transport.http.once import LARGEST_ANSWER_BYTES, NoAnswer, OnceAnswer, send_once
from tests.sources.lying_server import CLOSE, HANG, Lie, LyingServer, answer

MEBIBYTE = 1024 * 1024


async def send(server: LyingServer, seconds: float = 5.0) -> OnceAnswer:
    endpoint = Endpoint.parse(server.url, BearerCredentials("s3cret-token"))
    return await send_once(
        endpoint, "POST", "/hook", body=b"{}", headers={"Idempotency-Key": "k1"}, deadline_seconds=seconds
    )


async def test_what_is_sent_carries_credentials_and_headers() -> None:
    async with LyingServer(answer({"ok": True}, 202)) as server:
        found = await send(server)
    (request,) = server.requests
    assert (found.status, found.body, found.cut) == (202, b'{"ok": true}', False)
    assert (request.method, request.path, request.body) == ("POST", "/hook", b"{}")
    assert request.headers["authorization"] == "Bearer s3cret-token"
    assert request.headers["idempotency-key"] == "k1"


@pytest.mark.parametrize("status", [301, 302, 307, 429, 500, 503])
async def test_every_status_is_an_answer_and_nothing_is_sent_twice(status: int) -> None:
    async with LyingServer(Lie(status, b"no", headers={"Location": "/elsewhere", "Retry-After": "0"})) as server:
        assert (await send(server)).status == status
        assert len(server.requests) == 1


@pytest.mark.parametrize("lie", [CLOSE, HANG])
async def test_without_an_answer_it_may_have_arrived(lie: Lie) -> None:
    async with LyingServer(lie) as server:
        with pytest.raises(NoAnswer):
            await send(server, 0.3)
        assert len(server.requests) == 1


async def test_a_huge_answer_keeps_its_status_and_loses_its_end() -> None:
    async with LyingServer(Lie(200, b"x" * MEBIBYTE, repeated=10)) as server:
        found = await send(server)
    assert (found.status, len(found.body), found.cut) == (200, LARGEST_ANSWER_BYTES, True)


async def test_a_body_that_never_ends_keeps_its_status() -> None:
    async with LyingServer(Lie(200, b"x", repeated=1000, pause_seconds=0.1)) as server:
        found = await send(server, 1.5)
    assert (found.status, found.cut) == (200, True)


async def test_no_connection_is_known_to_have_sent_nothing() -> None:
    server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    with pytest.raises(Unreachable, match="connection refused"):
        await send_once(
            Endpoint.parse(f"http://127.0.0.1:{port}"), "POST", "/", headers={}, body=b"", deadline_seconds=1.0
        )


@pytest.mark.parametrize(
    ("said", "seconds", "why"),
    [(b"HTTP/1.1 400 Bad Request\r\n\r\n", 10.0, "does not speak TLS"), (b"", 0.4, "in time")],
)
async def test_a_tls_server_that_is_none_is_known_to_have_got_nothing(said: bytes, seconds: float, why: str) -> None:
    """It takes the greeting of TLS for a request that is wrong, or waits for the end of one."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        with suppress(ConnectionError):
            await reader.read(-1)
        writer.close()
        ended.set()

    ended = asyncio.Event()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        endpoint = Endpoint.parse(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        with pytest.raises(Unreachable, match=why):
            await send_once(endpoint, "POST", "/", headers={}, deadline_seconds=seconds)
        await ended.wait()


async def test_a_greeting_that_is_cut_short_leaves_no_connection_open() -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        greeted.set()
        with suppress(ConnectionError):
            await reader.read(-1)
        writer.close()
        ended.set()

    greeted, ended = asyncio.Event(), asyncio.Event()
    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        endpoint = Endpoint.parse(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
        sending = asyncio.create_task(send_once(endpoint, "POST", "/", headers={}, deadline_seconds=60.0))
        await greeted.wait()
        sending.cancel()
        with pytest.raises(asyncio.CancelledError):
            await sending
        async with asyncio.timeout(20):
            await ended.wait()
