"""The journal's file: one JSON line per event, only ever appended to, each line naming the digest of the one before."""

import threading
from collections.abc import Callable
from pathlib import Path

from console.journal.chain import Link, digest
from console.journal.contents import BEGINNING, Changes, Contents, Position
from console.journal.events import Event, encode_event
from console.journal.file_lines import Lines, LinesParser, append_line, read_lines
from console.journal.holder import Holder
from console.journal.journal import Condition
from console.journal.mirror import Mirror
from console.journal.target_lock import TargetLock, holder_of

FILE_NAME = "journal.jsonl"


class FileJournal:
    """The journal in a directory that exists, shared by all consoles that use it; the file is one chain.

    With a `clock` (UTC seconds), `read` and `changes` leave out the lines of runs that are longer ago than a week.
    """

    def __init__(self, directory: Path, clock: Callable[[], float] | None = None) -> None:
        self.path = directory / FILE_NAME
        self._directory = directory
        self._mirror = Mirror(clock)
        self._parser = LinesParser()
        self._read_to = Lines()
        self._reading = threading.Lock()

    @property
    def name(self) -> str:
        """The path of the file."""
        return str(self.path)

    @property
    def condition(self) -> Condition:
        """How it is: a file needs nobody."""
        return Condition()

    def append(self, event: Event, durable: bool = True) -> None:
        """Add an event as one line; `durable` returns only once it is on disk.

        Raises:
            OSError: the line could not be written, or not be brought to disk.
        """

        def line(last: bytes | None) -> bytes:
            return encode_event(event, Link(previous="" if last is None else digest(last)))

        append_line(self.path, line, durable=durable)

    def refresh(self) -> None:
        """Read what was added to the file since the last time.

        Raises:
            OSError: it cannot be read.
        """
        with self._reading:
            lines = read_lines(self.path, self._read_to)
            if not lines.follows:
                self._parser = LinesParser()
                self._mirror.begin_anew()
            self._read_to = lines
            self._mirror.add(self._parser.entries(lines.content))

    def read(self) -> tuple[Event, ...]:
        """Return the events of the kinds that this version knows, oldest first.

        Raises:
            OSError: it cannot be read.
        """
        self.refresh()
        return self._mirror.events()

    def changes(self, since: Position = BEGINNING) -> Changes:
        """Return what was known behind a position after the last `refresh` or `read`."""
        return self._mirror.changes(since)

    def load(self) -> Contents:
        """Return every event, and each line that is torn or out of order; a journal not begun is empty.

        Raises:
            OSError: it cannot be read.
        """
        parser = LinesParser(self.name)
        entries = parser.entries(read_lines(self.path, Lines()).content)
        parser.end()
        return Contents(tuple(entries), tuple(parser.problems))

    def lock(self, uid: str, holder: Holder) -> TargetLock:
        """Take the lock of the target with a uid, a file beside the journal.

        Raises:
            TargetBusy: somebody else holds it.
            OSError: it cannot be taken.
        """
        return TargetLock(self._directory, uid, holder, self.append)

    def holder(self, uid: str) -> Holder | None:
        """Return who holds the lock of a target at this moment, None where nobody does or it cannot be told."""
        try:
            return holder_of(self._directory, uid)
        except OSError:
            return None

    def close(self) -> None:
        """Do nothing: nothing is open between calls."""
