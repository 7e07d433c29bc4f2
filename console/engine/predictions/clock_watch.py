"""Looks every few minutes whether a store holds rows that are dated ahead, since nothing else would tell of them."""

from collections.abc import Callable

from console.sources.predictions.ahead import TOLERANCE, find_rows_ahead
from console.sources.predictions.log import PredictionLog
from console.transport.errors import SourceError
from console.transport.sql import SqlStore

EVERY = 300.0
"""Seconds from one look to the next."""


class ClockWatch:
    """Tells of the rows of one store that are dated after now; `clock` tells now (UTC seconds)."""

    def __init__(self, store: SqlStore, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self._looked: float | None = None
        self._notes: tuple[str, ...] = ()

    async def notes(self, log: PredictionLog, at: float) -> tuple[str, ...]:
        """Return a line for each model with such rows; none where `at` is in the past, to which they are no news."""
        now = self._clock()
        if abs(now - at) > TOLERANCE:
            return ()
        if self._looked is None or not 0 <= now - self._looked < EVERY:
            try:
                self._notes = tuple(map(str, await find_rows_ahead(self._store, log, now)))
            except SourceError as error:
                return (f"rows dated ahead are not looked for: {error.detail}",)
            self._looked = now
        return self._notes
