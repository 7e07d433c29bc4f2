"""What is told of a crash: where it happened, never with which values.

Locals, messages and arguments may hold tokens, labels and query results; file names, lines and types cannot.
"""

import os
import traceback
from collections.abc import Iterator
from pathlib import Path

from console import __version__
from console.domain.label import harmless
from console.domain.moments import rfc3339

_MOST_FRAMES = 40


def crash_report(error: BaseException) -> str:
    """Return the types and places of an error and of those that led to it, without messages, locals or arguments."""
    lines = [f"incident-console {__version__} crashed"]
    for each, relation in _chain(error):
        lines.append(f"{relation}{type(each).__module__}.{type(each).__qualname__}")
        frames = traceback.extract_tb(each.__traceback__)
        lines.extend(f"  {_place(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames[-_MOST_FRAMES:])
    return "\n".join(lines) + "\n"


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
    innermost = _innermost(error)
    frames = traceback.extract_tb(innermost.__traceback__)
    place = f" at {_place(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    return harmless(f"it crashed: {type(innermost).__name__}{place}")


def _innermost(error: BaseException) -> BaseException:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


def _chain(error: BaseException, relation: str = "") -> Iterator[tuple[BaseException, str]]:
    yield error, relation
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _chain(inner, "holds ")
    if error.__cause__ is not None:
        yield from _chain(error.__cause__, "caused by ")
    elif error.__context__ is not None and not error.__suppress_context__:
        yield from _chain(error.__context__, "while handling ")


def _place(file: str) -> str:
    """Return a file from its package on: the directories above it tell whose machine it is."""
    parts = Path(file).parts
    for root in ("site-packages", "console"):
        if root in parts:
            index = len(parts) - 1 - parts[::-1].index(root)
            return "/".join(parts[index + (root == "site-packages") :])
    return parts[-1] if parts else file
