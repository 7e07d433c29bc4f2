"""The exporter's HTTP side: `/metrics` for Prometheus, `/-/healthy` and `/-/ready` for whoever keeps it running."""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from socketserver import ThreadingMixIn
from typing import TYPE_CHECKING, Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.registry import Collector

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment
    from prometheus_client.core import Metric

SECONDS_FOR_A_REQUEST = 10.0
"""How long a client may take to ask: one that says nothing keeps no thread for ever."""
_INDEX = b"incident-console exporter: /metrics, /-/healthy, /-/ready\n"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True  # a scrape that hangs must not hold up the end
    request_queue_size = 64


class _ServerOfIpv6(_Server):
    address_family = socket.AF_INET6


class _Handler(WSGIRequestHandler):
    timeout = SECONDS_FOR_A_REQUEST

    def address_string(self) -> str:
        return str(self.client_address[0])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- as the class above calls it
        """Say nothing: a scrape every few seconds is no news."""


class _Collector(Collector):
    def __init__(self, collect: Callable[[], "Iterator[Metric]"]) -> None:
        self._collect = collect

    def collect(self) -> "Iterable[Metric]":
        return self._collect()

    def describe(self) -> "Iterable[Metric]":
        return ()


def application(collect: Callable[[], "Iterator[Metric]"], is_ready: Callable[[], bool]) -> "WSGIApplication":
    """Return what answers requests; `collect` is called for each scrape, from any thread, several at once."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(collect))
    metrics: WSGIApplication = make_wsgi_app(registry)

    def answer(environ: "WSGIEnvironment", start: "StartResponse") -> Iterable[bytes]:
        match environ.get("PATH_INFO"):
            case "/metrics":
                return metrics(environ, start)
            case "/-/healthy":
                return _text(start, "200 OK", b"healthy\n")
            case "/-/ready":
                if is_ready():
                    return _text(start, "200 OK", b"ready\n")
                return _text(start, "503 Service Unavailable", b"the fleet was not read yet, or not for long\n")
            case "/" | "":
                return _text(start, "200 OK", _INDEX)
            case _:
                return _text(start, "404 Not Found", _INDEX)

    return answer


def _text(start: "StartResponse", status: str, body: bytes) -> Iterable[bytes]:
    start(status, [("Content-Type", "text/plain; charset=utf-8"), ("Content-Length", str(len(body)))])
    return (body,)


@contextmanager
def serving(host: str, port: int, answer: "WSGIApplication") -> Iterator[int]:
    """Serve in threads of their own while the block runs, and yield the port: the given one, or a free one for 0.

    Raises:
        OSError: nothing can be served there.
    """
    kind = _ServerOfIpv6 if ":" in host else _Server
    server = make_server(host, port, answer, server_class=kind, handler_class=_Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, name="exporter", daemon=True)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        server.server_close()
