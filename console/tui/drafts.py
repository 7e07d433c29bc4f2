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
    """What was typed about each subject, until it is sent: leaving the line loses nothing."""

    def __init__(self) -> None:
        self._drafts: dict[tuple[str | None, str | None], Draft] = {}

    def of(self, subject: NoteSubject) -> Draft:
        """Return the draft about a subject, an empty one where there is none."""
        return self._drafts.get((subject.incident_id, subject.run_id), Draft())

    def keep(self, subject: NoteSubject, draft: Draft) -> None:
        """Keep a draft; an empty one is none."""
        key = (subject.incident_id, subject.run_id)
        self._drafts.pop(key, None)
        if draft.text.strip():
            self._drafts[key] = draft
