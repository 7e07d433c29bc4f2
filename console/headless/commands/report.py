"""`report`: what the journal tells of an incident, of all of them, or of a shift."""

import time
from collections.abc import Iterator, Sequence
from typing import Literal

from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.output import write_data
from console.headless.report.choice import NoSuchIncident, choose
from console.headless.report.tell import tell_incident
from console.journal.contents import known_events
from console.journal.directory import state_path
from console.journal.events import Event, Intent
from console.journal.file_journal import FileJournal
from console.journal.incidents import Incidents
from console.playbooks.library import Library
from console.settings.settings import Settings

Format = Literal["markdown", "json", "html"]


def report_incident(settings: Settings, wanted: str | None, chosen_format: Format) -> ExitCode:
    """Print the report of one incident; 64 when it is not known which one is meant."""
    events = _events(_journal(settings))
    if events is None:
        return ExitCode.SOURCE_UNREACHABLE
    incidents = Incidents(events)
    try:
        record = choose(incidents, wanted)
    except NoSuchIncident as reason:
        narrate(str(reason))
        return ExitCode.WRONG_USAGE
    story = tell_incident(record, incidents, events, Library.load(settings.playbooks), time.time())
    if chosen_format == "json":
        from console.headless.report.json_document import incident_json

        write_data(incident_json(story), encoding="utf-8")
    elif chosen_format == "html":
        from console.headless.report.html import incident_html

        write_data(incident_html(story), encoding="utf-8")
    else:
        from console.headless.report.markdown import incident_markdown

        write_data(incident_markdown(story), encoding="utf-8")
    return ExitCode.OK


def list_incidents(settings: Settings, chosen_format: Format) -> ExitCode:
    """Print a line per incident, or all of them as JSON."""
    from console.headless.report.listing import incidents_json, incidents_text

    events = _events(_journal(settings))
    if events is None:
        return ExitCode.SOURCE_UNREACHABLE
    incidents = Incidents(events)
    if not len(incidents):
        narrate("the journal holds no incident yet")
    write_data(incidents_json(incidents) if chosen_format == "json" else incidents_text(incidents), encoding="utf-8")
    return ExitCode.OK


def report_handoff(settings: Settings, seconds: float) -> ExitCode:
    """Print what the next person on call must know of the last so many seconds."""
    from console.headless.report.handoff import handoff_markdown, tell_handoff

    journal, now = _journal(settings), time.time()
    events = _events(journal)
    if events is None:
        return ExitCode.SOURCE_UNREACHABLE
    handoff = tell_handoff(events, Library.load(settings.playbooks), now - seconds, now, _held(journal, events))
    write_data(handoff_markdown(handoff), encoding="utf-8")
    return ExitCode.OK


def _journal(settings: Settings) -> FileJournal:
    return FileJournal(state_path(settings.state_directory))


def _events(journal: FileJournal) -> Sequence[Event] | None:
    """Return what a journal holds, None where it cannot be read; what is wrong with it is told on stderr."""
    try:
        contents = journal.load()
    except OSError as error:
        narrate(f"the journal cannot be read: {error}")
        return None
    for problem in contents.problems:
        narrate(f"{journal.path}:{problem.line}: {problem.reason}")
    return known_events(contents.entries)


def _held(journal: FileJournal, events: Sequence[Event]) -> Iterator[str]:
    """Yield who acts on what at this moment, of all targets that the journal names."""
    targets = {event.plan.target.uid for event in events if isinstance(event, Intent)}
    for uid in sorted(targets):
        holder = journal.holder(uid)
        if holder is not None:
            yield holder.shown
