"""The journal of a team: every line goes to this machine's disk first, then to the database that all share."""

import threading
import time
from collections import deque
from collections.abc import Callable
from itertools import islice
from pathlib import Path
from typing import TypeVar

from console.journal.contents import BEGINNING, Changes, Contents, Entry, Position
from console.journal.events import Event
from console.journal.holder import Holder, TargetBusy, decode_holder
from console.journal.journal import Condition, JournalUnavailable
from console.journal.mirror import Mirror
from console.journal.postgresql.conflicts import Conflicts
from console.journal.postgresql.left_chains import LeftChains
from console.journal.postgresql.own_chain import OwnChain, chain_files, lines_of, unreadable_line, writer_of
from console.journal.postgresql.read_back import EVERY_WRITER, contents_of, entry_of
from console.journal.postgresql.server import SENT_AT_ONCE, JournalServer, NewLine, NoJournalYet, Row, lock_key
from console.journal.postgresql.server_lock import ServerLock
from console.journal.target_lock import TargetLock
from console.transport.errors import ConnectionBroke, SourceError

Answer = TypeVar("Answer")

LOST_LINES = "the shared journal lost lines that were in it: it was restored, or somebody removed them"

_PAUSE_SECONDS = 1.0
"""A database that did not answer is left alone for so long: several ask, and each would wait for its deadline."""


class SharedJournal:
    """A journal in a PostgreSQL, and on this disk while it cannot be reached.

    A line counts as soon as it is on this disk. It is brought to the database at once where that answers, else with the
    first `refresh` that reaches it; lines of a console that died before are brought over by the next one on the
    machine. The database takes each line once, however often it is sent.

    Args:
        connect: opens a session with the database; it may take as long as its deadline.
        directory: the state directory.
        writer: the id of this process in the journal, which no other has.
        clock: returns the time (UTC seconds).
    """

    def __init__(
        self, connect: Callable[[], JournalServer], directory: Path, writer: str, clock: Callable[[], float]
    ) -> None:
        self._connect = connect
        self._directory = directory
        self._clock = clock
        self._chain = OwnChain(directory, writer)
        self._mirror = Mirror(clock)
        self._conflicts = Conflicts(self._clock)
        self._waiting: deque[NewLine] = deque()
        self._known: dict[str, int] = {}
        """How many lines of each writer the mirror holds."""
        self._newest: Row | None = None
        """The newest line of the database that was read."""
        self._sent = self._own_read = 0
        """How many of the own lines the database took, and how many of them were read there."""
        self._server: JournalServer | None = None
        self._down: tuple[str, float] | None = None
        self._asked_again = 0.0
        self._lost_lines = False
        self._clock_ahead = 0.0
        self._left = LeftChains(directory, clock)
        self._writing = threading.Lock()
        self._asking = threading.RLock()
        """Held by whoever speaks with the database; it may be held for as long as a deadline, `_writing` never."""

    @property
    def name(self) -> str:
        """What all of its chains are together."""
        return EVERY_WRITER

    @property
    def condition(self) -> Condition:
        """How it is, as far as the last call could tell; this asks nobody."""
        down, since = self._down or (None, None)
        lost = (LOST_LINES,) if self._lost_lines else ()
        told = (*lost, *self._left.refused, *self._conflicts.told)
        return Condition(down, since, len(self._waiting), told, self._clock_ahead)

    def append(self, event: Event, durable: bool = True) -> None:
        """Add an event: to this disk, and to the database unless it was out of reach the last time.

        Raises:
            OSError: it could not be written to this disk.
        """
        self._write(event, durable=durable)
        if self._down is not None:
            return
        with self._asking:
            try:
                self._ask(self._push)
            except SourceError as error:  # it waits here; the journal's condition tells it
                self._fail(error)

    def _append_held(self, event: Event, session: JournalServer) -> None:
        """Add an event through the session that holds a lock; it is in the database when this returns.

        Raises:
            OSError: it is not.
        """
        self._write(event, durable=True)
        try:
            with self._asking:
                self._push(session)
        except SourceError as error:
            raise JournalUnavailable(error.detail) from None

    def refresh(self) -> None:
        """Bring over what waits here, and read what others wrote since the last time.

        Raises:
            JournalUnavailable: the database cannot be asked; what processes of this machine left is known all the same.
        """
        with self._asking:
            if self._down is not None and time.monotonic() < self._asked_again:
                raise JournalUnavailable(self._down[0])
        try:
            if not self._exchange():
                self._begin_anew()
                self._exchange()
        except SourceError as error:
            with self._asking:
                self._fail(error)
                self._read_left()
            raise JournalUnavailable(error.detail) from None

    def read(self) -> tuple[Event, ...]:
        """Return what is known of the kinds that this version knows; the database is not asked."""
        return self._mirror.events()

    def changes(self, since: Position = BEGINNING) -> Changes:
        """Return what became known behind a position; the database is not asked."""
        return self._mirror.changes(since)

    def load(self) -> Contents:
        """Return every line of the database and what waits on this machine, and what is wrong with them.

        Raises:
            JournalUnavailable: the database cannot be asked.
        """
        with self._asking:
            try:
                rows = self._ask(_every_row)
            except NoJournalYet:  # to somebody who only reads, that is an empty one
                rows = []
            except SourceError as error:
                self._fail(error)
                raise JournalUnavailable(error.detail) from None
        files = chain_files(self._directory)
        contents = contents_of(rows, {writer_of(path): lines_of(path) for path in files})
        unreadable = tuple(broken for path in files if (broken := unreadable_line(path)) is not None)
        return Contents(contents.entries, (*contents.problems, *unreadable))

    def lock(self, uid: str, holder: Holder) -> ServerLock:
        """Take the lock of the target with a uid, on a connection of its own; and on this machine, as a file does.

        Raises:
            TargetBusy: somebody else holds it.
            OSError: it cannot be taken.
        """
        here = TargetLock(self._directory, uid, holder, self.append)
        try:
            return ServerLock(self._connect, lock_key(uid), holder, here, self._append_held)
        except (TargetBusy, OSError):
            here.close()
            raise

    def holder(self, uid: str) -> Holder | None:
        """Return who holds the lock of a target at this moment, None where nobody does or it cannot be told."""
        if self._down is not None:
            return None
        with self._asking:
            try:
                noted = self._ask(lambda session: session.holder(lock_key(uid)))
            except SourceError as error:
                self._fail(error)
                return None
        return decode_holder(noted) if noted is not None else None

    def close(self) -> None:
        """Bring over what still waits, if the database answers, and end."""
        with self._asking:
            if self._waiting and self._down is None:
                try:
                    self._ask(self._push)
                except SourceError as error:  # it stays on this disk, for the next console
                    self._fail(error)
            self._drop_session()
            self._chain.close()

    def _write(self, event: Event, *, durable: bool) -> None:
        with self._writing:
            seen = self._newest.position if self._newest is not None else 0
            line = self._chain.append(event, seen=seen, durable=durable)
            self._waiting.append(line)
            self._learn([entry_of(line)])

    def _ask(self, question: Callable[[JournalServer], Answer]) -> Answer:
        """Return the answer of the database; a session that ended while nobody used it is replaced once.

        Raises:
            SourceError: there is none.
        """
        is_used_again = self._server is not None
        try:
            return question(self._session())
        except ConnectionBroke:
            if not is_used_again:
                raise
        self._drop_session()
        return question(self._session())

    def _session(self) -> JournalServer:
        """Return a session with the database; a new one asks first how much of what is here has arrived."""
        if self._server is None or not self._server.is_open:
            self._server = self._connect()
            arrived = self._server.heads([self._chain.writer]).get(self._chain.writer, 0)
            with self._writing:
                waiting = lines_of(self._chain.path, behind=arrived) if self._chain.path.exists() else []
                self._waiting = deque(waiting)
            self._sent = arrived
        return self._server

    def _exchange(self) -> bool:
        """Bring over what is here and read what is there; return whether it is the database that was read before.

        What others left here may be much: nobody waits for it who has an intent to write.
        """
        self._left.bring_over(self._connect)
        with self._asking:
            self._ask(self._push)
            is_same = self._ask(self._pull)
            self._ask(self._compare_clocks)
            self._down = None
        return is_same

    def _push(self, session: JournalServer) -> None:
        while True:
            with self._writing:
                lines = list(islice(self._waiting, SENT_AT_ONCE))
            if not lines:
                return
            session.add(lines)
            self._sent = lines[-1].sequence
            with self._writing:
                for _ in lines:
                    self._waiting.popleft()

    def _pull(self, session: JournalServer) -> bool:
        """Read what is new; return whether all is there that was read or sent before."""
        while True:
            newest = self._newest
            page = session.behind(newest.position if newest is not None else 0)
            if newest is not None:
                if not page or page[0] != newest:
                    return False
                page = page[1:]
            if not page:
                return self._own_read >= self._sent
            entries = [entry_of(row, row.position) for row in page]
            self._conflicts.take(entries)
            self._own_read = max(
                (row.sequence for row in page if row.writer == self._chain.writer), default=self._own_read
            )
            with self._writing:
                self._learn(entries)
                self._newest = page[-1]

    def _compare_clocks(self, session: JournalServer) -> None:
        """Tell two clocks apart by no more than what the way of the answer leaves certain."""
        asked, there, answered = self._clock(), session.time(), self._clock()
        self._clock_ahead = max(asked - there, min(answered - there, 0.0))

    def _begin_anew(self) -> None:
        """Forget what was read: the database is not the one any more that it was read from."""
        self._left.begin_anew()
        with self._asking:
            self._lost_lines = True
            self._conflicts = Conflicts(self._clock)
            self._drop_session()
            with self._writing:
                self._newest = None
                self._own_read = 0
                self._known = {}
                self._mirror.begin_anew()

    def _learn(self, entries: list[Entry]) -> None:
        """Put entries into the mirror that it does not hold yet."""
        new = [entry for entry in entries if entry.link.sequence > self._known.get(entry.link.writer, 0)]
        for entry in new:
            self._known[entry.link.writer] = entry.link.sequence
        self._mirror.add(new)

    def _read_left(self) -> None:
        """Learn what other consoles of this machine wrote, while the database cannot tell it."""
        for lines in self._left.changed():
            with self._writing:
                self._learn([entry_of(line) for line in lines])

    def _drop_session(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    def _fail(self, error: SourceError) -> None:
        self._drop_session()
        self._down = error.detail, self._down[1] if self._down is not None else self._clock()
        self._asked_again = time.monotonic() + _PAUSE_SECONDS


def _every_row(session: JournalServer) -> list[Row]:
    rows: list[Row] = []
    while page := session.behind(rows[-1].position + 1 if rows else 0):
        rows += page
    return rows
