"""A place for private keys that must be files for a moment: ours alone, and never left behind.

Python reads client certificates from files only, and kr8s writes them where nobody removes them.
"""

import contextlib
import fcntl
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path

from console.transport.kubernetes.errors import KubeconfigError

_PREFIX = "keys-"


@contextlib.contextmanager
def key_directory(base: Path) -> Iterator[Path]:
    """Make a directory (0700) below `base` for the time of the context, and remove what dead processes left there.

    The owner of a directory holds a lock on it; the lock of a process that was killed is gone with the process.

    Raises:
        KubeconfigError: `base` belongs to, or can be entered by, somebody else.
    """
    _make_private(base)
    with _locked(base):
        _remove_leftovers(base)
        directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
        owner = os.open(directory, os.O_RDONLY)
        fcntl.flock(owner, fcntl.LOCK_EX)
    try:
        yield directory
    finally:
        shutil.rmtree(directory)
        os.close(owner)


def _make_private(base: Path) -> None:
    base.mkdir(mode=0o700, parents=True, exist_ok=True)
    found = base.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise KubeconfigError(f"{base}: not a directory of yours alone (0700); no private key can be put there")


@contextlib.contextmanager
def _locked(directory: Path) -> Iterator[None]:
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _remove_leftovers(base: Path) -> None:
    for directory in base.glob(f"{_PREFIX}*"):
        try:
            descriptor = os.open(directory, os.O_RDONLY)
        except FileNotFoundError:
            continue  # its owner removed it just now
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue  # its owner lives
        else:
            shutil.rmtree(directory)
        finally:
            os.close(descriptor)
