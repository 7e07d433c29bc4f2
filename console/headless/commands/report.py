"""`report`: what the journal tells of an incident, of all of them, or of a shift."""

import time
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from typing import Literal

from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.journal_reading import configured_journal, contents_of, problem_told
from console.headless.output import write_data
from console.headless.report.choice import NoSuchIncident, choose
from console.headless.report.tell import tell_incident
from console.journal.contents import known_events
from console.journal.events import Event, Intent
from console.journal.incidents import Incidents
from console.journal.journal import Journal, JournalUnavailable
from console.settings.settings import Settings

Format = Literal["markdown", "json", "html"]


def report_incident(settings: Settings, wanted: str | None, chosen_format: Format) -> ExitCode:
    """Print the report of one incident; 64 when it is not known which one is meant."""
    with closing(configured_journal(settings)) as journal:
        events = _events(journal)
    if events is None:
        return ExitCode.SOURCE_UNREACHABLE
    incidents = Incidents(events)
    try:
        record = choose(incidents, wanted)
    except NoSuchIncident as reason:
        narrate(str(reason))
        return ExitCode.WRONG_USAGE
    story = tell_incident(record, incidents, events, time.time())
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

    with closing(configured_journal(settings)) as journal:
        events = _events(journal)
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

    now = time.time()
    with closing(configured_journal(settings)) as journal:
        events = _events(journal)
        if events is None:
            return ExitCode.SOURCE_UNREACHABLE
        held = tuple(_held(journal, events))
    handoff = tell_handoff(events, now - seconds, now, held)
    write_data(handoff_markdown(handoff), encoding="utf-8")
    return ExitCode.OK


def _events(journal: Journal) -> Sequence[Event] | None:
    """Return what a journal holds, None where it cannot be read; what is wrong with it is told on stderr.

    Of a shared journal that is out of reach, it is what this machine knows.
    """
    contents = contents_of(journal)
    if contents is None:
        return _known_here(journal) or None
    for problem in contents.problems:
        narrate(problem_told(problem))
    events = known_events(contents.entries)
    left_out = len(contents.entries) - len(events)
    if left_out:
        narrate(f"lines of the journal that this version does not understand were left out: {left_out}")
    return events


def _known_here(journal: Journal) -> tuple[Event, ...]:
    try:
        with suppress(JournalUnavailable):
            journal.refresh()
        return journal.read()
    except OSError:  # it was told already why
        return ()


def _held(journal: Journal, events: Sequence[Event]) -> Iterator[str]:
    """Yield who acts on what at this moment, of all targets that the journal names."""
    targets = {event.plan.target.uid for event in events if isinstance(event, Intent)}
    for uid in sorted(targets):
        holder = journal.holder(uid)
        if holder is not None:
            yield holder.shown
