"""What the clients of all sources share: replicas of one server, and an end."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from typing import Self

from console.transport.http.door import Explain, HttpDoor
from console.transport.http.endpoint import Endpoint
from console.transport.http.replicas import Replicas
from console.transport.http.retries import RetryPolicy


class ReplicatedClient:
    """Asks one server, or replicas of one in the order of preference, at most `at_once` requests at a time.

    `explain` is what a door makes of failed answers. Close with `aclose` or use as an asynchronous context manager.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        at_once: int = 5,
        explain: Explain | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        if not endpoints:
            raise ValueError(f"{type(self).__name__} needs at least one endpoint")
        retries = RetryPolicy(has_replicas=len(endpoints) > 1)
        doors = [
            HttpDoor(endpoint, at_once=at_once, retries=retries, explain=explain, sleep=sleep, random=random)
            for endpoint in endpoints
        ]
        self._replicas = Replicas(doors, at_once)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        await self._replicas.aclose()

    @property
    def endpoint_name(self) -> str:
        """Return the name of the replica that answers now: harmless, without secrets."""
        return self._replicas.name
