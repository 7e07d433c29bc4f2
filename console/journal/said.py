"""What people said of incidents, put onto the models that have them now."""

import msgspec

from console.domain.anomaly import Incident
from console.domain.run import Note
from console.domain.snapshot import Acknowledgement, ModelView, Snapshot
from console.journal.incidents import Incidents, RecordedIncident


def with_what_was_said(snapshot: Snapshot, known: Incidents) -> Snapshot:
    """Return a snapshot whose models say who takes care of their incidents and what people wrote down.

    A model without an incident is left as it is.
    """
    if not len(known):
        return snapshot
    models = tuple(_told(view, known) if view.incident is not None else view for view in snapshot.models)
    return msgspec.structs.replace(snapshot, models=models)


def _told(view: ModelView, known: Incidents) -> ModelView:
    records = [record for record in map(known.matching, view.incidents) if record is not None]
    notes = sorted((note for record in records for note in notes_of(record)), key=lambda note: note.at)
    return msgspec.structs.replace(view, acknowledged=_taken(view.incident, known), notes=tuple(notes))


def _taken(incident: Incident | None, known: Incidents) -> Acknowledgement | None:
    record = known.matching(incident) if incident is not None else None
    return record.taken_by if record is not None else None


def notes_of(record: RecordedIncident) -> tuple[Note, ...]:
    """Return what people wrote down about an incident, oldest first."""
    return tuple(Note(note.at, note.who.shown, note.text, note.follow_up) for note in record.notes)
