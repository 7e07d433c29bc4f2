"""What people wrote down, in lines."""

from collections.abc import Sequence

from console.domain.label import harmless
from console.domain.moments import clock_time
from console.domain.quantity import how_many
from console.domain.run import Note
from console.tui.panels.lines import Line, Span, line

_LONGEST_NOTE = 2000


def note_lines(notes: Sequence[Note], most: int | None = None) -> tuple[Line, ...]:
    """Return notes, the newest first, at most so many; then how many more there are."""
    told = sorted(notes, key=lambda note: -note.at)[:most]
    lines = [_note(note) for note in told]
    if hidden := len(notes) - len(told):
        earlier = how_many(hidden, "earlier note")
        lines.append(line(Span(f"{earlier}; `report` tells all", "muted")))
    return tuple(lines)


def _note(note: Note) -> Line:
    follow_up = Span("to follow up: " if note.follow_up else "", "warning")
    who = Span(f"{harmless(note.by)}  ", "muted")
    head = Span(f"{clock_time(note.at)} ", "muted")
    return line(head, who, follow_up, Span(harmless(note.text, _LONGEST_NOTE)), wraps=True)
