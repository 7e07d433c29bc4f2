"""The lines that one console wrote, on its own disk: what a shared journal lacks is brought to it from here."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path

import msgspec

from console.journal.chain import Link, digest
from console.journal.contents import BrokenLine
from console.journal.events import Event, decode_line, encode_event
from console.journal.file_lines import sync_directory, write_all
from console.journal.postgresql.server import NewLine

DIRECTORY = "chains"
SUFFIX = ".jsonl"


class OwnChain:
    """The chain of this process, in a file that is made with its first line and locked as long as the process lives.

    Args:
        directory: the state directory.
        writer: an id that no other process has.
    """

    def __init__(self, directory: Path, writer: str) -> None:
        self.writer = writer
        self.path = directory / DIRECTORY / f"{writer}{SUFFIX}"
        self._file: int | None = None
        self._size = 0
        self._sequence = 0
        self._last = ""

    def append(self, event: Event, *, seen: int, durable: bool) -> NewLine:
        """Add an event and return its line; `seen` is how many lines of the shared journal this console knew.

        Raises:
            OSError: the line could not be written, or not be brought to disk; then it does not count.
        """
        file = self._opened()
        self._cut_back(file)
        link = Link(previous=self._last, writer=self.writer, sequence=self._sequence + 1, seen=seen)
        line = encode_event(event, link)
        try:
            write_all(file, line + b"\n")
            if durable:
                os.fsync(file)
        except OSError:
            with suppress(OSError):  # the next line begins with it again
                self._cut_back(file)
            raise
        self._size += len(line) + 1
        self._sequence += 1
        self._last = digest(line)
        return NewLine(self.writer, link.sequence, link.previous or "", line.decode())

    def close(self) -> None:
        """Release the file; nothing is added any more."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _cut_back(self, file: int) -> None:
        """Remove half a line that never counted: nothing behind it would be read."""
        if os.fstat(file).st_size != self._size:
            os.ftruncate(file, self._size)

    def _opened(self) -> int:
        if self._file is None:
            self.path.parent.mkdir(mode=0o700, exist_ok=True)
            sync_directory(self.path.parent.parent)
            file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
            fcntl.flock(file, fcntl.LOCK_EX)
            sync_directory(self.path.parent)
            self._file = file
        return self._file


def chain_files(directory: Path) -> list[Path]:
    """Return the files of all chains that were begun in a state directory, oldest first by their names."""
    return sorted((directory / DIRECTORY).glob(f"*{SUFFIX}"))


def writer_of(path: Path) -> str:
    """Return the id of whoever wrote the chain in a file."""
    return path.name.removesuffix(SUFFIX)


def lines_of(path: Path, *, behind: int = 0) -> list[NewLine]:
    """Return the lines of a chain behind so many, up to one that is unreadable; a torn last line never counted.

    Raises:
        OSError: it cannot be read.
    """
    found = []
    for line in _whole_lines(path):
        try:
            _, link = decode_line(line)
        except msgspec.DecodeError:
            break
        if link.sequence > behind:
            found.append(NewLine(link.writer, link.sequence, link.previous or "", line.decode()))
    return found


def unreadable_line(path: Path) -> BrokenLine | None:
    """Return the first whole line of a chain that somebody or a bad disk changed so that it cannot be read.

    Raises:
        OSError: the file cannot be read.
    """
    for number, line in enumerate(_whole_lines(path), 1):
        try:
            decode_line(line)
        except msgspec.DecodeError:
            return BrokenLine(
                number, f"cannot be read in {path}, nor what is behind it: it was changed", writer_of(path)
            )
    return None


def _whole_lines(path: Path) -> list[bytes]:
    return path.read_bytes().split(b"\n")[:-1]
