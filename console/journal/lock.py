"""One lock per target: of all consoles that share a state directory, one acts on an object at a time."""

import fcntl
import hashlib
import os
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.journal.who import Who

_LONGEST_HOLDER = 65_536


class Holder(msgspec.Struct, frozen=True):
    """Who holds a lock, since when (UTC seconds), for which run and on what, as written into the lock's file."""

    who: Who
    since: float
    run_id: str
    target: str


class TargetBusy(Exception):
    """Somebody else is acting on the target; `holder` is None in the instant before they have written their name."""

    def __init__(self, holder: Holder | None) -> None:
        self.holder = holder
        if holder is None:
            super().__init__("somebody else is acting on it at this moment")
        else:
            who, target, run_id = (harmless(text) for text in (holder.who.shown, holder.target, holder.run_id))
            super().__init__(f"{who} is acting on {target} since {clock_time(holder.since)} UTC (run {run_id})")


class TargetLock:
    """The lock of one target, held from construction to `close`; the death of the process releases it too.

    Raises:
        TargetBusy: another console holds it.
        OSError: the lock's file cannot be made.
    """

    def __init__(self, directory: Path, uid: str, holder: Holder) -> None:
        locks = directory / "locks"
        locks.mkdir(mode=0o700, exist_ok=True)
        # The file is never removed: a lock on a removed file excludes nobody.
        path = locks / f"{hashlib.sha256(uid.encode()).hexdigest()[:32]}.lock"
        self._file: int | None = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            other = _read_holder(self._file)
            self._close_file()
            raise TargetBusy(other) from None
        try:
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, msgspec.json.encode(holder), 0)
        except OSError:
            self._close_file()
            raise

    def close(self) -> None:
        """Release the lock; closing twice does nothing."""
        if self._file is not None:
            try:
                os.ftruncate(self._file, 0)
            finally:
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


def _read_holder(file: int) -> Holder | None:
    try:
        return msgspec.json.decode(os.pread(file, _LONGEST_HOLDER, 0), type=Holder)
    except msgspec.DecodeError:
        return None
