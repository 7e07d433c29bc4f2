"""The servers of one kind that the settings name, and what all actions on them begin with."""

from collections.abc import Callable, Iterable
from typing import Generic, Protocol, TypeVar

from console.actions.provider import ActionRefused
from console.domain.action import Commitment, Outcome

SETTLE_SECONDS = 2.0
"""Time that a request without an answer is given to arrive before what is read afterwards counts."""


class Server(Protocol):
    """One server, as its place in the settings names it."""

    @property
    def place(self) -> str:
        """Return its place."""
        ...

    async def aclose(self) -> None:
        """Close its connections."""
        ...


AnyServer = TypeVar("AnyServer", bound=Server)


class Servers(Generic[AnyServer]):
    """The servers of one kind, by place; `KIND` is what a person calls one."""

    KIND = "server"

    def __init__(self, servers: Iterable[AnyServer]) -> None:
        self._servers = {server.place: server for server in servers}

    @property
    def places(self) -> tuple[str, ...]:
        """Return the places in the order of the settings."""
        return tuple(self._servers)

    @property
    def all(self) -> tuple[AnyServer, ...]:
        """Return the servers in the order of the settings."""
        return tuple(self._servers.values())

    def at(self, place: str) -> AnyServer:
        """Return the server of a place.

        Raises:
            ActionRefused: the settings do not name it.
        """
        if place not in self._servers:
            raise ActionRefused(f"no {self.KIND} is called {place!r}; expected one of {', '.join(self._servers)}")
        return self._servers[place]

    async def aclose(self) -> None:
        """Close all connections."""
        for server in self.all:
            await server.aclose()


AnyServers = TypeVar("AnyServers", bound=Servers)  # type: ignore[type-arg]  # a bound cannot name another variable


class Committing(Generic[AnyServers]):
    """What actions on servers have in common when they send.

    Args:
        servers: the servers of the settings.
        clock: returns UTC seconds.
        settle_seconds: see `SETTLE_SECONDS`.
    """

    def __init__(self, servers: AnyServers, clock: Callable[[], float], settle_seconds: float = SETTLE_SECONDS) -> None:
        self._servers = servers
        self._clock = clock
        self._settle_seconds = settle_seconds

    @property
    def contexts(self) -> tuple[str, ...]:
        """Return the places of all servers of this kind."""
        return self._servers.places

    @property
    def context(self) -> str:
        """Return the place of the first of them."""
        return self._servers.places[0]

    def _commitment(self, outcome: Outcome, detail: str) -> Commitment:
        return Commitment(outcome, detail, self._clock())
