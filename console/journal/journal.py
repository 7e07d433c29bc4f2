"""The journal's file: one JSON line per event, only ever appended to, each line naming the digest of the one before."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec

from console.journal.events import Event, Unrecognised, decode_line, encode_event

FILE_NAME = "journal.jsonl"
_PRIVATE = 0o600
_TAIL_BYTES = 65_536


class BrokenLine(msgspec.Struct, frozen=True):
    """A line (counted from 1) that is torn, or that does not follow the line before it."""

    line: int
    reason: str


class Contents(msgspec.Struct, frozen=True):
    """Everything a journal holds, oldest first, and what is wrong with it."""

    events: tuple[Event | Unrecognised, ...]
    problems: tuple[BrokenLine, ...] = ()


class Journal:
    """The journal in a directory that exists; several processes and threads may append to it at once."""

    def __init__(self, directory: Path) -> None:
        self.path = directory / FILE_NAME

    def append(self, event: Event, durable: bool = True) -> None:
        """Add an event as one line; `durable` returns only once it is on disk.

        Raises:
            OSError: the line could not be written, or not be brought to disk.
        """
        with _locked(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, fcntl.LOCK_EX) as file:
            size = os.fstat(file).st_size
            tail, complete = _last_line(file, size)
            line = encode_event(event, previous=digest(tail) if size else "") + b"\n"
            # A line torn by a crash or a full disk keeps its place; ours begins on a line of its own.
            _write_all(file, line if complete else b"\n" + line)
            if durable:
                os.fsync(file)
        if durable and not size:
            _sync_directory(self.path.parent)

    def load(self) -> Contents:
        """Return every event, and each line that is torn or out of order; a journal not begun is empty."""
        try:
            with _locked(self.path, os.O_RDONLY, fcntl.LOCK_SH) as file:
                content = _read_all(file)
        except FileNotFoundError:
            return Contents(())
        return _parse(content)

    def read(self) -> tuple[Event, ...]:
        """Return the events of the kinds that this version knows, oldest first."""
        return tuple(event for event in self.load().events if not isinstance(event, Unrecognised))


def digest(line: bytes) -> str:
    """Return the SHA-256 of a line without its newline, in hexadecimal."""
    return hashlib.sha256(line).hexdigest()


def _parse(content: bytes) -> Contents:
    events: list[Event | Unrecognised] = []
    problems: list[BrokenLine] = []
    previous_line: bytes | None = None
    lines = content.split(b"\n")
    if lines[-1] == b"":
        lines.pop()
    for number, line in enumerate(lines, 1):
        try:
            event, previous = decode_line(line)
        except msgspec.DecodeError:
            problems.append(BrokenLine(number, "torn: the write was cut off, by a crash or a full disk"))
        else:
            events.append(event)
            if previous != (digest(previous_line) if previous_line is not None else ""):
                problems.append(BrokenLine(number, "does not follow the line before it: a line was changed or removed"))
        previous_line = line
    return Contents(tuple(events), tuple(problems))


@contextmanager
def _locked(path: Path, flags: int, lock: int) -> Iterator[int]:
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


def _write_all(file: int, content: bytes) -> None:
    remaining = memoryview(content)
    while remaining:
        remaining = remaining[os.write(file, remaining) :]


def _read_all(file: int) -> bytes:
    size = os.fstat(file).st_size
    parts: list[bytes] = []
    position = 0
    while position < size:
        part = os.pread(file, size - position, position)
        if not part:
            break
        parts.append(part)
        position += len(part)
    return b"".join(parts)


def _sync_directory(directory: Path) -> None:
    """Bring the directory's entry of a new file to disk: without it a crash may lose the whole file."""
    handle = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
