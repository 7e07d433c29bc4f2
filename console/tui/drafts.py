"""Notes that are being written, and what each of them is about."""

import msgspec


class NoteSubject(msgspec.Struct, frozen=True):
    """What a note is about; `told` calls it by its name."""

    told: str
    incident_id: str | None = None
    run_id: str | None = None


class Draft(msgspec.Struct, frozen=True):
    """A note that is not written down yet."""

    text: str = ""
    follow_up: bool = False


class Drafts:
    """What was typed about each subject, until it is sent: leaving the line loses nothing.

    A subject is known by its name and its run: the onset of an incident, and with it its id, may be found elsewhere.
    """

    def __init__(self) -> None:
        self._drafts: dict[tuple[str, str | None], Draft] = {}

    @property
    def told(self) -> str:
        """Return what the drafts are about, the oldest first by its name; empty where there is no draft."""
        if not self._drafts:
            return ""
        (first, _), others = next(iter(self._drafts)), len(self._drafts) - 1
        return f"the note on {first}" + (f" and {others} more" if others else "")

    @property
    def texts(self) -> tuple[str, ...]:
        """Return what was typed, the oldest first."""
        return tuple(draft.text for draft in self._drafts.values())

    def of(self, subject: NoteSubject) -> Draft:
        """Return the draft about a subject, an empty one where there is none."""
        return self._drafts.get((subject.told, subject.run_id), Draft())

    def keep(self, subject: NoteSubject, draft: Draft) -> None:
        """Keep a draft; an empty one is none."""
        key = (subject.told, subject.run_id)
        if draft.text.strip():
            self._drafts[key] = draft
        else:
            self._drafts.pop(key, None)
