import asyncio
from collections.abc import AsyncIterator

import pytest

from console.sources.prometheus import (
    BadQuery,
    LabelSets,
    Point,
    PrometheusClient,
    QueryTimedOut,
    QueryTooHeavy,
)
from console.transport.http import (
    BadRequest,
    Endpoint,
    NotJson,
    Overloaded,
    ServerFault,
    SourceError,
    TimedOut,
    TooLarge,
    Unauthorized,
    Unavailable,
    Unreachable,
)
from console.transport.http.replicas import STICK_SECONDS
from tests.services import WITH_THE_API_OF_PROMETHEUS, OpenMetricsHistory, Prometheus, Servers, VictoriaMetrics
from tests.sources.lying_server import CLOSE, HANG, Lie, LyingServer, answer, failure, vector

AT = 1_700_000_000.0
UP = vector(({"job": "a"}, 1))
BUSY_VICTORIA_METRICS = (
    b'remoteAddr: "127.0.0.1:45074"; requestURI: /api/v1/query?query=queue%7Bmodel%3D%221%22%7D&time=1700001500.0; '
    b"cannot handle more than 1 concurrent search requests during 100ms; possible solutions: increase something\n"
)


async def no_sleep(_: float) -> None:
    return


def client_of(*urls: str, timeout_seconds: float = 10) -> PrometheusClient:
    endpoints = [Endpoint.parse(url) for url in urls]
    return PrometheusClient(endpoints, timeout_seconds=timeout_seconds, sleep=no_sleep)


def the_past() -> OpenMetricsHistory:
    history = OpenMetricsHistory()
    for model in ("ads", 'o"br\\ien\n✖'):
        history.add_function("queue", {"model": model}, lambda moment: moment - AT, start=AT - 600, end=AT)
    return history


@pytest.fixture(scope="module", params=WITH_THE_API_OF_PROMETHEUS)
def server(session_servers: Servers, request: pytest.FixtureRequest) -> Prometheus | VictoriaMetrics:
    return session_servers.with_the_api_of_prometheus(request.param, the_past())


@pytest.fixture
async def client(server: Prometheus | VictoriaMetrics) -> AsyncIterator[PrometheusClient]:
    async with client_of(server.url) as client:
        yield client


@pytest.fixture(scope="module")
def prometheus(session_servers: Servers) -> Prometheus:
    return session_servers.prometheus(history=the_past(), flags=("--query.max-samples=60000",))


async def test_an_instant_query(client: PrometheusClient) -> None:
    answered = await client.query("queue", AT - 30)
    labels = LabelSets()
    found = {labels.of(sample.metric)["model"]: sample.value for sample in answered.samples}
    assert found == {"ads": Point(AT - 30, -30.0), 'o"br\\ien\n✖': Point(AT - 30, -30.0)}
    assert answered.seconds > 0
    assert answered.warnings == ()


async def test_a_range_query(client: PrometheusClient) -> None:
    answered = await client.query_range('queue{model="ads"}', AT - 60, AT, 30)
    assert [series.values for series in answered.series] == [
        [Point(AT - 60, -60.0), Point(AT - 30, -30.0), Point(AT, 0.0)]
    ]


async def test_numbers_that_are_none(client: PrometheusClient, server: Prometheus | VictoriaMetrics) -> None:
    values = {}
    for expression in ("vector(1)/0", "vector(-1)/0", "vector(0)/0"):
        values[expression] = [str(s.value.value) for s in (await client.query(expression, AT)).samples if s.value]
    not_a_number = ["nan"] if isinstance(server, Prometheus) else []  # VictoriaMetrics leaves it out
    assert values == {"vector(1)/0": ["inf"], "vector(-1)/0": ["-inf"], "vector(0)/0": not_a_number}


async def test_names(client: PrometheusClient) -> None:
    assert (await client.label_names(["queue"], AT - 600, AT)).names == ("__name__", "model")
    assert (await client.metric_names('{__name__=~"q.*|nothing"}', AT - 600, AT)).names == ("queue",)


async def test_build_information(client: PrometheusClient, server: Prometheus | VictoriaMetrics) -> None:
    version = (await client.build_info()).version
    assert (version is not None) == isinstance(server, Prometheus)  # VictoriaMetrics answers an empty object
    assert version is None or version[0].isdecimal()


async def test_a_bad_query_names_its_fault(client: PrometheusClient) -> None:
    with pytest.raises(BadQuery, match=r"parse error: unclosed|:\d+: identList: unexpected token") as caught:
        await client.query("sum by (", AT)
    assert "sum by" not in caught.value.detail


async def test_too_many_points_ask_for_less(client: PrometheusClient) -> None:
    with pytest.raises(QueryTooHeavy, match=r"maximum resolution|: too many points"):
        await client.query_range("queue", AT - 100_000, AT, 1)


async def test_too_many_samples_ask_for_less(prometheus: Prometheus) -> None:
    async with client_of(prometheus.url) as client:
        with pytest.raises(QueryTooHeavy, match="too many samples"):
            await client.query("count_over_time(queue[15m:10ms])", AT + 300)


async def test_too_many_samples_or_series_of_victoria_metrics_ask_for_less(servers: Servers) -> None:
    limits = ("-search.maxSamplesPerQuery=10", "-search.maxUniqueTimeseries=1")
    limited = servers.victoria_metrics(history=the_past(), flags=limits)
    async with client_of(limited.url) as client:
        with pytest.raises(QueryTooHeavy, match=r":\d+: cannot select more than"):
            await client.query_range('rate(queue{model="ads"}[10m])', AT - 600, AT, 60)
        with pytest.raises(QueryTooHeavy, match=r":\d+: the number of matching timeseries exceeds 1"):
            await client.query("queue", AT)
        with pytest.raises(QueryTooHeavy, match=r":\d+: the number of matching timeseries exceeds 1"):
            await client.label_names(["queue"], AT - 600, AT)


async def test_a_query_that_the_server_gave_up(prometheus: Prometheus) -> None:
    about_a_second_of_work = "abs(" * 300 + "vector(time())" + ")" * 300
    async with client_of(prometheus.url) as client:
        with pytest.raises(QueryTimedOut):
            await client.query_range(about_a_second_of_work, AT - 10_000, AT, 1, timeout_seconds=0.05)


async def test_a_hung_server_is_given_up_a_second_after_its_own_timeout(servers: Servers) -> None:
    hung = servers.prometheus()
    async with client_of(hung.url) as client:
        hung.suspend()
        with pytest.raises(TimedOut, match=r"within 1\.1 s"):
            await client.query("up", AT, timeout_seconds=0.1)
        hung.resume()
        assert (await client.query("vector(1)", AT)).samples


@pytest.mark.parametrize(
    ("lie", "error", "words"),
    [
        (failure(422, "422", "cannot parse query"), BadQuery, "cannot parse query"),
        (failure(422, "execution", "expanding series: too many samples"), QueryTooHeavy, "too many samples"),
        (failure(503, "timeout", "query timed out in expression evaluation"), QueryTimedOut, "timed out"),
        (failure(503, "canceled", "query was canceled"), QueryTimedOut, "canceled"),
        (failure(422, "execution", "too many outstanding requests"), Overloaded, "outstanding"),
        (failure(422, "422", "error when x query=" * 200_000), BadQuery, "error when x query"),
        (failure(500, "internal", "\x1b]0;pwned\x07"), ServerFault, "answered 500"),
        (Lie(429, b"slow down", "text/plain"), Overloaded, "slow down"),
        (Lie(503, b"<h1>busy</h1>", "text/html"), Unavailable, "busy"),
        (
            Lie(503, BUSY_VICTORIA_METRICS, "text/plain"),
            Unavailable,
            r":\d+: cannot handle more than 1 .* during 100ms$",
        ),
        (Lie(401, b"who?", "text/plain"), Unauthorized, "who"),
        (Lie(200, b"<html><b>Please sign in</b></html>", "text/html"), NotJson, "text/html .*Please sign in"),
        (Lie(200, b"", None), NotJson, "no content type"),
        (Lie(200, b'{"status":"success"}'), NotJson, "missing required field `data`"),
        (answer({"status": "success", "data": {"resultType": "\x1b", "result": []}}), NotJson, "not an answer"),
        (answer({"status": "success", "data": {"resultType": "vector", "result": 5}}), NotJson, "Expected `array"),
        (Lie(200, b'{"status":"succ', promised=100), ServerFault, "broke off"),
        (Lie(200, b'{"x":' + b"[" * 100_000), NotJson, "answered JSON that is nested too deeply for an answer"),
        (Lie(500, b'{"error":' + b"[" * 100_000), ServerFault, "answered 500"),
        (Lie(400, b'{"errorType":"bad_data","error":"\xff"}'), BadRequest, "answered 400"),
        (Lie(200, b'{"errorType":"bad_data","error":"\xff"}'), NotJson, "application/json that is not JSON"),
    ],
)
async def test_lies_become_typed_errors_of_one_harmless_line(lie: Lie, error: type[SourceError], words: str) -> None:
    async with LyingServer(lie) as server, client_of(server.url) as client:
        with pytest.raises(error, match=words) as caught:
            await client.query("up", AT)
    assert type(caught.value) is error
    assert caught.value.detail.isprintable()


async def test_a_huge_answer_is_not_held() -> None:
    lie = Lie(200, b" " * 5000)
    async with LyingServer(lie) as server, PrometheusClient([Endpoint(server.url, largest_reply_bytes=1000)]) as client:
        with pytest.raises(TooLarge):
            await client.query("up", AT)


async def test_the_timeout_is_sent_with_the_query() -> None:
    async with LyingServer(UP) as server, client_of(server.url, timeout_seconds=7) as client:
        await client.query("up", 1000.1234)
    assert server.requests[0].form == {"query": ["up"], "time": ["1000.123"], "timeout": ["7s"]}


PAGE = Lie(200, b"<h1>Closed for repairs</h1>", "text/html")


@pytest.mark.parametrize(
    "lie",
    [
        CLOSE,
        HANG,
        Lie(502),
        Lie(503),
        Lie(200, b"{", promised=9),
        PAGE,
        Lie(404, b"default backend - 404", "text/plain"),
        Lie(302, headers={"Location": "https://elsewhere/"}),
    ],
)
async def test_the_next_replica_answers_and_is_stuck_to(lie: Lie) -> None:
    async with LyingServer(lie) as first, LyingServer(UP) as second, client_of(first.url, second.url) as client:
        assert (client.generation, client.stand_in) == (0, None)
        answered = await client.query("up", AT, timeout_seconds=0.05)
        assert (answered.generation, client.generation) == (1, 1)
        assert client.stand_in == second.url.removeprefix("http://")
        first.tell(UP)
        assert (await client.query("up", AT)).generation == 1
    assert len(first.requests) == 1
    assert len(second.requests) == 2


@pytest.mark.parametrize(
    "lie", [failure(400, "bad_data", "parse error"), failure(503, "timeout", "query timed out"), Lie(401), Lie(429)]
)
async def test_a_fault_of_the_query_switches_nothing(lie: Lie) -> None:
    async with LyingServer(lie) as first, LyingServer(UP) as second, client_of(first.url, second.url) as client:
        with pytest.raises(SourceError):
            await client.query("up", AT)
        assert client.generation == 0
    assert second.requests == []


async def test_many_queries_at_once_switch_once() -> None:
    async with LyingServer(CLOSE) as first, LyingServer(UP) as second, client_of(first.url, second.url) as client:
        answers = await asyncio.gather(*(client.query("up", AT) for _ in range(8)))
    assert {answered.generation for answered in answers} == {1}


async def test_when_no_replica_answers_each_is_named_and_none_is_preferred() -> None:
    async with LyingServer(CLOSE) as first, LyingServer(Lie(502)) as second, client_of(first.url, second.url) as client:
        with pytest.raises(Unreachable, match=r"closed before an answer; .* answered 502"):
            await client.query("up", AT)
        assert client.generation == 0


async def test_the_last_replica_is_followed_by_the_first() -> None:
    async with (
        LyingServer(CLOSE) as first,
        LyingServer(UP, CLOSE) as second,
        client_of(first.url, second.url) as client,
    ):
        await client.query("up", AT)
        first.tell(UP)
        assert (await client.query("up", AT)).generation == 2


async def test_the_preferred_replica_is_probed_before_it_is_used_again() -> None:
    now = [1000.0]
    async with LyingServer(CLOSE) as first, LyingServer(UP) as second:
        endpoints = [Endpoint.parse(server.url) for server in (first, second)]
        async with PrometheusClient(endpoints, sleep=no_sleep, clock=lambda: now[0]) as client:
            await client.query("up", AT)
            first.tell(UP)
            now[0] += STICK_SECONDS
            assert (await client.query("up", AT)).generation == 2
            assert client.stand_in is None
    probe, query = first.requests[-2:]
    assert (probe.method, probe.path, probe.query) == ("GET", "/api/v1/query", {"query": ["1"]})
    assert query.form["query"] == ["up"]


async def test_a_page_in_place_of_the_preferred_replica_does_not_lure_the_console_back() -> None:
    now = [1000.0]
    async with LyingServer(PAGE) as first, LyingServer(UP) as second:
        endpoints = [Endpoint.parse(server.url) for server in (first, second)]
        async with PrometheusClient(endpoints, sleep=no_sleep, clock=lambda: now[0]) as client:
            await client.query("up", AT)
            now[0] += STICK_SECONDS
            assert (await client.query("up", AT)).generation == 1
            assert client.stand_in is not None
    assert [request.method for request in first.requests] == ["POST", "GET"]


async def test_a_client_of_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one"):
        client_of()


@pytest.mark.parametrize("metric", [{"model": 1}, {"model": ["a"]}, [], "a", None])
async def test_labels_that_are_none_are_told_for_every_kind_of_query(metric: object) -> None:
    result = [{"metric": metric, "value": [1, "1"], "values": [[1, "1"]]}]
    for kind in ("vector", "matrix"):
        lie = answer({"status": "success", "data": {"resultType": kind, "result": result}})
        async with LyingServer(lie) as server, client_of(server.url) as client:
            with pytest.raises(NotJson, match="not an answer of Prometheus"):
                await (client.query("up", AT) if kind == "vector" else client.query_range("up", AT, AT, 1))
