"""What was added to a journal's file since it was last looked at, as far as somebody wants to know it."""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

from console.journal.events import Event, Unrecognised, decode_line

OF_INCIDENTS = ("incident_opened", "incident_changed", "incident_closed", "acknowledged", "noted")
"""The kinds of lines from which incidents are folded (`console.journal.incidents`)."""


class Follower:
    """Reads a journal's file from where it stopped the last time; an unchanged file costs one look at its size.

    `kinds` are the kinds of lines that are wanted, all of them where it is None. The others are not decoded: most lines
    of a journal tell what runs saw.
    """

    def __init__(self, path: Path, kinds: Iterable[str] | None = None) -> None:
        self._path = path
        self._starts = None if kinds is None else tuple(f'{{"kind":"{kind}"'.encode() for kind in kinds)
        self._file: tuple[int, int] | None = None
        self._read = 0

    def news(self) -> tuple[Event, ...]:
        """Return the events added since the last call, oldest first; none where there is no journal yet.

        A line that is being written, or is torn, is none. After the file was replaced, all of it is new.

        Raises:
            OSError: the file cannot be read.
        """
        try:
            found = os.stat(self._path)
        except FileNotFoundError:
            return ()
        identity = found.st_dev, found.st_ino
        if identity != self._file or found.st_size < self._read:
            self._file, self._read = identity, 0
        if found.st_size == self._read:
            return ()
        with self._path.open("rb") as file:
            file.seek(self._read)
            content = file.read()
        whole = content[: content.rfind(b"\n") + 1]
        self._read += len(whole)
        return tuple(event for line in whole.splitlines() if self._is_wanted(line) for event in _event_of(line))

    def _is_wanted(self, line: bytes) -> bool:
        return self._starts is None or line.startswith(self._starts)


def _event_of(line: bytes) -> tuple[Event, ...]:
    """Return the event of a line, none where it is torn or of a kind that this version does not know."""
    try:
        event, _ = decode_line(line)
    except msgspec.DecodeError:
        return ()
    return () if isinstance(event, Unrecognised) else (event,)
