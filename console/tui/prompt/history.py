"""What was typed after a colon: this session's lines and those that a file keeps."""

import fcntl
import os
from collections.abc import Iterable
from pathlib import Path

FILE_NAME = "typed-commands"
MOST_LINES = 500
_LONGEST_LINE = 1000


class History:
    """Lines from the oldest to the newest, and where a person who goes through them stands."""

    def __init__(self, lines: Iterable[str] = ()) -> None:
        self._lines = list(lines)
        self._place = len(self._lines)
        self._draft = ""

    def add(self, text: str) -> str | None:
        """Take a line as the newest one; return it as it is kept, None where there is nothing new to keep."""
        line = one_line(text)
        is_new = bool(line) and line not in self._lines[-1:]
        if is_new:
            self._lines.append(line)
        self._place, self._draft = len(self._lines), ""
        return line if is_new else None

    def earlier(self, shown: str) -> str:
        """Return the line before; what is `shown` unfinished comes back with `later`."""
        if self._place == len(self._lines):
            self._draft = shown
        self._place = max(0, self._place - 1)
        return self._lines[self._place] if self._lines else shown

    def later(self, shown: str) -> str:
        """Return the line after, at last the unfinished one."""
        if self._place == len(self._lines):
            return shown
        self._place += 1
        return self._lines[self._place] if self._place < len(self._lines) else self._draft


def one_line(text: str) -> str:
    """Return a text without what is no printable character, at most so long as is worth keeping."""
    return "".join(character if character.isprintable() else " " for character in text).strip()[:_LONGEST_LINE]


def read_lines(directory: Path) -> list[str]:
    """Return the newest lines of the file, the oldest of them first; none where there is no file.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        text = (directory / FILE_NAME).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return []
    return [line for line in map(one_line, text.split("\n")) if line][-MOST_LINES:]


def append_line(directory: Path, line: str) -> None:
    """Keep a line behind those of all consoles; only its owner can read the file, which never grows without end.

    Raises:
        OSError: the file cannot be written.
    """
    path = directory / FILE_NAME
    with open(directory / f"{FILE_NAME}.lock", "a", opener=_for_owner) as lock:  # the file itself may be replaced
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(path, "a+b", opener=_for_owner) as file:
            file.seek(0)
            content = file.read()
            separator = b"\n" if content and not content.endswith(b"\n") else b""
            file.write(separator + line.encode("utf-8", errors="replace") + b"\n")
        if content.count(b"\n") + 1 >= 2 * MOST_LINES:
            _shorten(path)


def _shorten(path: Path) -> None:
    kept = read_lines(path.parent)
    written = path.with_name(f"{path.name}.{os.getpid()}.new")
    with open(written, "w", encoding="utf-8", opener=_for_owner) as file:
        file.write("".join(f"{line}\n" for line in kept))
    written.replace(path)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
