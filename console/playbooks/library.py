"""All playbooks that are known: the shipped ones and those of the configured directories."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import msgspec

from console.playbooks.problem import Problem

if TYPE_CHECKING:
    from console.actions.registry import KnownActions
    from console.playbooks.document import Playbook
    from console.playbooks.head import Head
    from console.playbooks.packs import Origin, OwnPlaybooks, PackReader

COMPILED_HEADS = Path(__file__).with_name("shipped_heads.json")
"""The heads of the shipped playbooks as a summary reads them: parsing their YAML would be a good part of it."""


class Playbooks(Protocol):
    """Whatever knows playbooks."""

    @property
    def heads(self) -> "tuple[Head, ...]":
        """Return the heads of all playbooks, in the order of their ids."""

    def find(self, playbook_id: str) -> "Playbook | None":
        """Return the playbook with an id, None when there is none."""


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
        origins: "Mapping[str, Origin] | None" = None,
        shipped: Path | None = None,
        today: date | None = None,
    ) -> None:
        self._own = {playbook.id: playbook for playbook in own}
        self.own_problems = tuple(own_problems)
        """What is wrong with the files of the configured directories, one line each."""
        self._origins = dict(origins or {})
        self._shipped = shipped
        self._today = today

    @staticmethod
    def load(
        directories: Iterable[str | Path] = (),
        *,
        shipped: bool = True,
        today: date | None = None,
        actions: "KnownActions | None" = None,
    ) -> "Library":
        """Return the playbooks of the shipped library and of directories; a broken file is a problem, the others load.

        A playbook of a directory stands in for the shipped one and for those of earlier directories with its id; within
        a directory an id is unique. `today` (None: not looked at) is the day from which on a playbook that nobody
        reviewed lately gets a warning. `actions` are those that are known, with the ones that a configuration declares.
        """
        reader = _reader(directories, today, actions)
        return _library(reader.read() if reader is not None else None, shipped=shipped, today=today)

    @cached_property
    def heads(self) -> "tuple[Head, ...]":
        """The heads of all playbooks, in the order of their ids."""
        heads = {head.id: head for head in _shipped_heads()} if self._shipped is not None else {}
        heads.update({playbook_id: playbook.head for playbook_id, playbook in self._own.items()})
        return tuple(heads[playbook_id] for playbook_id in sorted(heads))

    @property
    def playbooks(self) -> "tuple[Playbook, ...]":
        """All playbooks, in the order of their ids."""
        return tuple(self._whole.playbooks[playbook_id] for playbook_id in sorted(self._whole.playbooks))

    @property
    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with the files of the library, one line each."""
        return self._whole.problems

    def find(self, playbook_id: str) -> "Playbook | None":
        """Return the playbook with an id, None when there is none."""
        return self._whole.playbooks.get(playbook_id)

    def origin_of(self, playbook_id: str) -> "Origin":
        """Return the file that a playbook is from, and those that it stands in for.

        Raises:
            KeyError: there is no such playbook.
        """
        return self._whole.origins[playbook_id]

    def is_shipped(self, playbook_id: str) -> bool:
        """Return whether a playbook is one of the shipped library."""
        return playbook_id not in self._own

    @cached_property
    def _whole(self) -> "OwnPlaybooks":
        """Everything, the shipped playbooks as those of the first of all directories."""
        from console.playbooks.packs import Origin, OwnPlaybooks, PackReader

        if self._shipped is None:
            return OwnPlaybooks(self._own, self._origins, self.own_problems)
        shipped = PackReader([self._shipped], self._today).read()
        replacing = {
            playbook_id: Origin(origin.path, (shipped.origins[playbook_id].path, *origin.replaces))
            for playbook_id, origin in self._origins.items()
            if playbook_id in shipped.origins
        }
        return OwnPlaybooks(
            shipped.playbooks | self._own,
            shipped.origins | self._origins | replacing,
            (*shipped.problems, *self.own_problems),
        )


class LiveLibrary:
    """The library of a program that stays: its directories are read again, and what broke keeps its last version.

    Every reading makes a library of its own, which replaces the one before in one step.
    """

    def __init__(self, directories: Iterable[str | Path] = (), actions: "KnownActions | None" = None) -> None:
        self._reader = _reader(directories, None, actions)
        self._own = self._reader.read() if self._reader is not None else None
        self._now = _library(self._own)

    @property
    def heads(self) -> "tuple[Head, ...]":
        """The heads of all playbooks, in the order of their ids."""
        return self._now.heads

    @property
    def now(self) -> Library:
        """The library as it was read last."""
        return self._now

    @property
    def is_fixed(self) -> bool:
        """Whether there is nothing to read again: no directory is configured."""
        return self._reader is None

    def find(self, playbook_id: str) -> "Playbook | None":
        """Return the playbook with an id, None when there is none."""
        return self._now.find(playbook_id)

    def reread(self) -> None:
        """Read what has changed on disk; not to be called twice at a time."""
        own = self._reader.read() if self._reader is not None else None
        if own is not self._own:
            self._own, self._now = own, _library(own)


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


def _reader(
    directories: Iterable[str | Path], today: date | None, actions: "KnownActions | None"
) -> "PackReader | None":
    """Return what reads some directories, None where there are none: a summary of shipped playbooks does without."""
    named = tuple(directories)
    if not named:
        return None
    from console.playbooks.packs import PackReader

    return PackReader(named, today, actions)


def _library(own: "OwnPlaybooks | None", *, shipped: bool = True, today: date | None = None) -> Library:
    directory = shipped_directory() if shipped else None
    if own is None:
        return Library(shipped=directory, today=today)
    return Library(tuple(own.playbooks.values()), own.problems, origins=own.origins, shipped=directory, today=today)
