"""What the journal tells a single answer of incidents: who takes care of them, and what people wrote down."""

from collections.abc import Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from console.domain.snapshot import Snapshot
from console.headless.diagnostics import narrate
from console.settings.settings import Settings

if TYPE_CHECKING:
    from console.journal.events import Event


def with_the_journal(snapshot: Snapshot, settings: Settings) -> Snapshot:
    """Return a snapshot that tells who takes care of its incidents, as far as was said by its instant.

    The journal is only read, and only where there is an incident. One that cannot be read is told on stderr.
    """
    if all(view.incident is None for view in snapshot.models):
        return snapshot
    try:
        events = _events(settings)
    except OSError as error:
        narrate(f"the journal cannot be read, who takes care is not told: {error}")
        return snapshot
    if not events:
        return snapshot
    from console.journal.fleet import Fleet
    from console.journal.incidents import Incidents
    from console.journal.said import with_what_was_said
    from console.settings.fleet import addresses_of, context_of

    fleet = Fleet(context_of(settings), addresses_of(settings))
    said = Incidents((event for event in events if event.at <= snapshot.taken_at), fleet)
    return with_what_was_said(snapshot, said)


def _events(settings: Settings) -> "Sequence[Event]":
    from console.journal.directory import state_path

    directory = state_path(settings.state_directory)
    if settings.journal is None:
        from console.journal.file_journal import FILE_NAME

        path = directory / FILE_NAME
        if not path.exists():
            return ()
        from console.journal.incident_lines import events_of_incidents

        return events_of_incidents(path)
    from console.headless.journal_reading import configured_journal
    from console.journal.contents import known_events

    with closing(configured_journal(settings)) as journal:
        return known_events(journal.load().entries)
