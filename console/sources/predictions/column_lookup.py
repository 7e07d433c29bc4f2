"""Columns by the names that a person writes, and what to say of a name that is none."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from console.domain.label import harmless
from console.settings.nearest import nearest
from console.sources.predictions.source_column import SourceColumn


class ColumnLookup:
    """Finds columns; what is not found is added to `mistakes`, a line each."""

    def __init__(self, columns: Sequence[SourceColumn], mistakes: list[str]) -> None:
        self.by_name = {column.name: column for column in columns}
        self._columns = columns
        self._mistakes = mistakes

    def find(self, name: str, where: str) -> SourceColumn | None:
        """Return the column of a name, letters compared without case where that is unique.

        `where` is the key of the configuration that names it.
        """
        if name in self.by_name:
            return self.by_name[name]
        alike = [column for column in self._columns if column.name.casefold() == name.casefold()]
        if len(alike) == 1:
            return alike[0]
        if alike:
            told = f"matches {' and '.join(harmless(column.name) for column in alike[:2])}; write one of them"
            self._mistakes.append(f"columns.{where}: '{harmless(name)}' {told}")
        else:
            self._note_absent(name, where)
        return None

    def matching(self, patterns: Iterable[str], where: str) -> dict[str, None]:
        """Return the names that names, globs and the names of columns with fields match, in the order of the table."""
        found: dict[str, None] = {}
        for pattern in patterns:
            if pattern in self.by_name:
                found[pattern] = None
                continue
            folded = pattern.casefold()
            matching = [
                column.name
                for column in self._columns
                if column.container == pattern or fnmatchcase(column.name.casefold(), folded)
            ]
            found.update(dict.fromkeys(matching))
            if not matching:
                self._note_absent(pattern, where)
        return found

    def _note_absent(self, name: str, where: str) -> None:
        close = nearest(name, self.by_name)
        hint = f"; nearest: {harmless(close)}" if close else ""
        self._mistakes.append(f"columns.{where}: no column is called '{harmless(name)}'{hint}")
