"""Directories of playbooks, read again and again: what changed is read, what broke keeps its last version."""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

import msgspec

from console.actions.registry import KnownActions
from console.playbooks.document import Playbook
from console.playbooks.files import playbook_files
from console.playbooks.load import Loaded, load_file
from console.playbooks.problem import Problem

Stamp = tuple[int, int, int, int]
"""What tells that a file is another than before: its times, size and inode."""


class Origin(msgspec.Struct, frozen=True):
    """Where a playbook is from, and the files whose playbooks of the same id it stands in for."""

    path: Path
    replaces: tuple[Path, ...] = ()


class OwnPlaybooks(msgspec.Struct, frozen=True):
    """The playbooks of some directories by id, where each is from, and what is wrong with their files."""

    playbooks: dict[str, Playbook] = {}
    origins: dict[str, Origin] = {}
    problems: tuple[Problem, ...] = ()


class _File(msgspec.Struct, frozen=True):
    """A file as it was read last; `playbook` may be an older version of it than `loaded`, which is broken then."""

    stamp: Stamp | None
    loaded: Loaded
    playbook: Playbook | None


class PackReader:
    """Reads directories; `today` (None: not looked at) is the day from which reviews are counted.

    A playbook of a later directory stands in for those of earlier ones with its id; within a directory an id is unique.
    """

    def __init__(
        self, directories: Iterable[str | Path], today: date | None = None, actions: KnownActions | None = None
    ) -> None:
        self._directories = list(dict.fromkeys(Path(directory).expanduser() for directory in directories))
        self._today = today
        self._actions = actions
        self._files: dict[Path, _File] = {}
        self._unread: tuple[Problem, ...] = ()
        self._own = OwnPlaybooks()

    def read(self) -> OwnPlaybooks:
        """Return what the directories hold now: the same object as before where nothing changed.

        What cannot be read keeps the version that was read last, and is told.
        """
        before, unread = self._files, self._unread
        self._files = {}
        problems: list[Problem] = []
        for directory in self._directories:
            try:
                paths = playbook_files(directory)
            except OSError as error:
                problems.append(Problem(str(directory), 1, 1, f"cannot be read: {error.strerror or error}"))
                self._files.update({path: file for path, file in before.items() if path.parent == directory})
                continue
            self._files.update({path: _read(path, before.get(path), self._today, self._actions) for path in paths})
        self._unread = tuple(problems)
        if self._files != before or self._unread != unread:
            self._own = _own(self._directories, self._files, self._unread)
        return self._own


def _read(path: Path, before: _File | None, today: date | None, actions: KnownActions | None) -> _File:
    try:
        status = path.stat()
        stamp = (status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)
    except OSError:
        stamp = None  # reading it says why
    if before is not None and stamp is not None and before.stamp == stamp:
        return before
    loaded = load_file(path, today, actions)
    if loaded.playbook is not None or before is None or before.playbook is None:
        return _File(stamp, loaded, loaded.playbook)
    kept = before.playbook
    first, *others = loaded.problems
    told = msgspec.structs.replace(first, text=f"{first.text}; version {kept.metadata.version} of it is kept")
    return _File(stamp, msgspec.structs.replace(loaded, problems=(told, *others)), kept)


def _own(directories: Sequence[Path], files: dict[Path, _File], unread: tuple[Problem, ...]) -> OwnPlaybooks:
    playbooks: dict[str, Playbook] = {}
    origins: dict[str, Origin] = {}
    problems = [*unread]
    for directory in directories:
        here: dict[str, Path] = {}
        for path, file in files.items():
            if path.parent != directory:
                continue
            problems.extend(file.loaded.problems)
            playbook = file.playbook
            if playbook is None:
                continue
            if playbook.id in here:
                text = f"the id '{playbook.id}' is taken by {here[playbook.id].name}; this one is left out"
                problems.append(Problem(str(path), 1, 1, text))
                continue
            here[playbook.id] = path
            earlier = origins.get(playbook.id)
            replaced = (*earlier.replaces, earlier.path) if earlier is not None else ()
            playbooks[playbook.id], origins[playbook.id] = playbook, Origin(path, replaced)
    return OwnPlaybooks(playbooks, origins, tuple(problems))
