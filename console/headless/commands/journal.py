"""`journal`: what it holds, and whether anybody changed it."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing

import msgspec

from console.domain.label import harmless
from console.domain.quantity import how_many
from console.headless.diagnostics import narrate
from console.headless.exit_codes import ExitCode
from console.headless.journal_reading import configured_journal, contents_of, problem_told
from console.headless.journal_text import entry_line
from console.headless.output import write_data
from console.journal.contents import Entry
from console.journal.events import Intent, RunLine, Unrecognised, encode_event
from console.settings.settings import Settings


def show_journal(
    settings: Settings, *, incident: str | None, run: str | None, since: float | None, chosen_format: str
) -> ExitCode:
    """Print the lines of a journal, oldest first: those of an incident, of a run, since an instant, or all."""
    with closing(configured_journal(settings)) as journal:
        contents = contents_of(journal)
    if contents is None:
        return ExitCode.SOURCE_UNREACHABLE
    for problem in contents.problems:
        narrate(problem_told(problem))
    chosen = filter(_chooser(contents.entries, incident, run, since), contents.entries)
    write = _json if chosen_format == "json" else entry_line
    write_data("".join(f"{write(entry)}\n" for entry in sorted(chosen, key=_at)), encoding="utf-8")
    return ExitCode.OK


def verify_journal(settings: Settings) -> ExitCode:
    """Print each chain of a journal and every line that is broken; 1 when somebody changed or removed a line."""
    with closing(configured_journal(settings)) as journal:
        contents = contents_of(journal)
    if contents is None:
        return ExitCode.SOURCE_UNREACHABLE
    lines = Counter(entry.link.writer or journal.name for entry in contents.entries)
    waiting = Counter(entry.link.writer for entry in contents.entries if entry.link.writer and not entry.number)
    broken = [problem for problem in contents.problems if not problem.is_torn]
    for problem in contents.problems:
        write_data(f"{problem_told(problem)}\n")
    for chain, count in sorted(lines.items()):
        is_broken = any(problem.chain == chain for problem in broken)
        told = "broken" if is_broken else "unbroken"
        kept = f", {waiting[chain]} of them on this machine only" if waiting[chain] else ""
        write_data(f"{harmless(chain)}: {how_many(count, 'line')}, {told}{kept}\n")
    if not lines:
        write_data("the journal is empty\n")
    return ExitCode.WARNING if broken else ExitCode.OK


def print_journal_schema() -> ExitCode:
    """Print the SQL that makes the tables of a shared journal."""
    from console.journal.postgresql.server import schema_sql

    write_data(schema_sql(), encoding="utf-8")
    return ExitCode.OK


def _chooser(
    entries: tuple[Entry, ...], incident: str | None, run: str | None, since: float | None
) -> Callable[[Entry], bool]:
    runs = {run} if run is not None else set(_runs_of(entries, incident)) if incident is not None else set()

    def is_chosen(entry: Entry) -> bool:
        event = entry.event
        if since is not None and _at(entry) < since:
            return False
        if incident is None and run is None:
            return True
        if isinstance(event, Unrecognised):
            return False
        of_run = event.reference.run_id if isinstance(event, Intent) else getattr(event, "run_id", None)
        return of_run in runs or (incident is not None and getattr(event, "incident_id", None) == incident)

    return is_chosen


def _runs_of(entries: tuple[Entry, ...], incident: str) -> Iterator[str]:
    """Yield the runs that were followed for an incident."""
    for entry in entries:
        event = entry.event
        if isinstance(event, Intent) and event.reference.incident_id == incident:
            yield event.reference.run_id
        elif isinstance(event, RunLine) and event.payload.get("incident_id") == incident:
            yield event.run_id


def _at(entry: Entry) -> float:
    """Return the time of an entry (UTC seconds); what this version does not know may have none."""
    event = entry.event
    if not isinstance(event, Unrecognised):
        return event.at
    at = event.content.get("at")
    return float(at) if isinstance(at, int | float) else 0.0


def _json(entry: Entry) -> str:
    event = entry.event
    if isinstance(event, Unrecognised):
        return msgspec.json.encode(event.content).decode()
    return encode_event(event, entry.link).decode()
