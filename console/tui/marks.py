"""Which models are a person's own: those of the settings' globs, and those marked on the screen, kept in a file."""

import fcntl
import os
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from console.domain.label import harmless
from console.domain.model import Model

FILE_NAME = "marks.json"


class BadMarks(Exception):
    """A file of marks that cannot be read or written; the text is one line."""


class Marks:
    """The marks of one fleet.

    `globs` match the id or the name of a model, as in the settings.
    """

    def __init__(self, globs: Iterable[str] = (), marked: Iterable[str] = ()) -> None:
        self._globs = tuple(globs)
        self._marked = set(marked)
        self._known: dict[str, bool] = {}

    def is_mine(self, model: Model) -> bool:
        """Return whether a model is the person's own."""
        found = self._known.get(model.id)
        if found is None:
            found = self._known[model.id] = model.id in self._marked or self.is_by_settings(model)
        return found

    def is_by_settings(self, model: Model) -> bool:
        """Return whether the settings say so, which no key undoes."""
        names = (model.id, model.name.raw)
        return any(fnmatchcase(name, glob) for glob in self._globs for name in names)

    def toggle(self, model: Model) -> bool:
        """Mark a model or take its mark away; return whether it has one now."""
        self._known.pop(model.id, None)
        if model.id in self._marked:
            self._marked.remove(model.id)
            return False
        self._marked.add(model.id)
        return True

    def adopt(self, marked: Iterable[str]) -> None:
        """Take over what a file holds."""
        self._marked.update(marked)
        self._known.clear()


def read_marks(directory: Path, scope: str) -> frozenset[str]:
    """Return the ids that are marked in one fleet.

    Raises:
        BadMarks: the file cannot be read.
    """
    return frozenset(_read(directory / FILE_NAME).get(scope, ()))


def write_mark(directory: Path, scope: str, model_id: str, *, is_marked: bool) -> None:
    """Change one mark in the file, beside whatever other consoles change in it; only its owner can read it.

    Raises:
        BadMarks: the file cannot be read or written; it is left as it was.
    """
    path = directory / FILE_NAME
    try:
        with open(directory / f"{FILE_NAME}.lock", "a", opener=_for_owner) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            marks = _read(path)
            ids = set(marks.get(scope, ()))
            (ids.add if is_marked else ids.discard)(model_id)
            _replace(path, {**marks, scope: sorted(ids)})
    except OSError as error:
        raise BadMarks(f"{harmless(str(path))}: the mark is not kept: {error.strerror or error}") from None


def _read(path: Path) -> dict[str, list[str]]:
    try:
        return msgspec.json.decode(path.read_bytes(), type=dict[str, list[str]])
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise BadMarks(f"{harmless(str(path))}: marks cannot be read: {error.strerror or error}") from None
    except msgspec.DecodeError as error:
        told = "expected an object of lists of model ids; move it away to begin anew"
        raise BadMarks(f"{harmless(str(path))}: marks cannot be read: {harmless(str(error))}, {told}") from None


def _replace(path: Path, marks: dict[str, list[str]]) -> None:
    written = path.with_name(f"{path.name}.{os.getpid()}.new")
    with open(written, "wb", opener=_for_owner) as file:
        file.write(msgspec.json.format(msgspec.json.encode(marks), indent=1) + b"\n")
        file.flush()
        os.fsync(file.fileno())
    written.replace(path)


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
