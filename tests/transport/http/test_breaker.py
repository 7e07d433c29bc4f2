"""A server that fails is left alone, and asked now and then whether it is back."""

import asyncio
import math
import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.sources.alertmanager.client import AlertmanagerClient
from console.sources.prometheus import PrometheusClient
from console.transport.http import (
    BadRequest,
    Endpoint,
    HttpDoor,
    NotJson,
    Overloaded,
    Probe,
    RetryPolicy,
    ServerFault,
    SourceError,
    TimedOut,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from console.transport.http.breaker import FAILURES_IN_A_ROW, LONGEST_PAUSE_SECONDS, LONGEST_SECONDS, Breaker
from tests.sources.lying_server import CLOSE, HANG, Lie, LyingServer, answer, vector

FINE = answer({"fine": True})
UP = vector(({"job": "a"}, 1))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def door_of(server: LyingServer, clock: Clock, tries: int = 1) -> HttpDoor:
    return HttpDoor(
        Endpoint.parse(server.url),
        retries=RetryPolicy(tries=tries),
        probe=Probe("/probe", {}),
        sleep=clock.sleep,
        random=lambda: 1.0,
        clock=clock,
        wall_clock=clock,
    )


async def failure_of(door: HttpDoor, deadline: float = 5.0) -> str:
    with pytest.raises(SourceError) as caught:
        await door.get("/ask", {}, deadline_seconds=deadline)
    assert caught.value.detail.isprintable()
    return caught.value.detail


def paths(server: LyingServer) -> list[str]:
    return [request.path for request in server.requests]


async def test_after_three_failures_nothing_but_probes_is_sent_ever_more_rarely(clock: Clock) -> None:
    async with LyingServer(CLOSE) as server, door_of(server, clock) as door:
        for _ in range(3):
            assert (await failure_of(door)).endswith("the connection was closed before an answer")
        told = await failure_of(door)
        assert told.endswith("closed before an answer; 3 failures in a row, asked again in 2 s")
        assert paths(server) == ["/ask"] * 3
        began = clock.now
        probed_at = []
        while clock.now < began + 600:
            clock.now += 1
            before = len(server.requests)
            told = await failure_of(door)
            probed_at += [clock.now - began] * (len(server.requests) - before)
        assert re.search(r"; 1\d failures in a row, asked again in \d+ s$", told)
    assert set(paths(server)[3:]) == {"/probe"}
    assert probed_at[:6] == [2, 6, 14, 30, 62, 122]
    gaps = [later - earlier for earlier, later in pairwise(probed_at)]
    assert max(gaps) == LONGEST_SECONDS


async def test_a_single_failure_is_told_as_one(clock: Clock) -> None:
    pause = Lie(503, headers={"Retry-After": "5"})
    async with LyingServer(pause, CLOSE) as server, door_of(server, clock) as door:
        await failure_of(door)
        clock.now += 5
        assert (await failure_of(door)).endswith("closed before an answer; asked again in 4 s")


async def test_an_answered_probe_lets_the_request_through_and_closes(clock: Clock) -> None:
    async with LyingServer(CLOSE, CLOSE, CLOSE, FINE) as server, door_of(server, clock) as door:
        for _ in range(3):
            await failure_of(door)
        clock.now += 2
        assert (await door.get("/ask", {}, deadline_seconds=5)).body == FINE.body
        assert (await door.get("/ask", {}, deadline_seconds=5)).body == FINE.body
    assert paths(server) == ["/ask"] * 3 + ["/probe", "/ask", "/ask"]


async def test_requests_beside_a_probe_wait_for_it_and_send_none_of_their_own(clock: Clock) -> None:
    async with LyingServer(CLOSE, CLOSE, CLOSE, HANG) as server, door_of(server, clock) as door:
        for _ in range(3):
            await failure_of(door)
        clock.now += 2
        asked = [asyncio.create_task(door.get("/ask", {}, deadline_seconds=9)) for _ in range(5)]
        await server.arrived(4)
        server.release.set()
        told = await asyncio.gather(*asked, return_exceptions=True)
        assert {isinstance(error, Unreachable) for error in told} == {True}
    assert paths(server) == ["/ask"] * 3 + ["/probe"]


async def test_a_hanging_server_is_probed_and_closes_when_it_wakes(clock: Clock) -> None:
    async with LyingServer(HANG) as server, door_of(server, clock) as door:
        for _ in range(3):
            assert "did not answer within 0.05 s" in await failure_of(door, deadline=0.05)
        assert "3 failures in a row" in await failure_of(door, deadline=0.05)
        server.tell(FINE)
        clock.now += 2
        assert (await door.get("/ask", {}, deadline_seconds=5)).body == FINE.body
    *hung, probe, asked = paths(server)  # on a busy machine the time may be over before a request has left
    assert (set(hung) <= {"/ask"}, probe, asked) == (True, "/probe", "/ask")


async def test_a_probe_does_not_outlast_the_deadline_of_its_request(clock: Clock) -> None:
    async with LyingServer(CLOSE, CLOSE, CLOSE, HANG) as server, door_of(server, clock) as door:
        for _ in range(3):
            await failure_of(door)
        clock.now += 2
        assert (await failure_of(door, deadline=0.5)).endswith("did not answer within 0.5 s")
    assert paths(server)[3:] == ["/probe"]


async def test_a_heavy_query_beside_answered_ones_is_its_own_fault(clock: Clock) -> None:
    async with LyingServer(HANG, FINE) as server, door_of(server, clock) as door:
        for _ in range(FAILURES_IN_A_ROW + 1):
            server.tell(HANG, FINE)
            slow = asyncio.create_task(failure_of(door, deadline=0.5))
            await server.arrived(len(server.requests) + 1)
            await door.get("/light", {}, deadline_seconds=5)
            await slow
    assert "/probe" not in paths(server)


@pytest.mark.parametrize(("lie", "seconds"), [("7", 7), ("Thu, 01 Jan 1970 00:16:50 GMT", 10), ("86400", 300)])
async def test_a_server_that_asks_for_a_pause_gets_it_across_requests(clock: Clock, lie: str, seconds: int) -> None:
    busy = Lie(429, b"slow down", "text/plain", headers={"Retry-After": lie})
    async with LyingServer(busy) as server, door_of(server, clock, tries=3) as door:
        await failure_of(door, deadline=1.0)
        sent = len(server.requests)
        for _ in range(20):
            with pytest.raises(Overloaded, match=rf"'slow down'; it wants a pause, asked again in {seconds} s"):
                await door.get("/ask", {}, deadline_seconds=1.0)
        assert len(server.requests) == sent == 1
        server.tell(FINE)
        clock.now += min(seconds, LONGEST_PAUSE_SECONDS)
        await door.get("/ask", {}, deadline_seconds=1.0)
    assert paths(server)[1:] == ["/probe", "/ask"]


@pytest.mark.parametrize(
    ("lie", "opens"),
    [
        (Lie(401), True),
        (Lie(429), True),
        (Lie(503), True),
        (Lie(500), True),
        (answer({}, 400), False),
        (Lie(404), False),
    ],
)
async def test_what_counts_as_a_failure_of_the_server(clock: Clock, lie: Lie, opens: bool) -> None:
    async with LyingServer(lie) as server, door_of(server, clock) as door:
        for _ in range(3):
            await failure_of(door)
        assert ("3 failures in a row" in await failure_of(door)) == opens


@pytest.mark.parametrize("lie", [CLOSE, HANG, Lie(429), Lie(502), Lie(503, b"<h1>no</h1>", "text/html"), Lie(401)])
async def test_no_retry_storm_across_the_refreshes_of_an_hour(clock: Clock, lie: Lie) -> None:
    """A refresh every 15 s asks 20 queries at once; a dead hour costs a server about as much as one refresh."""
    async with (
        LyingServer(lie) as server,
        PrometheusClient([Endpoint.parse(server.url)], sleep=clock.sleep, clock=clock, random=lambda: 1.0) as client,
    ):

        async def ask() -> None:
            until = asyncio.get_running_loop().time() + 0.1
            with pytest.raises(SourceError):
                await client.query("up", 1000.0, timeout_seconds=-0.95, until=until)

        for _ in range(240):
            await asyncio.gather(*(ask() for _ in range(20)))
            clock.now += 15.0
        requests = server.requests
    probes = [request for request in requests if request.query.get("query") == ["1"]]
    assert len(probes) <= 3600 / LONGEST_SECONDS + 8
    assert len(requests) - len(probes) <= 5 * 3


async def test_an_alertmanager_is_probed_by_its_status() -> None:
    async with LyingServer(CLOSE, CLOSE, CLOSE, answer({}), answer([])) as server:
        endpoints = [Endpoint.parse(server.url)]

        async def no_sleep(_: float) -> None:
            return

        async with AlertmanagerClient(endpoints, sleep=no_sleep, random=lambda: 0.0) as client:
            with pytest.raises(Unreachable):
                await client.alerts()
            server.tell(CLOSE)
            for _ in range(2):
                with pytest.raises(Unreachable):
                    await client.alerts()
            server.tell(answer({}), answer([]))
            assert (await client.alerts()).alerts == ()
    assert paths(server)[-2:] == ["/api/v2/status", "/api/v2/alerts"]


ERRORS = (Unreachable, TimedOut, ServerFault, Unavailable, Overloaded, Unauthorized, BadRequest, NotJson)
EVENTS = st.one_of(
    st.just("answer"),
    st.sampled_from(ERRORS).map(lambda kind: kind("x")),
    st.floats(0, 1e6).map(lambda seconds: Overloaded("x", retry_after_seconds=seconds)),
    st.floats(0, 100),
)


@given(events=st.lists(EVENTS, max_size=60), jitter=st.floats(0, 1))
def test_a_breaker_opens_only_for_a_reason_and_never_for_long(
    events: list[str | SourceError | float], jitter: float
) -> None:
    clock = Clock()
    breaker = Breaker(clock, lambda: jitter)
    failures = 0
    for event in events:
        was_open = breaker.is_open
        if isinstance(event, float):
            clock.now += event
        elif isinstance(event, SourceError):
            breaker.failed(event, clock.now)
            pause = event.retry_after_seconds is not None
            if isinstance(event, BadRequest):
                failures = 0
                assert not breaker.is_open
            elif not was_open and not isinstance(event, NotJson):
                failures += 1
                assert breaker.is_open <= (pause or failures >= FAILURES_IN_A_ROW)
        else:
            breaker.answered()
            failures = 0
            assert not breaker.is_open
    clock.now += max(LONGEST_SECONDS, LONGEST_PAUSE_SECONDS) + math.ulp(clock.now)
    probed: list[None] = []

    async def probe() -> None:
        probed.append(None)

    was_open = breaker.is_open
    asyncio.run(breaker.admit(probe))
    assert not breaker.is_open
    assert len(probed) == was_open
