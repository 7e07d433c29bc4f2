"""What was added to a journal since it was last looked at, as far as somebody wants to know it."""

from collections.abc import Iterable
from contextlib import suppress

from console.journal.contents import BEGINNING
from console.journal.events import Event
from console.journal.journal import Journal, JournalUnavailable

OF_INCIDENTS = ("incident_opened", "incident_changed", "incident_closed", "acknowledged", "noted")
"""The kinds of lines from which incidents are folded (`console.journal.incidents`)."""

OF_ACTIONS = ("intent", "outcome")
"""The kinds of lines that tell what was sent, and what came of it."""


class Follower:
    """Tells what is new in a journal; nothing is read twice.

    `kinds` are the kinds of events that are wanted, all of them where it is None.
    """

    def __init__(self, journal: Journal, kinds: Iterable[str] | None = None) -> None:
        self._journal = journal
        self._kinds = None if kinds is None else frozenset(kinds)
        self._position = BEGINNING

    def news(self) -> tuple[Event, ...]:
        """Return the events that became known since the last call, oldest first.

        What this console wrote itself is among them. While a shared journal cannot be asked, nothing else is; its
        `condition` says so. After a journal was replaced, all of it is new.

        Raises:
            OSError: the journal cannot be read.
        """
        with suppress(JournalUnavailable):  # told by the journal's condition; what is known here is new all the same
            self._journal.refresh()
        changes = self._journal.changes(self._position)
        self._position = changes.position
        return tuple(event for event in changes.events if self._is_wanted(event))

    def _is_wanted(self, event: Event) -> bool:
        return self._kinds is None or event.__struct_config__.tag in self._kinds
