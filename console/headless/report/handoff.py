"""What the next person on call must know, on one page: what is open, what happened, what was left."""

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from console.domain.action import Outcome
from console.domain.anomaly import CauseKind
from console.domain.moments import in_words
from console.domain.quantity import format_ratio
from console.domain.redaction import everything_redacted
from console.headless.markdown_text import escaped, table
from console.headless.report.follow_ups import follow_ups_of, left_in_place
from console.headless.report.markdown import checklist
from console.headless.report.runs import runs_of, told_run
from console.headless.report.story import ActionTold, FollowUp, RunTold
from console.headless.report.words import (
    anomalies_in_words,
    cause_name,
    day_and_time,
    outcome_in_words,
    shown,
    time_beside,
)
from console.journal.events import Event
from console.journal.incidents import Incidents, RecordedIncident

LEFT_WITHIN_SECONDS = 7 * 86_400.0
"""How far back it is told what was changed and not taken back: a floor that was raised on Friday matters on Monday."""
MOST_ROWS = 20
"""Of one list, so that the page stays one; what is left out is counted."""


class ModelRun(msgspec.Struct, frozen=True):
    """A run and the model for which it was begun."""

    model_id: str
    run: RunTold


class Handoff(msgspec.Struct, frozen=True):
    """A shift from `since` until `written` (UTC seconds): what is open now, what happened within it, what is left."""

    since: float
    written: float
    open_incidents: tuple[RecordedIncident, ...]
    incidents: tuple[RecordedIncident, ...]
    open_runs: tuple[ModelRun, ...]
    actions: tuple[ActionTold, ...]
    left: tuple[ActionTold, ...]
    follow_ups: tuple[FollowUp, ...]
    held: tuple[str, ...] = ()
    """Who acts on what at this moment, and what is left alone for a while, in words."""


def tell_handoff(events: Sequence[Event], since: float, now: float, held: Iterable[str] = ()) -> Handoff:
    """Return what is to be handed over at an instant (UTC seconds); `held` are locks that are held now, in words."""
    incidents = Incidents(events)
    records = [run for run in runs_of(events).values() if run.lines[-1].at >= min(since, now - LEFT_WITHIN_SECONDS)]
    runs = [ModelRun(record.model_id, told_run(record)) for record in records]
    acting = [run for run in runs if not run.run.is_rehearsal]
    actions = sorted((action for run in acting for action in run.run.actions), key=lambda action: action.at)
    open_now = tuple(each for each in incidents if each.closed is None)
    within = tuple(each for each in incidents if _last_of(each) >= since)
    notes = [
        note
        for each in {each.id: each for each in (*open_now, *within)}.values()
        for note in each.notes
        if note.at >= since or each.closed is None
    ]
    notes += [note for record in records for note in record.notes if note.at >= since and note not in notes]
    in_shift = {record.id for record in records if record.lines[-1].at >= since}
    cooling = tuple(line for run in acting for line in _cooling(run.run, now))
    told = Handoff(
        since=since,
        written=now,
        open_incidents=open_now,
        incidents=within,
        open_runs=tuple(run for run in runs if run.run.ended is None),
        actions=tuple(action for action in actions if action.at >= since),
        left=tuple(a for a in actions if _may_be_in_place(a) and a.at >= now - LEFT_WITHIN_SECONDS),
        follow_ups=follow_ups_of(notes, [run.run for run in acting if run.run.ended is None or run.run.id in in_shift]),
        held=(*held, *cooling),
    )
    return everything_redacted(told)


def _may_be_in_place(action: ActionTold) -> bool:
    is_unknown = action.outcome is Outcome.UNKNOWN and action.undone_at is None
    return is_unknown or left_in_place(action)


def _cooling(run: RunTold, now: float) -> Iterator[str]:
    """Yield what a playbook leaves alone for a while after it acted on it."""
    for action in run.actions:
        until = action.at + (run.cooldown or 0.0)
        if until > now and action.undoes is None and action.outcome is not Outcome.NOT_APPLIED:
            yield f"{action.target} is left alone by {run.playbook_id} until {time_beside(until, now)} UTC"


def handoff_markdown(handoff: Handoff) -> str:
    """Return the page (GitHub-flavoured Markdown)."""
    length = in_words(handoff.written - handoff.since)
    counts = f"{len(handoff.open_incidents)} open, {len(handoff.incidents)} within the last {length}"
    sections = (
        ("Open now", _open(handoff)),
        ("In this shift", _within(handoff)),
        ("Left in place", _left(handoff)),
        ("Follow-ups", _cut([checklist([(each.text, each.source)]) for each in handoff.follow_ups]) or "None."),
    )
    blocks = [f"# Handoff {day_and_time(handoff.written)}", f"Incidents: {counts}."]
    blocks += [f"## {title}\n\n{body}" for title, body in sections]
    return "\n\n".join(blocks) + "\n"


def _open(handoff: Handoff) -> str:
    lines = [_open_incident(each, handoff.written) for each in handoff.open_incidents]
    lines += [_open_run(each, handoff.written) for each in handoff.open_runs]
    lines += [f"- {escaped(shown(told))}" for told in handoff.held]
    return _cut(lines) or "Nothing: no incident, no run, no lock."


def _open_incident(record: RecordedIncident, now: float) -> str:
    opened, taken = record.opened, record.taken_by
    what = anomalies_in_words([each for each in record.anomalies if not each.is_over] or record.anomalies)
    causes = record.anomalies[0].causes if record.anomalies else ()
    likely = next((cause for cause in causes[:1] if cause.kind is not CauseKind.UNKNOWN), None)
    told = f"{opened.model_id}: {what} for {in_words(max(0.0, now - opened.onset))}"
    if likely is not None:
        told += f", likeliest a {cause_name(likely.kind)} ({format_ratio(likely.confidence)})"
    told += (
        f"; {taken.by} takes care of it since {time_beside(taken.at, now)}" if taken is not None else "; nobody took it"
    )
    return f"- **{record.severity.value}** {escaped(shown(told))} (`{shown(record.id).replace('`', '')}`)"


def _open_run(each: ModelRun, now: float) -> str:
    run = each.run
    where = f", stands at “{run.standing_at}”" if run.standing_at else ""
    rehearsal = " (rehearsal)" if run.is_rehearsal else ""
    told = f"run {run.id}: {run.playbook_id} for {each.model_id}{rehearsal}, by {run.by} since"
    return f"- {escaped(shown(f'{told} {time_beside(run.started, now)}{where}'))}"


def _within(handoff: Handoff) -> str:
    blocks = []
    if handoff.incidents:
        rows = [_row(each) for each in handoff.incidents[-MOST_ROWS:]]
        blocks.append(table(("began", "model", "what", "severity", "state", "taken by"), rows))
        blocks += _left_out(len(handoff.incidents), "incidents")
    if handoff.actions:
        blocks.append("\n".join(_acted(each, handoff.written) for each in handoff.actions[-MOST_ROWS:]))
        blocks += _left_out(len(handoff.actions), "actions")
    return "\n\n".join(blocks) or "Nothing happened."


def _acted(action: ActionTold, now: float) -> str:
    told = f"{action.by}: {action.title}: {outcome_in_words(action)}"
    return f"- {time_beside(action.at, now)} {escaped(shown(told))}"


def _left_out(count: int, what: str) -> list[str]:
    return [f"Without {count - MOST_ROWS} earlier {what}."] if count > MOST_ROWS else []


def _row(record: RecordedIncident) -> tuple[str, ...]:
    opened, closed = record.opened, record.closed
    lasted = in_words(max(0.0, closed.recovered - opened.onset)) if closed is not None else ""
    cells = (
        day_and_time(opened.onset).removesuffix(" UTC"),
        opened.model_id,
        anomalies_in_words(record.every_anomaly),
        record.severity.value,
        f"recovered after {lasted}" if closed is not None else "open",
        record.taken_by.by if record.taken_by is not None else "nobody",
    )
    return tuple(escaped(shown(cell)) for cell in cells)


def _left(handoff: Handoff) -> str:
    lines = []
    for action in handoff.left:
        changed = "; ".join(f"{each.field} {each.before} → {each.after}" for each in action.changes)
        told = f"{action.target}: {changed}, by {action.by} at {day_and_time(action.at)}, {outcome_in_words(action)}"
        lines.append(f"- {escaped(shown(told))}")
    return _cut(lines) or "Nothing of the last seven days that was not taken back."


def _cut(lines: Sequence[str]) -> str:
    more = len(lines) - MOST_ROWS
    return "\n".join((*lines[:MOST_ROWS], f"- and {more} more") if more > 0 else lines)


def _last_of(record: RecordedIncident) -> float:
    return max([record.opened.at, *(each.at for each in record.changes), *(each.at for each in record.closings)])
