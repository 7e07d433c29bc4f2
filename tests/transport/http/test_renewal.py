"""Secrets that change while the console runs."""

from collections.abc import Iterator

import msgspec
import pytest

from console.settings.secrets import SecretUnavailable
from console.transport.http import BearerCredentials, Endpoint, HttpDoor, Unauthorized
from tests.sources.lying_server import Lie, LyingServer, answer

OK = answer({"fine": True})


def endpoint_of(server: LyingServer, tokens: Iterator[str]) -> Endpoint:
    def renew() -> Endpoint:
        token = next(tokens, None)
        if token is None:
            raise SecretUnavailable("file token cannot be read")
        return Endpoint(server.url, BearerCredentials(token), renew=renew)

    return renew()


async def test_a_refused_token_is_read_again_and_used_from_then_on() -> None:
    async with (
        LyingServer(OK, Lie(401), OK) as server,
        HttpDoor(endpoint_of(server, iter(("old", "new")))) as door,
    ):
        for _ in range(3):
            await door.get("/", {}, deadline_seconds=5)
    sent = [request.headers["authorization"] for request in server.requests]
    assert sent == ["Bearer old", "Bearer old", "Bearer new", "Bearer new"]


async def test_a_token_that_did_not_change_is_not_sent_again() -> None:
    async with LyingServer(Lie(401)) as server, HttpDoor(endpoint_of(server, iter(("same", "same")))) as door:
        with pytest.raises(Unauthorized):
            await door.get("/", {}, deadline_seconds=5)
    assert len(server.requests) == 1


async def test_a_token_that_cannot_be_read_again_is_told() -> None:
    async with LyingServer(Lie(401)) as server, HttpDoor(endpoint_of(server, iter(("once",)))) as door:
        with pytest.raises(Unauthorized, match=r"answered 401 .*; file token cannot be read"):
            await door.get("/", {}, deadline_seconds=5)


async def test_without_a_way_to_renew_a_refusal_is_final() -> None:
    async with LyingServer(Lie(401)) as server:
        endpoint = msgspec.structs.replace(Endpoint.parse(server.url), credentials=BearerCredentials("t"))
        async with HttpDoor(endpoint) as door:
            with pytest.raises(Unauthorized):
                await door.get("/", {}, deadline_seconds=5)
    assert len(server.requests) == 1
