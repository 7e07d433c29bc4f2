"""One lock per target: of all consoles that share a state directory, one acts on an object at a time."""

import fcntl
import hashlib
import os
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from console.journal.events import Event
from console.journal.holder import Holder, TargetBusy, decode_holder

_LONGEST_HOLDER = 65_536
_LOOKS = 3
_BETWEEN_LOOKS_SECONDS = 0.01


class TargetLock:
    """The lock of one target, held from construction to `close`; the death of the process releases it too.

    Args:
        directory: the state directory.
        uid: the target's uid.
        holder: who takes it, as others are told.
        append: brings an event into the journal and to disk.

    Raises:
        TargetBusy: another console holds it.
        OSError: the lock's file cannot be made.
    """

    def __init__(self, directory: Path, uid: str, holder: Holder, append: Callable[[Event], None]) -> None:
        path = _path(directory, uid)
        path.parent.mkdir(mode=0o700, exist_ok=True)
        # The file is never removed: a lock on a removed file excludes nobody.
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        self._append = append
        if not _locked_at_once(self._file):
            other = _read_holder(self._file)
            self._close_file()
            raise TargetBusy(other)
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, msgspec.json.encode(holder), 0)
        except OSError:
            self._close_file()
            raise

    def append(self, event: Event) -> None:
        """Add an event to the journal that is on disk when this returns.

        Raises:
            OSError: it could not be written, or the lock is closed.
        """
        if self._file is None:
            raise OSError("the lock is not held any more")
        self._append(event)

    def is_held(self) -> bool:
        """Return whether it was not closed: nothing else ends it."""
        return self._file is not None

    def close(self) -> None:
        """Release the lock; closing twice does nothing."""
        if self._file is not None:
            with suppress(OSError):  # a name that stays is told of nobody: only whoever is locked out reads it
                os.ftruncate(self._file, 0)
            self._close_file()

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def holder_of(directory: Path, uid: str) -> Holder | None:
    """Return who holds the lock of a target, None where nobody does or they have not written their name yet."""
    try:
        file = os.open(_path(directory, uid), os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _read_holder(file)
    else:
        return None
    finally:
        os.close(file)


def _locked_at_once(file: int) -> bool:
    """Lock a file unless somebody holds it for longer than an instant, which is what looking for a holder takes."""
    for _ in range(_LOOKS):
        with suppress(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        time.sleep(_BETWEEN_LOOKS_SECONDS)
    return False


def _path(directory: Path, uid: str) -> Path:
    return directory / "locks" / f"{hashlib.sha256(uid.encode()).hexdigest()[:32]}.lock"


def _read_holder(file: int) -> Holder | None:
    return decode_holder(os.pread(file, _LONGEST_HOLDER, 0))
