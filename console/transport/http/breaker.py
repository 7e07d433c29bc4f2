"""A circuit breaker: a server that fails is left alone, and asked now and then whether it is back."""

import asyncio
import math
from collections.abc import Awaitable, Callable

from console.transport.errors import NotJson, Overloaded, SourceError, Unauthorized

FAILURES_IN_A_ROW = 3
BASE_SECONDS = 2.0
LONGEST_SECONDS = 60.0
"""The delay before probe n is a random time between 0 and min(longest, base × 2ⁿ⁻¹) seconds."""
LONGEST_PAUSE_SECONDS = 300.0
"""How long a server's `Retry-After` is believed: a lying one must not silence itself for a day."""

_MOST_DOUBLINGS = 16


class Breaker:
    """Opens after three failures in a row, or when a server asks for a pause; closes when it answers again.

    Closed, every request passes. Open, none does; the first that comes when the delay is over sends a probe, and passes
    where that is answered. A failure counts while the server answers nobody: a request that fails beside answered ones
    is itself at fault. `clock` is in seconds, of any origin; `random` is between 0 and 1.
    """

    def __init__(self, clock: Callable[[], float], random: Callable[[], float]) -> None:
        self._clock = clock
        self._random = random
        self._failures = 0
        self._probes = 0
        self._opened_by: SourceError | None = None
        self._answered_at = -math.inf
        self._delay = 0.0
        self._due = 0.0
        self._probing = asyncio.Lock()

    @property
    def is_open(self) -> bool:
        """Return whether requests are held back."""
        return self._opened_by is not None

    async def admit(self, probe: Callable[[], Awaitable[object]]) -> None:
        """Return when a request may be sent, after a probe where one is due; requests beside it wait for its answer.

        Raises:
            SourceError: the error that holds requests back, with when the server is asked again.
        """
        async with self._probing:
            if self._opened_by is None:
                return
            if self._clock() < self._due:
                raise self._refusal(self._opened_by)
            self._open(self._opened_by)  # before the probe: one that its request gives up counts, too
            try:
                await probe()
            except SourceError as error:
                if not _shows_life(error):
                    self._failures += 1
                    self._hold_back(error)
                    raise self._refusal(error) from None
            self.answered()

    def answered(self) -> None:
        """Take note that the server answered: whatever failed before, it works."""
        self._failures = self._probes = 0
        self._opened_by = None
        self._answered_at = self._clock()

    def failed(self, error: SourceError, sent_at: float) -> None:
        """Take note of a request that failed, and when it was sent (on the clock of the breaker)."""
        if _shows_life(error):
            self.answered()
        elif self._opened_by is None and not isinstance(error, NotJson):
            if error.retry_after_seconds is not None:
                self._open(error)
            elif self._answered_at < sent_at:
                self._failures += 1
                if self._failures >= FAILURES_IN_A_ROW:
                    self._open(error)

    def _open(self, error: SourceError) -> None:
        self._delay = self._random() * min(LONGEST_SECONDS, BASE_SECONDS * 2**self._probes)
        self._probes = min(self._probes + 1, _MOST_DOUBLINGS)
        self._hold_back(error)

    def _hold_back(self, error: SourceError) -> None:
        self._opened_by = error
        asked = error.retry_after_seconds
        self._due = self._clock() + (self._delay if asked is None else min(asked, LONGEST_PAUSE_SECONDS))

    def _refusal(self, error: SourceError) -> SourceError:
        seconds = max(1, math.ceil(self._due - self._clock()))
        why = f"{self._failures} failures in a row, " if self._failures > 1 else ""
        if error.retry_after_seconds is not None:
            why = "it wants a pause, "
        return type(error)(f"{error.detail}; {why}asked again in {seconds} s")


def _shows_life(error: SourceError) -> bool:
    """Return whether a server that gives this error works for others: it is the request that is refused."""
    troubled = error.another_may_answer or isinstance(error, Overloaded | Unauthorized)
    return not troubled
