"""What this process knows of a journal: read once, added to, and never read again."""

import threading
from collections.abc import Callable

from console.journal.contents import BEGINNING, Changes, Entry, Position, known_events
from console.journal.events import Event, RunLine

RUN_LINES_KEPT_SECONDS = 8 * 86_400.0
"""How long lines of runs are kept in memory: most lines are of runs, and nobody takes up a run after a week."""


class Mirror:
    """The entries of a journal in memory, in the order in which they became known; any thread may use it.

    With a `clock` (UTC seconds) it leaves out the lines of runs that are longer ago than a week: only reports want
    them, and those read the journal as a whole.
    """

    def __init__(self, clock: Callable[[], float] | None = None) -> None:
        self._clock = clock
        self._entries: list[Entry] = []
        self._generation = 0
        self._lock = threading.Lock()

    def add(self, entries: list[Entry]) -> None:
        """Add entries behind those that are known."""
        if self._clock is not None:
            oldest = self._clock() - RUN_LINES_KEPT_SECONDS
            entries = [entry for entry in entries if not isinstance(entry.event, RunLine) or entry.event.at >= oldest]
        with self._lock:
            self._entries += entries

    def begin_anew(self) -> None:
        """Forget all entries: the journal is another one now."""
        with self._lock:
            self._entries = []
            self._generation += 1

    def events(self) -> tuple[Event, ...]:
        """Return the events of the kinds that this version knows."""
        with self._lock:
            return known_events(self._entries)

    def changes(self, since: Position = BEGINNING) -> Changes:
        """Return what is known behind a position."""
        with self._lock:
            is_same = since.generation == self._generation
            behind = tuple(self._entries[since.entries if is_same else 0 :])
            position = Position(self._generation, len(self._entries))
        return Changes(behind, position, is_anew=not is_same)
