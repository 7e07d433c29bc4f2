"""What outlives a session, in the state directory; what cannot be kept is told, and still works in this session."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.label import harmless
from console.domain.model import Model
from console.tui.marks import BadMarks, Marks, read_marks, write_mark
from console.tui.preferences import Preferences

if TYPE_CHECKING:
    from console.tui.prompt.history import History


class Keeping:
    """Reads what was kept when it is first needed, and keeps what changes.

    `tell` gets one line when something cannot be read or kept.
    """

    def __init__(self, preferences: Preferences, tell: Callable[[str], None]) -> None:
        self.marks = Marks(preferences.mine)
        self._preferences = preferences
        self._tell = tell
        self._marks_are_read = False
        self._keeps_marks = self._keeps_lines = True
        self._history: History | None = None

    def read_marks(self) -> None:
        """Take over the marks of earlier sessions, once."""
        directory = None if self._marks_are_read else self._directory()
        self._marks_are_read = True
        if directory is None:
            return
        try:
            self.marks.adopt(read_marks(directory, self._preferences.scope))
        except BadMarks as error:
            self._keeps_marks = False
            self._tell(str(error))

    def toggle_mark(self, model: Model) -> None:
        """Mark a model as the person's own, or take the mark away."""
        is_marked = self.marks.toggle(model)
        directory = self._directory() if self._keeps_marks else None
        if directory is None:
            return
        try:
            write_mark(directory, self._preferences.scope, model.id, is_marked=is_marked)
        except BadMarks as error:
            self._tell(str(error))

    @property
    def history(self) -> "History":
        """Return the lines that were typed after a colon, with those of earlier sessions."""
        from console.tui.prompt.history import History

        if self._history is None:
            self._history = History(self._read_lines())
        return self._history

    def remember(self, typed: str) -> None:
        """Keep a line that was typed."""
        from console.tui.prompt.history import append_line

        line = self.history.add(typed)
        directory = self._directory() if line is not None and self._keeps_lines else None
        if line is None or directory is None:
            return
        try:
            append_line(directory, line)
        except OSError as error:
            self._keeps_lines = False
            self._tell(f"typed commands are not kept: {error.strerror or error}")

    def _read_lines(self) -> list[str]:
        from console.tui.prompt.history import read_lines

        directory = self._directory()
        try:
            return read_lines(directory) if directory is not None else []
        except OSError as error:
            self._keeps_lines = False
            self._tell(f"typed commands of earlier sessions cannot be read: {error.strerror or error}")
            return []

    def _directory(self) -> Path | None:
        find = self._preferences.state_directory
        if find is None:
            return None
        try:
            return find()
        except OSError as error:
            self._tell(f"nothing is kept: {harmless(str(error.filename))}: {error.strerror}")
            return None
