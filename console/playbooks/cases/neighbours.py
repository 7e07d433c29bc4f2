"""Which playbooks the cases of a file may be about."""

from collections.abc import Iterable
from pathlib import Path

from console.playbooks.document import Playbook
from console.playbooks.library import Library


class Neighbours:
    """The playbooks of the library, and those that stand beside a file; every directory is read once."""

    def __init__(self, directories: Iterable[str | Path]) -> None:
        self._library = Library.load(directories)
        self._beside: dict[Path, Library] = {}

    def beside(self, file: Path) -> tuple[Playbook, ...]:
        """Return the playbooks for the cases of a file; those in its directory come last and stand in for others."""
        directory = file.absolute().parent
        if directory not in self._beside:
            self._beside[directory] = Library.load([directory], shipped=False)
        return (*self._library.playbooks, *self._beside[directory].playbooks)
