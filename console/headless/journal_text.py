"""The lines of a journal in words, one each."""

from datetime import UTC, datetime

from console.domain.action_words import outcome_with_detail
from console.domain.label import harmless
from console.headless.cells import pad
from console.journal.contents import Entry
from console.journal.events import (
    Approved,
    Event,
    Intent,
    OutcomeRecorded,
    RunLine,
    Unrecognised,
    Verification,
)
from console.journal.incident_events import Acknowledged, IncidentChanged, IncidentClosed, IncidentOpened, Noted

_LONGEST = 400
_WHO_WIDTH = 16
_KIND_WIDTH = 15


def entry_line(entry: Entry) -> str:
    """Return an entry as a line: time (UTC), person, kind, and what it says."""
    event = entry.event
    if isinstance(event, Unrecognised):
        return f"{'':19}  {'':{_WHO_WIDTH}}  {pad(harmless(event.kind or '?'), _KIND_WIDTH)}  not known to this version"
    at = datetime.fromtimestamp(event.at, UTC).strftime("%Y-%m-%d %H:%M:%S")
    who, kind = harmless(event.who.shown), str(event.__struct_config__.tag).replace("_", " ")
    return f"{at}  {pad(who, _WHO_WIDTH)}  {pad(kind, _KIND_WIDTH)}  {harmless(_said(event), _LONGEST)}".rstrip()


def _said(event: Event) -> str:
    match event:
        case Intent():
            of = event.reference
            return (
                f"{event.plan.title} (plan {event.plan_hash}, run {of.run_id} of {of.playbook_id}, {event.intent_id})"
            )
        case OutcomeRecorded() | Verification():
            return f"{outcome_with_detail(event.outcome, event.detail)} ({event.intent_id})"
        case Approved():
            return f"plan {event.plan_hash} of run {event.run_id}"
        case RunLine():
            return f"{event.run_id} {event.name.replace('_', ' ')}{_where(event)}"
        case IncidentOpened():
            worst = f": {event.anomalies[0].summary}" if event.anomalies else ""
            return f"{event.incident_id}{worst}"
        case IncidentChanged():
            return f"{event.incident_id}: {event.detail}"
        case IncidentClosed() | Acknowledged():
            return event.incident_id
        case Noted():
            about = event.incident_id or (f"run {event.run_id}" if event.run_id else "")
            return f"{about}: {event.text}" + (" (follow up)" if event.follow_up else "")


def _where(event: RunLine) -> str:
    told = [str(event.payload[name]) for name in ("playbook_id", "model_id", "step", "key") if event.payload.get(name)]
    return f": {' '.join(told)}" if told else ""
