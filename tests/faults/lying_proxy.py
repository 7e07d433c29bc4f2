"""A proxy before a real server: it passes on everything but what a test lets it lie about."""

from collections.abc import Callable
from typing import Self

import httpx

from tests.sources.lying_server import CLOSE, Lie, LyingServer, Request

Wanted = Callable[[Request], bool]
Twist = Callable[[Lie], Lie]
"""Makes a lie of what the server answered."""

_PASSED_ON = ("authorization", "content-type", "idempotency-key", "x-scope-orgid")


def everything(_: Request) -> bool:
    """Choose every request."""
    return True


def asks(*parts: str, path: str = "") -> Wanted:
    """Choose the requests whose query holds one of some texts, below a path."""

    def chooses(request: Request) -> bool:
        queries = (request.form if request.method == "POST" else request.query).get("query", [""])
        return request.path.startswith(path) and any(part in query for part in parts for query in queries)

    return chooses


class LyingProxy(LyingServer):
    """Stands before a real server at `upstream`; `requests` are those that arrived, passed on or not."""

    def __init__(self, upstream: str) -> None:
        super().__init__()
        self._upstream = upstream
        self._wanted: Wanted = lambda _: False
        self._lie: Lie | None = None
        self._twist: Twist = lambda lie: lie

    async def __aenter__(self) -> Self:
        self._client = httpx.AsyncClient(trust_env=False, timeout=30.0)
        return await super().__aenter__()

    async def __aexit__(self, *exception: object) -> None:
        await super().__aexit__(*exception)
        await self._client.aclose()

    def lie(self, lie: Lie, wanted: Wanted = everything) -> None:
        """Answer the chosen requests with a lie from now on."""
        self._wanted, self._lie = wanted, lie

    def twist(self, twist: Twist, wanted: Wanted = everything) -> None:
        """Change what the server answers to the chosen requests from now on."""
        self._wanted, self._lie, self._twist = wanted, None, twist

    def be_honest(self) -> None:
        """Pass on everything from now on."""
        self._wanted = lambda _: False

    def move_to(self, upstream: str) -> None:
        """Pass on to another server from now on."""
        self._upstream = upstream

    def asked(self, wanted: Wanted) -> int:
        """Return how many of the chosen requests arrived."""
        return sum(map(wanted, self.requests))

    async def _lie_for(self, request: Request) -> Lie:
        is_wanted = self._wanted(request)
        if is_wanted and self._lie is not None:
            return self._lie
        try:
            answer = await self._client.request(
                request.method,
                self._upstream + request.path,
                params=request.query,
                content=request.body,
                headers={name: request.headers[name] for name in _PASSED_ON if name in request.headers},
            )
        except httpx.TransportError:
            return CLOSE
        passed = Lie(
            answer.status_code,
            answer.content,
            answer.headers.get("content-type"),
            {name: answer.headers[name] for name in ("date",) if name in answer.headers},
        )
        return self._twist(passed) if is_wanted else passed
