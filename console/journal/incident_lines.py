"""The incidents of a journal's file, read without decoding what runs saw: that is most of its lines."""

import re
from pathlib import Path

import msgspec

from console.journal.events import Event, Unrecognised, decode_line
from console.journal.follow import OF_INCIDENTS

_WANTED = re.compile(rb'^\{"kind":"(?:%s)".*$' % "|".join(OF_INCIDENTS).encode(), re.MULTILINE)


def events_of_incidents(path: Path) -> tuple[Event, ...]:
    """Return the events of a journal's file that are about incidents, oldest first; torn lines are none.

    Raises:
        OSError: the file cannot be read.
    """
    return tuple(event for line in _WANTED.findall(path.read_bytes()) for event in _event_of(line))


def _event_of(line: bytes) -> tuple[Event, ...]:
    try:
        event, _ = decode_line(line)
    except msgspec.DecodeError:
        return ()
    return () if isinstance(event, Unrecognised) else (event,)
