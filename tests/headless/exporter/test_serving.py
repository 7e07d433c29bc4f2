"""The HTTP side: several scrapes at once, health and readiness, clients that say nothing."""

import http.client
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from prometheus_client.core import GaugeMetricFamily, Metric

from console.headless.exporter.serving import application, serving


class Board:
    """Something to publish, which may be held back until so many ask for it at once."""

    def __init__(self) -> None:
        self.is_ready = True
        self.together = threading.Barrier(1)

    def collect(self) -> Iterator[Metric]:
        self.together.wait(20)
        yield GaugeMetricFamily("incident_console_test", "One.", value=1.0)


@pytest.fixture
def board() -> Board:
    return Board()


@pytest.fixture
def port(board: Board) -> Iterator[int]:
    with serving("127.0.0.1", 0, application(board.collect, lambda: board.is_ready)) as served:
        yield served


def get(port: int, path: str, **headers: str) -> tuple[int, str, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Content-Type") or "", answer.read()
    finally:
        connection.close()


def test_metrics_are_served_as_prometheus_and_as_openmetrics(port: int) -> None:
    status, kind, body = get(port, "/metrics")
    assert (status, kind.split(";")[0]) == (200, "text/plain")
    assert b"incident_console_test 1.0" in body
    _, kind, body = get(port, "/metrics", Accept="application/openmetrics-text; version=1.0.0")
    assert kind.startswith("application/openmetrics-text")
    assert body.endswith(b"# EOF\n")


def test_several_scrapes_are_answered_at_once(port: int, board: Board) -> None:
    board.together = threading.Barrier(8)
    with ThreadPoolExecutor(8) as scrapers:
        answers = list(scrapers.map(lambda _: get(port, "/metrics")[0], range(8)))
    assert answers == [200] * 8


def test_it_is_healthy_before_it_is_ready(port: int, board: Board) -> None:
    board.is_ready = False
    assert get(port, "/-/healthy")[0] == 200
    assert get(port, "/-/ready")[0] == 503
    board.is_ready = True
    assert get(port, "/-/ready")[0] == 200


def test_the_root_says_what_there_is_and_the_rest_is_not_found(port: int) -> None:
    assert b"/metrics" in get(port, "/")[2]
    assert get(port, "/nothing")[0] == 404


def test_a_client_that_says_nothing_holds_nobody_up(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as silent:
        silent.sendall(b"GET /metr")
        assert get(port, "/metrics")[0] == 200


def test_an_address_that_is_taken_is_an_error(port: int, board: Board) -> None:
    with pytest.raises(OSError, match="in use"), serving("127.0.0.1", port, application(board.collect, lambda: True)):
        pass
