"""What is told of a crash, and where its report is kept."""

import os
from pathlib import Path

from console import __version__
from console.domain.failure import failure_in_words, failure_report
from console.domain.moments import rfc3339


def crash_report(error: BaseException) -> str:
    """Return the types and places of an error and of those that led to it, without messages, locals or arguments."""
    return f"incident-console {__version__} crashed\n{failure_report(error)}\n"


def write_crash_log(error: BaseException, directory: Path, at: float) -> Path:
    """Write the report into a directory, readable by its owner only, and return the file; `at` is in UTC seconds.

    Raises:
        OSError: it cannot be written.
    """
    path = directory / f"crash-{rfc3339(at).replace(':', '')}-{os.getpid()}.log"
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(f"at {rfc3339(at)}\n{crash_report(error)}")
    return path


def crash_line(error: BaseException) -> str:
    """Return the crash in one line: the innermost error's type and place."""
    return f"it crashed: {failure_in_words(error)}"
