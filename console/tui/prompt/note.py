"""The line that takes a note; what was typed is kept until it is written down."""

from collections.abc import Callable
from typing import ClassVar

from textual import on
from textual.binding import Binding, BindingType
from textual.widgets import Input

from console.domain.command import AddNote
from console.tui.drafts import Draft, Drafts, NoteSubject
from console.tui.panels.lines import Span, line
from console.tui.prompt.over_line import OverLine


class NoteLine(OverLine):
    """Takes a note: enter writes it down, escape keeps the draft, tab says that it is work left for later."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", show=False),
        Binding("tab", "follow_up", show=False, priority=True),  # what is typed behind it is all the note's
    ]

    def __init__(self, drafts: Drafts, write: Callable[[AddNote, NoteSubject], None]) -> None:
        super().__init__(" note: ", id="note")
        self._drafts = drafts
        self._write = write
        self._subject = NoteSubject("")
        self._is_follow_up = False

    def open(self, subject: NoteSubject) -> None:
        """Take a note about a subject, or go on with the one that was begun."""
        self._subject = subject
        draft = self._drafts.of(subject)
        self._is_follow_up = draft.follow_up
        self.put(draft.text)
        self.take_keys()
        self._tell()

    def action_leave(self) -> None:
        """Go back to the screen; the draft stays."""
        self.close()

    def action_follow_up(self) -> None:
        """Say that the note is work for later, or that it is not."""
        self._is_follow_up = not self._is_follow_up
        self._keep()
        self._tell()

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self._keep()

    def follow(self, typed: str) -> None:
        """Write the note down."""
        text, subject = typed.strip(), self._subject
        if text:
            note = AddNote(text, subject.incident_id, subject.run_id, follow_up=self._is_follow_up)
            self._drafts.keep(subject, Draft())
            self._write(note, subject)
        self.close()

    def _keep(self) -> None:
        self._drafts.keep(self._subject, Draft(self._input.value, self._is_follow_up))

    def _tell(self) -> None:
        kind = "to follow up" if self._is_follow_up else "note"
        other = "a note" if self._is_follow_up else "to follow up"
        told = (
            Span(f"{kind} on {self._subject.told}   ", "warning" if self._is_follow_up else "strong"),
            *(
                Span("enter ", "key"),
                Span("write down  ", "muted"),
                Span("esc ", "key"),
                Span("keep the draft  ", "muted"),
            ),
            *(Span("tab ", "key"), Span(other, "muted")),
        )
        self.show_hint((line(*told),))
