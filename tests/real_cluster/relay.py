"""A relay before a real API server: it keeps what arrives, and loses requests and answers where it is told to."""

import contextlib
from collections.abc import AsyncIterator
from urllib.parse import quote

import httpx

from console.simulation.cluster.faults import Faults
from console.simulation.cluster.http_server import HttpServer
from console.simulation.cluster.messages import Answer, RecordedRequest, Request, recorded

_PASSED_ON = frozenset({"content-type", "accept", "user-agent"})
_GIVEN_BACK = frozenset({"warning", "retry-after"})


class Relay:
    """Passes requests on, one at a time, by a client that is logged in."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.faults = Faults()
        self.requests: list[RecordedRequest] = []

    @contextlib.asynccontextmanager
    async def serve(self) -> AsyncIterator[str]:
        """Listen until the context ends; yields the address."""
        server = HttpServer(
            self._answer,
            self.faults,
            arrived=lambda request: self.requests.append(recorded(request)),
            tick=lambda: None,
        )
        async with server.listen("127.0.0.1", 0, None) as port:
            yield f"http://127.0.0.1:{port}"

    def _answer(self, request: Request) -> Answer:
        answer = self._client.request(
            request.method,
            quote(request.path, safe="/:"),
            params=request.query,
            content=request.body,
            headers={name: value for name, value in request.headers.items() if name in _PASSED_ON},
        )
        return Answer(
            status=answer.status_code,
            body=answer.content,
            headers={name: value for name, value in answer.headers.items() if name in _GIVEN_BACK},
            content_type=answer.headers.get("content-type", "application/json"),
        )
