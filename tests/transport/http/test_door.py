import asyncio
import gzip
import tracemalloc
from email.utils import formatdate

import pytest

from console.transport.http import (
    BadEndpoint,
    BadRequest,
    BasicCredentials,
    BearerCredentials,
    Endpoint,
    HttpDoor,
    NotJson,
    Overloaded,
    RetryPolicy,
    ServerFault,
    SourceError,
    TimedOut,
    TooLarge,
    Unauthorized,
    Unreachable,
)
from tests.sources.lying_server import CLOSE, HANG, Lie, LyingServer, answer, zipped

OK = answer({"fine": True})


class Sleeper:
    """Remembers what it was asked to sleep, and sleeps not at all."""

    def __init__(self) -> None:
        self.slept: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.slept.append(seconds)


async def ask(
    server: LyingServer,
    *,
    endpoint: Endpoint | None = None,
    sleeper: Sleeper | None = None,
    deadline: float = 20,
    random: float = 1.0,
    tries: int = 3,
) -> bytes:
    door = HttpDoor(
        endpoint or Endpoint.parse(server.url),
        retries=RetryPolicy(tries=tries),
        sleep=sleeper or Sleeper(),
        random=lambda: random,
        wall_clock=lambda: 1_000_000.0,
    )
    async with door:
        return (await door.post("/ask", {"query": "up"}, deadline_seconds=deadline)).body


async def test_posts_a_form_and_asks_for_json() -> None:
    async with LyingServer(OK) as server:
        assert await ask(server) == OK.body
    (request,) = server.requests
    assert (request.method, request.path, request.form) == ("POST", "/ask", {"query": ["up"]})
    assert request.headers["accept"] == "application/json"


async def test_keeps_the_path_prefix_of_the_url() -> None:
    async with LyingServer(OK) as server:
        await ask(server, endpoint=Endpoint.parse(server.url + "/prometheus/"))
    assert server.requests[0].path == "/prometheus/ask"


async def test_one_connection_serves_many_requests_and_brings_no_environment_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    async with LyingServer(OK) as server, HttpDoor(Endpoint.parse(server.url)) as door:
        for _ in range(3):
            reply = await door.get("/ask", {"a": ["1", "2"]}, deadline_seconds=5)
            assert reply.status == 200
    assert server.requests[2].query == {"a": ["1", "2"]}


@pytest.mark.parametrize(
    ("credentials", "header"),
    [
        (BasicCredentials("ops", "pass:wörd"), "Basic b3BzOnBhc3M6d8O2cmQ="),
        (BearerCredentials("t0ken"), "Bearer t0ken"),
    ],
)
async def test_sends_credentials_and_headers(credentials: BasicCredentials | BearerCredentials, header: str) -> None:
    async with LyingServer(OK) as server:
        endpoint = Endpoint.parse(server.url, credentials, (("X-Scope-OrgID", "ml"),))
        await ask(server, endpoint=endpoint)
    assert server.requests[0].headers["authorization"] == header
    assert server.requests[0].headers["x-scope-orgid"] == "ml"


async def test_unpacks_gzip() -> None:
    async with LyingServer(zipped(OK)) as server:
        assert await ask(server) == OK.body


async def test_broken_gzip_is_a_server_fault() -> None:
    async with LyingServer(Lie(body=b"no gzip", headers={"Content-Encoding": "gzip"})) as server:
        with pytest.raises(ServerFault, match="cannot be unpacked"):
            await ask(server)


async def test_refuses_an_answer_that_unpacks_to_more_than_the_limit() -> None:
    bomb = Lie(body=gzip.compress(b" " * 2_000_000), headers={"Content-Encoding": "gzip"})
    async with LyingServer(bomb) as server:
        endpoint = Endpoint(server.url, largest_reply_bytes=100_000)
        with pytest.raises(TooLarge, match="more than 100,000 bytes"):
            await ask(server, endpoint=endpoint)
    assert len(bomb.body) < 100_000


async def test_the_deadline_ends_a_hanging_server() -> None:
    async with LyingServer(HANG) as server:
        with pytest.raises(TimedOut, match=r"did not answer within 0\.5 s"):
            await ask(server, deadline=0.5)
    assert len(server.requests) == 1


async def test_the_deadline_ends_an_answer_that_trickles() -> None:
    async with LyingServer(Lie(body=b" ", repeated=1000, pause_seconds=0.02)) as server:
        with pytest.raises(TimedOut, match=r"did not answer within 0\.2 s"):
            await ask(server, deadline=0.2)


async def test_a_huge_answer_is_given_up_when_it_is_too_large_and_not_held() -> None:
    megabyte = Lie(body=b" " * 1_000_000, repeated=100)
    async with LyingServer(megabyte) as server:
        tracemalloc.start()
        try:
            with pytest.raises(TooLarge, match="more than 3,000,000 bytes"):
                await ask(server, endpoint=Endpoint(server.url, largest_reply_bytes=3_000_000))
            _, most = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert most < 3 * 3_000_000


async def test_paths_have_lies_of_their_own() -> None:
    async with LyingServer(OK, by_path={"/ask": (Lie(500),)}) as server, HttpDoor(Endpoint.parse(server.url)) as door:
        assert (await door.get("/other", {}, deadline_seconds=5)).body == OK.body
        with pytest.raises(ServerFault):
            await door.get("/ask", {}, deadline_seconds=5)


async def test_nobody_listens() -> None:
    async with LyingServer(OK) as server:
        url = server.url
    sleeper = Sleeper()
    async with HttpDoor(Endpoint.parse(url), sleep=sleeper, random=lambda: 0.5) as door:
        with pytest.raises(Unreachable, match="connection refused"):
            await door.get("/", {}, deadline_seconds=20)
    assert sleeper.slept == [0.25, 0.5]


async def test_a_name_that_does_not_exist() -> None:
    async with HttpDoor(Endpoint.parse("http://nowhere.invalid:9090"), sleep=Sleeper()) as door:
        with pytest.raises(Unreachable, match="name cannot be resolved"):
            await door.get("/", {}, deadline_seconds=20)


@pytest.mark.parametrize("host", ["é…", "xn--a", "x\u202e"])
def test_a_name_that_no_server_can_have_is_refused_before_a_request(host: str) -> None:
    with pytest.raises(BadEndpoint, match=r":9090: no server can have this name; expected such as host:9090") as caught:
        HttpDoor(Endpoint.parse(f"http://{host}:9090"))
    assert str(caught.value).isprintable()


async def test_tls_to_a_server_without_it() -> None:
    async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(speak_plainly, "127.0.0.1", 0)
    endpoint = Endpoint.parse(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server, HttpDoor(endpoint, sleep=Sleeper()) as door:
        with pytest.raises(Unreachable, match="TLS failed"):
            await door.get("/", {}, deadline_seconds=20)


async def test_a_connection_closed_before_an_answer_is_tried_again() -> None:
    async with LyingServer(CLOSE, OK) as server:
        assert await ask(server) == OK.body
    assert len(server.requests) == 2


async def test_an_answer_that_breaks_off_is_a_server_fault_and_final() -> None:
    async with LyingServer(Lie(body=b'{"status":', promised=5000)) as server:
        with pytest.raises(ServerFault, match="broke off"):
            await ask(server)
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [429, 502, 503, 504])
async def test_passing_troubles_are_tried_again(status: int) -> None:
    sleeper = Sleeper()
    async with LyingServer(Lie(status), Lie(status), OK) as server:
        assert await ask(server, sleeper=sleeper, random=0.5) == OK.body
    assert sleeper.slept == [0.25, 0.5]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422, 500])
async def test_lasting_troubles_are_not_tried_again(status: int) -> None:
    async with LyingServer(answer({}, status), OK) as server:
        with pytest.raises(SourceError):
            await ask(server)
    assert len(server.requests) == 1


async def test_tries_are_bounded() -> None:
    async with LyingServer(Lie(502)) as server:
        with pytest.raises(ServerFault, match="answered 502"):
            await ask(server, tries=4)
    assert len(server.requests) == 4


async def test_waits_as_long_as_the_server_asks() -> None:
    sleeper = Sleeper()
    in_three_seconds = formatdate(1_000_003, usegmt=True)
    async with LyingServer(
        Lie(429, headers={"Retry-After": "10"}), Lie(503, headers={"Retry-After": in_three_seconds}), OK
    ) as server:
        assert await ask(server, sleeper=sleeper) == OK.body
    assert sleeper.slept == [10, 3]


async def test_does_not_wait_beyond_the_deadline() -> None:
    sleeper = Sleeper()
    async with LyingServer(Lie(429, headers={"Retry-After": "60"})) as server:
        with pytest.raises(Overloaded, match="answered 429") as caught:
            await ask(server, sleeper=sleeper, deadline=5)
    assert sleeper.slept == []
    assert caught.value.retry_after_seconds == 60


async def test_at_most_so_many_at_once() -> None:
    async with LyingServer(HANG, HANG, OK) as server, HttpDoor(Endpoint.parse(server.url), at_once=2) as door:
        tasks = [asyncio.create_task(door.get("/", {}, deadline_seconds=5)) for _ in range(6)]
        await server.arrived(2)
        server.release.set()
        assert {reply.status for reply in await asyncio.gather(*tasks)} == {200}
    assert server.most_at_once == 2


async def test_a_page_of_a_proxy_is_told_in_its_first_words() -> None:
    page = b"<html><head><style>b{}</style></head><body>\n <h1>Bad\x1b[31m\x00 Gateway</h1> nginx" + b"x" * 500
    async with LyingServer(Lie(404, page, "text/html; charset=utf-8")) as server:
        with pytest.raises(NotJson) as caught:
            await ask(server)
    detail = caught.value.detail
    assert "answered 404 text/html" in detail
    assert "Bad␛[31m␀ Gateway nginx" in detail
    assert "is the path of the URL right?" in detail
    assert "<" not in detail
    assert len(detail) < 250


async def test_a_redirection_is_not_followed() -> None:
    headers = {"Location": "https://elsewhere.example/start?token=abc"}
    async with LyingServer(Lie(302, headers=headers)) as server:
        with pytest.raises(NotJson, match=r"redirection to https://elsewhere\.example/start, instead"):
            await ask(server)


@pytest.mark.parametrize(
    "where", ["/login", "https://sso.example/start?token=abc", "/oauth2/start?rd=%2F", "/a/sign-in"]
)
async def test_a_sign_in_is_told_as_such(where: str) -> None:
    told = rf"wants a sign-in: it answered 302, a redirection to {where.partition('?')[0]}$"
    async with LyingServer(Lie(302, headers={"Location": where})) as server:
        with pytest.raises(Unauthorized, match=told):
            await ask(server)


@pytest.mark.parametrize(
    ("lie", "kind", "words"),
    [
        (
            answer({"message": "Invalid API key", "traceID": ""}, 401),
            Unauthorized,
            "application/json: 'Invalid API key'",
        ),
        (
            answer({"message": "Bad Gateway", "traceID": "\x1b[2J"}, 502),
            ServerFault,
            "answered 502 application/json: 'Bad",
        ),
        (answer({"message": "Data source not found"}, 404), BadRequest, "'Data source not found'"),
        (answer({"message": {"a": 1}, "error": "gone"}, 502), ServerFault, "'gone'"),
        (answer({"message": {"a": 1}}, 502), ServerFault, '\'{"message": {"a": 1}}\''),
        (Lie(502, b'{"message": "cut o'), ServerFault, "cut o"),
    ],
)
async def test_the_message_of_a_gateway_is_told_alone(lie: Lie, kind: type[SourceError], words: str) -> None:
    async with LyingServer(lie) as server:
        with pytest.raises(kind) as caught:
            await ask(server, tries=1)
    assert words in caught.value.detail
    assert caught.value.detail.isprintable()


REFUSES_TO_POST = answer({"message": "non allow-listed POSTs not allowed on proxied Prometheus datasource"}, 403)


@pytest.mark.parametrize("lie", [Lie(405), REFUSES_TO_POST])
async def test_what_may_not_be_posted_is_asked_by_get_from_then_on(lie: Lie) -> None:
    async with LyingServer(lie, OK) as server, HttpDoor(Endpoint.parse(server.url)) as door:
        for _ in range(2):
            await door.post("/ask", {"match[]": ["a", "b"]}, deadline_seconds=5)
        await door.post("/other", {}, deadline_seconds=5)
    sent = [(request.method, request.path, request.query) for request in server.requests]
    asked = ("GET", "/ask", {"match[]": ["a", "b"]})
    assert sent == [("POST", "/ask", {}), asked, asked, ("POST", "/other", {})]


async def test_a_get_that_is_not_allowed_is_not_asked_for_ever() -> None:
    async with LyingServer(Lie(405, b"no", "text/plain")) as server:
        with pytest.raises(NotJson, match="answered 405"):
            await ask(server)
    assert len(server.requests) == 2


async def test_a_json_refusal_is_a_bad_request() -> None:
    async with LyingServer(answer({"why": "no"}, 400)) as server:
        with pytest.raises(BadRequest):
            await ask(server)


@pytest.mark.parametrize("status", [401, 403])
async def test_refused_credentials_are_not_echoed(status: int) -> None:
    said = b"unknown user ops with hunter2-secret (b3BzOmh1bnRlcjItc2VjcmV0) of long-tenant-name"
    async with LyingServer(Lie(status, said, "text/plain")) as server:
        credentials = BasicCredentials("ops", "hunter2-secret")
        endpoint = Endpoint.parse(server.url, credentials, (("X-Api-Key", "long-tenant-name"),))
        with pytest.raises(Unauthorized) as caught:
            await ask(server, endpoint=endpoint)
    assert "unknown user ops with *** (***) of ***" in caught.value.detail
