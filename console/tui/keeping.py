"""What outlives a session, in the state directory; what cannot be kept is told, and still works in this session."""

from collections.abc import Callable
from pathlib import Path

from console.domain.label import harmless
from console.domain.model import Model
from console.tui.marks import BadMarks, Marks, read_marks, write_mark
from console.tui.preferences import Preferences


class Keeping:
    """Reads what was kept when it is first needed, and keeps what changes.

    `tell` gets one line when something cannot be read or kept.
    """

    def __init__(self, preferences: Preferences, tell: Callable[[str], None]) -> None:
        self.marks = Marks(preferences.mine)
        self._preferences = preferences
        self._tell = tell
        self._marks_are_read = False
        self._keeps_marks = True

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

    def _directory(self) -> Path | None:
        find = self._preferences.state_directory
        if find is None:
            return None
        try:
            return find()
        except OSError as error:
            self._tell(f"nothing is kept: {harmless(str(error.filename))}: {error.strerror}")
            return None
