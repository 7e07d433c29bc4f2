"""Fakes of what stands between a console and its Prometheus: no Grafana and no Mimir can run here.

They speak HTTP and pass requests on to real servers; what they refuse, they refuse in the words of the real ones.
"""

import json
import urllib.error
import urllib.request
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

_PASSED_ON = ("content-type", "accept")


@dataclass(frozen=True)
class Refusal:
    """A status and a JSON body instead of what was asked for."""

    status: int
    document: Mapping[str, Any]


class FakeGateway(ABC):
    """A gateway on a free port of 127.0.0.1 while it is entered; `headers` are those of every request, in order."""

    def __init__(self) -> None:
        self.headers: list[dict[str, str]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:  # the library's name, here and below
                gateway._pass_on(self)

            def do_POST(self) -> None:
                gateway._pass_on(self)

            def log_message(self, *_: object) -> None:
                """Be silent."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        """Serve from now on."""
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Serve no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    @abstractmethod
    def route(self, method: str, path: str, headers: Mapping[str, str]) -> str | Refusal:
        """Return the URL of the real server that is asked for a path, or what is answered instead."""

    def _pass_on(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("content-length", "0"))) or None
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.headers.append(headers)
        path, _, query = handler.path.partition("?")
        route = self.route(handler.command, path, headers)
        if isinstance(route, Refusal):
            status, content, kind = route.status, json.dumps(route.document).encode(), "application/json"
        else:
            passed = {name: headers[name] for name in _PASSED_ON if name in headers}
            status, content, kind = _fetched(f"{route}?{query}", handler.command, body, passed)
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)


class FakeGrafana(FakeGateway):
    """Grafana's proxy of one data source, for whoever bears the token; `old` lets only queries be posted."""

    UID = "P1809F7CD0C75ACF3"
    TOKEN = "glsa_of-a-viewer"

    def __init__(self, prometheus: str, *, old: bool = False) -> None:
        super().__init__()
        self._prometheus = prometheus
        self._posted = {"/api/v1/query", "/api/v1/query_range"} | (set() if old else {"/api/v1/labels"})

    @property
    def data_source_url(self) -> str:
        """The URL that stands for a Prometheus."""
        return f"{self.url}/api/datasources/proxy/uid/{self.UID}"

    def route(self, method: str, path: str, headers: Mapping[str, str]) -> str | Refusal:
        """Return where the data source is, for those who may know."""
        if headers.get("authorization") != f"Bearer {self.TOKEN}":
            message = "Invalid API key" if "authorization" in headers else "Unauthorized"
            return Refusal(401, {"message": message, "messageId": "x", "statusCode": 401, "traceID": ""})
        prefix = f"/api/datasources/proxy/uid/{self.UID}"
        if not path.startswith(prefix):
            return Refusal(404, {"message": "Data source not found", "traceID": ""})
        asked = path.removeprefix(prefix)
        if method == "POST" and asked not in self._posted:
            return Refusal(403, {"message": "non allow-listed POSTs not allowed on proxied Prometheus datasource"})
        return self._prometheus + asked


class FakeMimir(FakeGateway):
    """Several tenants behind one URL; `tenants` maps each to the URL of what it has."""

    def __init__(self, tenants: Mapping[str, str]) -> None:
        super().__init__()
        self._tenants = tenants

    def route(self, method: str, path: str, headers: Mapping[str, str]) -> str | Refusal:
        """Return where the data of the tenant is that the request names."""
        tenant = headers.get("x-scope-orgid", "")
        if tenant not in self._tenants:
            return Refusal(401, {"status": "error", "errorType": "unauthorized", "error": "no org id"})
        return self._tenants[tenant] + path.removeprefix("/prometheus")


def _fetched(url: str, method: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, bytes, str]:
    request = urllib.request.Request(url, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read(), answer.headers.get_content_type()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), error.headers.get_content_type()
    except OSError:
        return 502, b'{"message":"Bad Gateway","traceID":""}', "application/json"
