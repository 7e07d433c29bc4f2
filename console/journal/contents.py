"""What is read from a journal."""

import msgspec

from console.journal.chain import Link
from console.journal.events import Event, Unrecognised


class Entry(msgspec.Struct, frozen=True):
    """An event and its place: `link` in the chain of its writer; `number` counts the lines of the journal from 1.

    `number` is 0 for what is kept here and is not in the shared journal yet.
    """

    event: Event | Unrecognised
    link: Link
    number: int


class BrokenLine(msgspec.Struct, frozen=True):
    """A line (counted from 1) of a chain that is torn, or that does not follow the line before it.

    A torn line is what a crash or a full disk leaves behind: the chain goes on behind it, and nothing was changed.
    """

    line: int
    reason: str
    chain: str = ""
    is_torn: bool = False


class Contents(msgspec.Struct, frozen=True):
    """Everything a journal holds, oldest first, and what is wrong with it."""

    entries: tuple[Entry, ...]
    problems: tuple[BrokenLine, ...] = ()

    @property
    def events(self) -> tuple[Event | Unrecognised, ...]:
        """Return the events, of kinds that this version does not know, too."""
        return tuple(entry.event for entry in self.entries)


class Position(msgspec.Struct, frozen=True):
    """Up to where a journal was read; only the journal that gave it knows what it says."""

    generation: int = 0
    entries: int = 0


BEGINNING = Position()


class Changes(msgspec.Struct, frozen=True):
    """What a journal holds behind a position, oldest first, and the position behind that.

    `is_anew` says that these are all entries, since the journal is not the one any more that was read before.
    """

    entries: tuple[Entry, ...]
    position: Position
    is_anew: bool = False

    @property
    def events(self) -> tuple[Event, ...]:
        """Return the events of the kinds that this version knows."""
        return known_events(self.entries)


def known_events(entries: "tuple[Entry, ...] | list[Entry]") -> tuple[Event, ...]:
    """Return the events of the kinds that this version knows."""
    return tuple(entry.event for entry in entries if not isinstance(entry.event, Unrecognised))
