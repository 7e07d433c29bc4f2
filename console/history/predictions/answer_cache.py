"""Answers of stores that cannot change any more, on disk: an Arrow file each. What is damaged is as if not there.

The files hold counts and names, no rows and no secret; the directory is the user's alone.
"""

import contextlib
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.label import harmless
from console.history.cache import cache_directory

if TYPE_CHECKING:
    import pyarrow

LONGEST_AGE = 35 * 86_400.0
"""Seconds after which a file that nobody wrote anew is removed."""
MOST_BYTES = 256 * 1024 * 1024
_SUFFIX = ".answer.arrow"


def answer_directory(environment: Mapping[str, str]) -> Path | None:
    """Return the directory of the answers, None where the environment names no home."""
    history = cache_directory(environment)
    return history.parent / "predictions" if history is not None else None


class AnswerCache:
    """Loads and keeps answers by what was asked; that it cannot be read, or written, is told once each through `tell`.

    `clock` returns UTC seconds. Without a directory nothing is kept.
    """

    def __init__(self, directory: Path | None, tell: Callable[[str], None], clock: Callable[[], float]) -> None:
        self._directory = directory
        self._tell = tell
        self._clock = clock
        self._told: set[str] = set()
        self._cannot_write = False
        self._wrote = False

    def load(self, asked: str) -> "pyarrow.Table | None":
        """Return the answer to what was asked, None where nothing usable was kept."""
        import pyarrow

        path = self._path(asked)
        if path is None:
            return None
        try:
            with pyarrow.OSFile(str(path), "rb") as file:
                answer = pyarrow.ipc.open_file(file).read_all()
            answer.validate(full=True)
        except FileNotFoundError:
            return None
        except (OSError, pyarrow.ArrowInvalid) as error:
            self._tell_once("read", f"cache {path} cannot be read: {error}; it is asked for anew")
            return None
        kept = (answer.schema.metadata or {}).get(b"asked", b"")
        return answer.replace_schema_metadata() if kept == asked.encode() else None

    def keep(self, asked: str, answer: "pyarrow.Table") -> None:
        """Write an answer in one step: a reader sees the whole old file or the whole new one."""
        import pyarrow

        path = self._path(asked)
        if path is None or self._cannot_write:
            return
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        marked = answer.replace_schema_metadata({b"asked": asked.encode()})
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
            packed = pyarrow.ipc.IpcWriteOptions(compression="zstd")  # counts are small numbers in eight bytes each
            with (
                pyarrow.OSFile(str(temporary), "wb") as file,
                pyarrow.ipc.new_file(file, marked.schema, options=packed) as writer,
            ):
                writer.write_table(marked)
            temporary.replace(path)
            self._wrote = True
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink()
            self._cannot_write = True
            self._tell_once(
                "write", f"cache {path.parent} cannot be written: {error.strerror or error}; going on without it"
            )

    def tidy(self) -> None:
        """Remove files that are too old, then the oldest ones until the rest is small enough; only after a write."""
        if not self._wrote or self._directory is None:
            return
        self._wrote = False
        with contextlib.suppress(OSError):  # another process tidies, too
            entries = [entry for entry in os.scandir(self._directory) if _SUFFIX in entry.name]
            files = sorted((entry.stat().st_mtime, entry.stat().st_size, entry.path) for entry in entries)
            left = sum(size for _, size, _ in files)
            for written, size, path in files:
                if left <= MOST_BYTES and self._clock() - written <= LONGEST_AGE:
                    break
                os.unlink(path)
                left -= size

    def _path(self, asked: str) -> Path | None:
        if self._directory is None:
            return None
        return self._directory / (hashlib.sha256(asked.encode()).hexdigest()[:40] + _SUFFIX)

    def _tell_once(self, what: str, text: str) -> None:
        if what not in self._told:
            self._told.add(what)
            self._tell(harmless(text))
