"""Files of lines that are only ever appended to, by several processes at once."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from console.journal.chain import digest
from console.journal.contents import BrokenLine, Entry
from console.journal.events import decode_line

_PRIVATE = 0o600
_TAIL_BYTES = 65_536
_COMPARED_BYTES = 256

TORN = "torn: the write was cut off, by a crash or a full disk"
NOT_FOLLOWING = "does not follow the line before it: a line was changed or removed"


class Lines(msgspec.Struct, frozen=True):
    """What was read of a file up to an offset (bytes), and what tells whether a file still is the one that was read.

    `content` is what came since the last reading where `follows` is true, else the whole file.
    """

    content: bytes = b""
    offset: int = 0
    follows: bool = True
    inode: int = 0
    tail: bytes = b""
    """The last bytes before the offset."""


def append_line(path: Path, line: Callable[[bytes | None], bytes], *, durable: bool) -> bytes:
    """Add to a file, which is made where it is missing, the line that follows its last one; return it.

    `line` gets the last line (None in an empty file) and returns the new one, both without newline. `durable` returns
    only once it is on disk; a line that could not be brought there is taken back.

    Raises:
        OSError: the line could not be written, or not be brought to disk.
    """
    with locked(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, fcntl.LOCK_EX) as file:
        size = os.fstat(file).st_size
        if not size:  # before its first line, so that no later one can be on disk in a file that is not
            sync_directory(path.parent)
        tail, complete = _last_line(file, size)
        added = line(tail if size else None)
        # A line torn by a crash or a full disk keeps its place; ours begins on a line of its own.
        try:
            write_all(file, added + b"\n" if complete else b"\n" + added + b"\n")
            if durable:
                os.fsync(file)
        except OSError:
            with suppress(OSError):  # what stays is torn, or comes twice when it is written again
                os.ftruncate(file, size)
            raise
    return added


def read_lines(path: Path, before: Lines) -> Lines:
    """Return what a file holds behind what was read before; a file that is not there is empty.

    Raises:
        OSError: it cannot be read.
    """
    try:
        with locked(path, os.O_RDONLY, fcntl.LOCK_SH) as file:
            status = os.fstat(file)
            follows = before.offset == 0 or (
                status.st_ino == before.inode
                and status.st_size >= before.offset
                and _read(file, before.offset - len(before.tail), before.offset) == before.tail
            )
            start = before.offset if follows else 0
            content = _read(file, start, status.st_size)
            offset = start + len(content)
            tail = _read(file, max(0, offset - _COMPARED_BYTES), offset)
            return Lines(content, offset, follows, status.st_ino, tail)
    except FileNotFoundError:
        return Lines(follows=before.offset == 0)


class LinesParser:
    """Makes entries of the lines of one chain, piece by piece; `problems` collects what is wrong with them.

    `chain` is what problems call the chain.
    """

    def __init__(self, chain: str = "") -> None:
        self.problems: list[BrokenLine] = []
        self._chain = chain
        self._number = 0
        self._previous: bytes | None = None
        self._rest = b""
        self._lacks_newline = False

    def entries(self, content: bytes) -> list[Entry]:
        """Return the entries of what comes next.

        A last line without its newline counts as soon as it is whole: a crash may have taken nothing but the newline.
        """
        if self._lacks_newline and content:
            content = content.removeprefix(b"\n")
            self._lacks_newline = False
        *lines, self._rest = (self._rest + content).split(b"\n")
        found = [entry for line in lines if (entry := self._entry(line)) is not None]
        if self._rest and _is_whole(self._rest) and (entry := self._entry(self._rest)) is not None:
            found.append(entry)
            self._rest, self._lacks_newline = b"", True
        return found

    def end(self) -> None:
        """Take note that nothing comes any more: a line that is not whole yet is torn."""
        if self._rest:
            self._entry(self._rest)
            self._rest = b""

    def _entry(self, line: bytes) -> Entry | None:
        self._number += 1
        before, self._previous = self._previous, line
        try:
            event, link = decode_line(line)
        except msgspec.DecodeError:
            self.problems.append(BrokenLine(self._number, TORN, self._chain, is_torn=True))
            return None
        if link.previous != ("" if before is None else digest(before)):
            self.problems.append(BrokenLine(self._number, NOT_FOLLOWING, self._chain))
        return Entry(event, link, self._number)


def _is_whole(line: bytes) -> bool:
    try:
        decode_line(line)
    except msgspec.DecodeError:
        return False
    return True


def sync_directory(directory: Path) -> None:
    """Bring the directory's entry of a new file to disk: without it a crash may lose the whole file."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def locked(path: Path, flags: int, lock: int) -> Iterator[int]:
    """Open a file, under a lock as long as the block lasts; a file that is made is readable by its owner only."""
    file = os.open(path, flags, _PRIVATE)
    try:
        fcntl.flock(file, lock)
        if lock == fcntl.LOCK_EX and os.fstat(file).st_mode & 0o077:
            os.fchmod(file, _PRIVATE)
        yield file
    finally:
        os.close(file)


def _last_line(file: int, size: int) -> tuple[bytes, bool]:
    """Return the last line without its newline, and whether it has one; an empty file counts as complete."""
    if size == 0:
        return b"", True
    complete = os.pread(file, 1, size - 1) == b"\n"
    end = size - 1 if complete else size
    start, tail = end, b""
    while start > 0:
        length = min(_TAIL_BYTES, start)
        start -= length
        tail = os.pread(file, length, start) + tail
        newline = tail.rfind(b"\n")
        if newline >= 0:
            return tail[newline + 1 :], complete
    return tail, complete


def write_all(file: int, content: bytes) -> None:
    """Write all of something to a file.

    Raises:
        OSError: it could not be written, or only in part.
    """
    remaining = memoryview(content)
    while remaining:
        remaining = remaining[os.write(file, remaining) :]


def _read(file: int, start: int, end: int) -> bytes:
    parts: list[bytes] = []
    while start < end:
        part = os.pread(file, end - start, start)
        if not part:
            break
        parts.append(part)
        start += len(part)
    return b"".join(parts)
