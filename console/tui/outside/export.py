"""Writes what a screen shows into files: the series of a model as CSV, any screen as a picture and as text.

What a screen shows may be confidential, so only the owner may read the files. None is ever overwritten.
"""

import errno
import os
import re
from collections.abc import Mapping
from pathlib import Path

from console.domain.label import harmless
from console.domain.moments import rfc3339
from console.domain.snapshot import ModelDetail

_NOT_IN_A_FILE_NAME = re.compile(r"[^A-Za-z0-9._-]+")
_LONGEST_SUBJECT = 80
_MOST_NAMESAKES = 99
_OWNER_ONLY = 0o600


def export_detail(detail: ModelDetail, directory: Path) -> tuple[str, bool]:
    """Write the series of a detail as CSV and return what to tell of it, and whether the file is there."""
    from console.headless.export import series_as_csv

    return export_contents(file_stem(detail.view.model.id, detail.end), {".csv": series_as_csv(detail)}, directory)


def export_contents(stem: str, contents: Mapping[str, str], directory: Path) -> tuple[str, bool]:
    """Write a text for each suffix and return what to tell of it, and whether the files are there."""
    is_here = directory == Path()
    shown = "the current directory" if is_here else harmless(str(directory))
    try:
        written = write_new(stem, contents, directory)
    except OSError as error:
        return f"{shown}: not written: {error.strerror or 'it cannot be opened'}", False
    first, *others = written
    names = ", ".join((first.name, *(path.suffix for path in others)))
    return f"written here: {names}" if is_here else f"written to {shown}: {names}", True


def file_stem(subject: str, at: float) -> str:
    """Return a name that says what is shown and when (UTC seconds), with nothing in it that a shell would mind."""
    inert = _NOT_IN_A_FILE_NAME.sub("-", subject).strip("-.")[:_LONGEST_SUBJECT] or "model"
    return f"{inert}-{rfc3339(at).replace(':', '')}"


def write_new(stem: str, contents: Mapping[str, str], directory: Path) -> tuple[Path, ...]:
    """Write a text for each suffix into new files whose names differ by the suffix only, and return them.

    Where one of the names is taken all get a number. The directory is made if need be.

    Raises:
        OSError: nothing was written.
    """
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    for number in range(1, _MOST_NAMESAKES + 1):
        numbered = stem if number == 1 else f"{stem}-{number}"
        paths = {directory / f"{numbered}{suffix}": text for suffix, text in contents.items()}
        try:
            return _write_all(paths)
        except FileExistsError:
            continue
    raise FileExistsError(errno.EEXIST, f"{_MOST_NAMESAKES} files have this name")


def _write_all(texts: Mapping[Path, str]) -> tuple[Path, ...]:
    written: list[Path] = []
    try:
        for path, text in texts.items():
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, _OWNER_ONLY)
            written.append(path)
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
                file.write(text)
    except OSError:
        for path in written:
            path.unlink(missing_ok=True)
        raise
    return tuple(written)
