"""The lock of a target that all consoles of a team share: it lasts as long as its connection."""

from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

import msgspec

from console.journal.events import Event
from console.journal.holder import Holder, TargetBusy, decode_holder
from console.journal.journal import JournalUnavailable
from console.journal.postgresql.server import JournalServer
from console.journal.target_lock import TargetLock
from console.transport.errors import SourceError

NOT_HELD = "the lock is not held any more: its session ended, or a pooler gave it to somebody else"


class ServerLock:
    """A lock of the database on a connection of its own; the end of the connection releases it.

    Args:
        connect: opens a session with the database.
        key: of the lock.
        holder: who takes it, as others are told.
        here: the lock of the same target on this machine, which is closed with this one.
        append: brings an event to this disk and through the session into the database.

    Raises:
        TargetBusy: another console holds it.
        JournalUnavailable: the database cannot be asked.
    """

    def __init__(
        self,
        connect: Callable[[], JournalServer],
        key: int,
        holder: Holder,
        here: TargetLock,
        append: Callable[[Event, JournalServer], None],
    ) -> None:
        self._key = key
        self._here = here
        self._append = append
        try:
            self._session = connect()
        except SourceError as error:
            raise JournalUnavailable(error.detail) from None
        try:
            is_mine = self._session.try_lock(key, msgspec.json.encode(holder).decode())
            other = None if is_mine else self._session.holder(key)
        except SourceError as error:
            self._session.close()
            raise JournalUnavailable(error.detail) from None
        if not is_mine:
            self._session.close()
            raise TargetBusy(decode_holder(other) if other is not None else None)

    def append(self, event: Event) -> None:
        """Add an event, which proves that the lock is held: it goes through the session whose end would release it.

        Raises:
            OSError: it is not in the database, or the lock is not held any more.
        """
        self._append(event, self._session)
        try:
            is_held = self._session.holds(self._key)
        except SourceError as error:
            raise JournalUnavailable(error.detail) from None
        if not is_held:
            raise JournalUnavailable(NOT_HELD)

    def is_held(self) -> bool:
        """Return whether the database still knows this session to hold it; one that cannot be asked does not."""
        try:
            return self._session.holds(self._key)
        except SourceError:
            return False

    def close(self) -> None:
        """Release the lock; closing twice does nothing."""
        with suppress(SourceError):  # the end of the session releases it all the same
            if self._session.is_open:
                self._session.unlock(self._key)
        self._session.close()
        self._here.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
