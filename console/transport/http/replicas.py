"""Several URLs of one server: the first that answers is used and stuck to, until the preferred one answers again."""

import asyncio
import math
import time
from collections.abc import Awaitable, Callable, Sequence

from console.transport.errors import NoTurn, SourceError
from console.transport.http.door import HttpDoor
from console.transport.http.reply import Reply

Send = Callable[[HttpDoor, float], Awaitable[Reply]]
"""Sends a request through a door within a deadline (seconds)."""


STICK_SECONDS = 300.0
"""How long another replica than the first is used before the first is tried again: each switch costs a full reload."""


class Replicas:
    """Doors to replicas of one server, the preferred one first, through which at most `at_once` requests go at a time.

    `generation` grows by one at each switch, so that a reader knows that its points came from another replica. A query
    that failed elsewhere than at the transport (a bad query, an overload) is the query's fault and switches nothing.
    `clock` is in seconds, of any origin.
    """

    def __init__(
        self, doors: Sequence[HttpDoor], at_once: int = 5, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._doors = tuple(doors)
        self._turns = asyncio.Semaphore(at_once)
        self._clock = clock
        self._current = 0
        self._stick_until = 0.0
        self.generation = 0

    @property
    def name(self) -> str:
        """Return the name of the replica in use."""
        return self._doors[self._current].endpoint.name

    @property
    def url(self) -> str:
        """Return the URL of the replica in use, without secrets."""
        return self._doors[self._current].endpoint.url

    @property
    def clock_skew(self) -> float:
        """Return how far the clock of the replica in use is ahead of this machine's (seconds)."""
        return self._doors[self._current].clock_skew

    @property
    def stand_in(self) -> str | None:
        """Return the name of the replica in use where it is not the preferred one, else None."""
        return self.name if self._current else None

    async def ask(self, send: Send, deadline_seconds: float, until: float | None = None) -> tuple[Reply, int]:
        """Return the answer of the replica in use, or of the first other one that answers, and its generation.

        `deadline_seconds` runs from the request's turn on; all other replicas together get as much again. `until` is
        when everything must be over, waiting for a turn included, on the clock of the event loop.

        Raises:
            NoTurn: the time was over before anything was sent.
            SourceError: of the replica in use; when none answered, its detail names what each said.
        """
        try:
            async with asyncio.timeout_at(until):
                await self._turns.acquire()
        except TimeoutError:
            raise self._no_turn() from None
        try:
            if self._current and self._clock() >= self._stick_until:
                await self._return_to_the_first()
            return await self._ask(send, deadline_seconds, math.inf if until is None else until)
        finally:
            self._turns.release()

    async def _ask(self, send: Send, deadline_seconds: float, until: float) -> tuple[Reply, int]:
        clock = asyncio.get_running_loop().time
        first, generation = self._current, self.generation
        end = min(until, clock() + 2 * deadline_seconds)
        failures: list[SourceError] = []
        for offset in range(len(self._doors)):
            index = (first + offset) % len(self._doors)
            left = end - clock()
            share = left if offset == 0 else left / (len(self._doors) - offset)
            if share <= 0:
                break
            try:
                reply = await send(self._doors[index], min(share, deadline_seconds))
            except SourceError as error:
                if not error.another_may_answer:
                    raise
                failures.append(error)
                continue
            return reply, generation if index == first else self._switch(index)
        if len(failures) > 1:
            raise type(failures[0])("; ".join(error.detail for error in failures))
        raise failures[0] if failures else self._no_turn()

    async def _return_to_the_first(self) -> None:
        """Prefer the first replica again where it answers a probe; requests beside this one do not wait for that."""
        self._stick_until = self._clock() + STICK_SECONDS
        if await self._doors[0].answers():
            self._switch(0)

    def _switch(self, index: int) -> int:
        """Use another replica from now on, unless a query beside this one has switched to it already."""
        if self._current != index:
            self._current = index
            self._stick_until = self._clock() + STICK_SECONDS
            self.generation += 1
        return self.generation

    def _no_turn(self) -> NoTurn:
        return NoTurn(f"{self.name}: the time was over before it was this request's turn")

    async def aclose(self) -> None:
        """Close the doors to all replicas."""
        for door in self._doors:
            await door.aclose()
