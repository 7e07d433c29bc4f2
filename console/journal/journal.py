"""What a journal does, wherever it is kept."""

from types import TracebackType
from typing import Protocol, Self

import msgspec

from console.journal.contents import BEGINNING, Changes, Contents, Position
from console.journal.events import Event
from console.journal.holder import Holder


class JournalUnavailable(OSError):
    """A shared journal cannot be asked; the text is one harmless line."""


class Condition(msgspec.Struct, frozen=True):
    """How a journal is: `down` says why others cannot be asked, None where they can; `down_since` is in UTC seconds.

    `waiting` counts the events that are kept here until others can be told. `conflicts` are what was done twice while
    they could not, a line each. `clock_ahead` is by how many seconds the clock of this machine is at least ahead of
    that of the journal, below 0 where it is behind.
    """

    down: str | None = None
    down_since: float | None = None
    waiting: int = 0
    conflicts: tuple[str, ...] = ()
    clock_ahead: float = 0.0


class HeldLock(Protocol):
    """The lock of one target, held until `close`; the death of the process releases it too."""

    def append(self, event: Event) -> None:
        """Add an event that is on disk, and seen by all consoles that the lock excludes, when this returns.

        Raises:
            OSError: it is not, or the lock is not held any more.
        """

    def is_held(self) -> bool:
        """Return whether it is still held: a shared lock ends with its connection, which may have been cut."""

    def close(self) -> None:
        """Release the lock; closing twice does nothing."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class Journal(Protocol):
    """Append-only events and a lock per target; several processes and threads may use it at once."""

    @property
    def name(self) -> str:
        """What it is called where it is one chain: the path of a file."""

    @property
    def condition(self) -> Condition:
        """How it is, as far as the last call could tell; this asks nobody."""

    def append(self, event: Event, durable: bool = True) -> None:
        """Add an event; `durable` returns only once it is on disk.

        Where a shared journal cannot be reached, the event is kept here and brought to it later.

        Raises:
            OSError: the event could not be written, or not be brought to disk.
        """

    def refresh(self) -> None:
        """Look what others wrote, and bring them what is kept here; only what is new is read.

        Raises:
            OSError: it cannot be read; what is known stays known.
        """

    def read(self) -> tuple[Event, ...]:
        """Return the known events of the kinds that this version knows, oldest first; a shared journal is not asked.

        Lines of runs of more than a week ago may be left out.

        Raises:
            OSError: it cannot be read.
        """

    def changes(self, since: Position = BEGINNING) -> Changes:
        """Return what became known behind a position; like `read`, it asks no shared journal."""

    def load(self) -> Contents:
        """Return every event anew from where it is kept, and what is wrong there.

        Raises:
            OSError: it cannot be read.
        """

    def lock(self, uid: str, holder: Holder) -> HeldLock:
        """Take the lock of the target with a uid.

        Raises:
            TargetBusy: somebody else holds it.
            OSError: it cannot be taken.
        """

    def holder(self, uid: str) -> Holder | None:
        """Return who holds the lock of a target at this moment, None where nobody does or it cannot be told."""

    def close(self) -> None:
        """Give up what is open; what could not be brought to others is kept."""
