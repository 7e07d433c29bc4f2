"""What a body may cost: no more than the limit is ever unpacked, however well it was packed."""

import gzip
import time
import tracemalloc

import pytest

from console.transport.http import Endpoint, HttpDoor, Reply, ServerFault, TooLarge
from tests.sources.lying_server import Lie, LyingServer

MEBIBYTE = 1024 * 1024
LIMIT = 4 * MEBIBYTE


async def answer_to(lie: Lie) -> Reply:
    async with LyingServer(lie) as server:
        endpoint = Endpoint(server.url, largest_reply_bytes=LIMIT)
        async with HttpDoor(endpoint) as door:
            return await door.get("/", {}, deadline_seconds=20)


def packed(body: bytes, times: int = 1) -> Lie:
    for _ in range(times):
        body = gzip.compress(body)
    return Lie(200, body, headers={"Content-Encoding": ", ".join(["gzip"] * times)})


async def test_a_body_as_large_as_the_limit_is_taken() -> None:
    body = b"x" * LIMIT
    assert (await answer_to(Lie(200, body))).body == body
    assert (await answer_to(packed(body))).body == body


async def test_a_bomb_is_unpacked_up_to_the_limit_and_no_further() -> None:
    bomb = packed(b"\0" * (256 * MEBIBYTE))
    tracemalloc.start()
    began = time.process_time()
    with pytest.raises(TooLarge, match=r"sent more than 4 MiB; ask for less$"):
        await answer_to(bomb)
    spent, (_, most) = time.process_time() - began, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 4 * LIMIT
    began = time.process_time()
    gzip.decompress(bomb.body)
    assert spent < time.process_time() - began


async def test_what_was_packed_twice_is_not_unpacked_at_all() -> None:
    with pytest.raises(ServerFault, match="packed as gzip, gzip, which nobody asked for"):
        await answer_to(packed(b"\0" * LIMIT, times=2))


async def test_a_size_that_is_told_in_advance_is_refused_before_anything_is_read() -> None:
    with pytest.raises(TooLarge, match="more than 4 MiB"):
        await answer_to(Lie(200, b"", promised=LIMIT + 1))


async def test_an_end_that_is_missing_is_told() -> None:
    lie = packed(bytes(range(256)) * 100)
    with pytest.raises(ServerFault, match="cannot be unpacked: its end is missing"):
        await answer_to(Lie(200, lie.body[:-12], headers=lie.headers))
