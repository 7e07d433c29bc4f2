"""What other consoles of this machine left behind, or write while the database is out of reach."""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from console.domain.label import harmless
from console.journal.postgresql.own_chain import chain_files, lines_of, unreadable_line, writer_of
from console.journal.postgresql.server import JournalServer, NewLine
from console.transport.errors import ServerFault

KEPT_SECONDS = 7 * 86_400.0
"""So long a chain is kept that is in the database: one that is restored from a backup may lack its last lines."""


class LeftChains:
    """Brings the chains of a state directory into the database whose processes have ended, each of them once.

    Any thread may use it.

    Args:
        directory: the state directory.
        clock: returns the time (UTC seconds).
    """

    def __init__(self, directory: Path, clock: Callable[[], float]) -> None:
        self._directory = directory
        self._clock = clock
        self._brought_over: set[Path] = set()
        self.refused: tuple[str, ...] = ()
        """Which chains the database does not take, a harmless line each; another thread may read it at any time."""
        self._sizes: dict[Path, int] = {}
        self._bringing = threading.Lock()

    def bring_over(self, connect: Callable[[], JournalServer]) -> None:
        """Bring over what the database lacks, on a connection of its own; nothing is done while another thread does it.

        Raises:
            SourceError: the database cannot be asked.
        """
        if not self._bringing.acquire(blocking=False):
            return
        try:
            with _left(self._directory, self._brought_over) as left:
                if left:
                    with closing(connect()) as session:
                        self._bring(left, session)
        finally:
            self._bringing.release()

    def begin_anew(self) -> None:
        """Take note that the database may lack what was brought to it, and that nothing here is known any more."""
        with self._bringing:
            self._brought_over.clear()
            self.refused = ()
        self._sizes.clear()

    def changed(self) -> Iterator[list[NewLine]]:
        """Yield the lines of each chain of this machine that has grown since the call before.

        Raises:
            OSError: they cannot be read.
        """
        for path in chain_files(self._directory):
            try:
                size = path.stat().st_size
                if self._sizes.get(path) == size:
                    continue
                lines = lines_of(path)
            except FileNotFoundError:  # another console has just removed it: it is in the database
                continue
            self._sizes[path] = size
            yield lines

    def _bring(self, left: dict[Path, int], session: JournalServer) -> None:
        arrived = session.heads(map(writer_of, left))
        for path, file in left.items():
            unreadable = unreadable_line(path)
            try:
                session.add(lines_of(path, behind=arrived.get(writer_of(path), 0)))
            except ServerFault as error:  # one chain that does not fit must not keep all others from their way
                self._refuse(f"{path} is not taken by the shared journal: {error.detail}")
            else:
                if unreadable is not None:
                    self._refuse(f"line {unreadable.line} of {unreadable.chain} {unreadable.reason}")
                elif self._clock() - os.fstat(file).st_mtime > KEPT_SECONDS:
                    path.unlink(missing_ok=True)
            self._brought_over.add(path)

    def _refuse(self, reason: str) -> None:
        self.refused = (*self.refused, harmless(reason, 400))


@contextmanager
def _left(directory: Path, but: set[Path]) -> Iterator[dict[Path, int]]:
    """Hold the chains, but some, whose processes have ended and that no other console is bringing over."""
    found: dict[Path, int] = {}
    try:
        for path in chain_files(directory):
            if path in but:
                continue
            try:
                file = os.open(path, os.O_RDONLY)
            except FileNotFoundError:  # another console has just removed it, since it was old
                continue
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(file)
            else:
                if os.fstat(file).st_size:
                    found[path] = file
                else:  # its console has made it and is about to lock it
                    os.close(file)
        yield found
    finally:
        for file in found.values():
            os.close(file)
