"""All playbooks that are known: the shipped ones and those of the configured directories."""

from collections.abc import Iterable, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from console.playbooks.problem import Problem

if TYPE_CHECKING:
    from console.playbooks.document import Playbook
    from console.playbooks.head import Head

COMPILED_HEADS = Path(__file__).with_name("shipped_heads.json")
"""The heads of the shipped playbooks as a summary reads them: parsing their YAML would be a good part of it."""


class Library:
    """Playbooks by id, and what is wrong with the files of the others.

    Of the shipped playbooks, which the tests prove sound, only the heads are read until somebody asks for more: that is
    all that a summary needs.
    """

    def __init__(
        self,
        own: "Sequence[Playbook]" = (),
        own_problems: Sequence[Problem] = (),
        *,
        shipped: Path | None = None,
        today: date | None = None,
    ) -> None:
        self._own = tuple(own)
        self._own_problems = tuple(own_problems)
        self._shipped = shipped
        self._today = today

    @staticmethod
    def load(directories: Iterable[str | Path] = (), *, shipped: bool = True, today: date | None = None) -> "Library":
        """Return the playbooks of the shipped library and of directories; a broken file is a problem, the others load.

        A playbook of a directory stands in for the shipped one with its id; within directories an id is unique.
        `today` (None: not looked at) is the day from which on a playbook that nobody reviewed lately gets a warning.
        """
        own: dict[str, Playbook] = {}
        problems: list[Problem] = []
        for directory in directories:
            _read_directory(Path(directory).expanduser(), today, own, problems)
        return Library(tuple(own.values()), problems, shipped=shipped_directory() if shipped else None, today=today)

    @cached_property
    def heads(self) -> "tuple[Head, ...]":
        """The heads of all playbooks, in the order of their ids."""
        heads = {head.id: head for head in _shipped_heads()} if self._shipped is not None else {}
        heads.update({playbook.id: playbook.head for playbook in self._own})
        return tuple(heads[playbook_id] for playbook_id in sorted(heads))

    @property
    def playbooks(self) -> "tuple[Playbook, ...]":
        """All playbooks, in the order of their ids."""
        return self._whole[0]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the files of the library, one line each."""
        return self._whole[1]

    def find(self, playbook_id: str) -> "Playbook | None":
        """Return the playbook with an id, None when there is none."""
        return next((playbook for playbook in self.playbooks if playbook.id == playbook_id), None)

    @cached_property
    def _whole(self) -> "tuple[tuple[Playbook, ...], tuple[Problem, ...]]":
        found: dict[str, Playbook] = {}
        problems: list[Problem] = []
        if self._shipped is not None:
            _read_directory(self._shipped, self._today, found, problems)
        found.update({playbook.id: playbook for playbook in self._own})
        return tuple(found[playbook_id] for playbook_id in sorted(found)), (*problems, *self._own_problems)


def shipped_directory() -> Path:
    """Return the directory of the shipped playbooks: in the installed package, in a checkout beside it."""
    package = Path(__file__).parent.parent
    packaged = package / "shipped_playbooks"
    return packaged if packaged.is_dir() else package.parent / "playbooks"


def compile_heads() -> bytes:
    """Return what `COMPILED_HEADS` must hold: the heads of the shipped playbooks, in the order of their ids."""
    heads = [playbook.head for playbook in Library.load().playbooks]
    return msgspec.json.format(msgspec.json.encode(heads)) + b"\n"


def _shipped_heads() -> "tuple[Head, ...]":
    from console.playbooks.head import Head  # only an incident is offered a playbook

    return msgspec.json.decode(COMPILED_HEADS.read_bytes(), type=tuple[Head, ...])


def _read_directory(directory: Path, today: date | None, found: "dict[str, Playbook]", problems: list[Problem]) -> None:
    """Add the playbooks of a directory; the first file that has an id keeps it."""
    from console.playbooks.files import playbook_files
    from console.playbooks.load import load_file  # the whole language: a summary of shipped playbooks does without

    try:
        paths = playbook_files(directory)
    except OSError as error:
        problems.append(Problem(str(directory), 1, 1, f"cannot be read: {error.strerror or error}"))
        return
    for path in paths:
        loaded = load_file(path, today)
        problems.extend(loaded.problems)
        playbook = loaded.playbook
        if playbook is None:
            continue
        if playbook.id in found:
            text = f"the id '{playbook.id}' is taken by another file; this one is left out"
            problems.append(Problem(path.name, 1, 1, text))
        else:
            found[playbook.id] = playbook
