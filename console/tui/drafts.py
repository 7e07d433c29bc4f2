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
    def first_subject(self) -> str | None:
        """Return the name of the subject whose draft is the oldest, None where there is no draft."""
        return next((told for told, _ in self._drafts), None)

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
