"""Which playbooks the cases of a file may be about."""

from collections.abc import Iterable
from pathlib import Path

from console.actions.registry import KnownActions
from console.playbooks.document import Playbook
from console.playbooks.library import Library


class Neighbours:
    """The playbooks of the library, and those that stand beside a file; every directory is read once.

    `actions` are those that are known, with the ones that a configuration declares.
    """

    def __init__(self, directories: Iterable[str | Path], actions: KnownActions | None = None) -> None:
        self._actions = actions
        self._library = Library.load(directories, actions=actions)
        self._beside: dict[Path, Library] = {}

    def beside(self, file: Path) -> tuple[Playbook, ...]:
        """Return the playbooks for the cases of a file; those in its directory come last and stand in for others."""
        directory = file.absolute().parent
        if directory not in self._beside:
            self._beside[directory] = Library.load([directory], shipped=False, actions=self._actions)
        return (*self._library.playbooks, *self._beside[directory].playbooks)
