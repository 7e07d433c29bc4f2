"""Events of a journal become the story of one incident: each told once, in order, with nothing that is secret."""

from collections.abc import Iterable, Sequence

from console.domain.anomaly import Cause
from console.domain.change import Change, change_in_words
from console.domain.link import Link, web_address
from console.domain.redaction import everything_redacted
from console.headless.report.follow_ups import follow_ups_of
from console.headless.report.impact import courses_of, impacts_of, requests_of
from console.headless.report.runs import RunRecord, moments_of, runs_of, told_run
from console.headless.report.story import IncidentStory, Moment, RunTold, Times, ToldCause
from console.headless.report.words import anomalies_in_words
from console.journal.events import Event
from console.journal.incident_events import Noted
from console.journal.incidents import Incidents, RecordedIncident

AFTERWARDS_SECONDS = 3600.0
"""A run that was begun for no incident belongs to one of its model that was over for less than this."""


def tell_incident(record: RecordedIncident, incidents: Incidents, events: Sequence[Event], now: float) -> IncidentStory:
    """Return the story of an incident as it stands at an instant (UTC seconds)."""
    runs = [run for run in runs_of(events).values() if belongs(run, record, incidents)]
    told = tuple(told_run(run) for run in runs)
    times = _times(record, told)
    end = times.recovered if times.recovered is not None else now
    courses = courses_of(record)
    notes = _notes(record, runs)
    taken = record.acknowledged[0] if record.acknowledged else None
    story = IncidentStory(
        id=record.id,
        written=now,
        model_id=record.opened.model_id,
        model_name=record.opened.model_name,
        severity=record.severity,
        times=times,
        opened_by=record.opened.who.shown,
        anomalies=record.every_anomaly,
        versions=record.opened.versions,
        context=record.opened.context,
        budget=record.opened.budget,
        acknowledged_by=taken.who.shown if taken is not None else None,
        people=_people(record, notes, runs),
        impacts=impacts_of(record, courses, end),
        requests=requests_of(record, courses, end),
        courses=courses,
        causes=_causes(record),
        changes=_changes(record),
        timeline=_timeline(record, notes, runs, told),
        runs=told,
        follow_ups=follow_ups_of(notes, told),
        links=_links(record, told),
        likeliest=_likeliest(record),
    )
    return everything_redacted(story)


def belongs(run: RunRecord, record: RecordedIncident, incidents: Incidents) -> bool:
    """Return whether a run was for an incident: it says so, or names none that is known and fits model and time."""
    named = incidents.find(run.incident_id) if run.incident_id is not None else None
    if named is not None:
        return named.id == record.id
    if run.model_id != record.opened.model_id:
        return False
    end = record.closed.recovered + AFTERWARDS_SECONDS if record.closed is not None else float("inf")
    return record.opened.onset <= run.started.at <= end


def _times(record: RecordedIncident, runs: Iterable[RunTold]) -> Times:
    opened, closed = record.opened, record.closed
    recovered = max(closed.recovered, opened.onset) if closed is not None else None
    lasting = [action for run in runs for action in run.actions if action.undone_at is None]
    verified = [(action.verified_at, action.title) for action in lasting if action.verified_at is not None]
    mitigated, mitigated_by = min(verified, default=(None, None))
    if mitigated is None:
        mitigated, mitigated_by = _first_improvement(record)
    if recovered is not None and (mitigated is None or mitigated > recovered):
        mitigated, mitigated_by = recovered, mitigated_by or "it recovered"
    acknowledged = record.acknowledged[0].at if record.acknowledged else None
    return Times(
        onset=opened.onset,
        opened=max(opened.at, opened.onset),
        acknowledged=max(acknowledged, opened.onset) if acknowledged is not None else None,
        mitigated=max(mitigated, opened.onset) if mitigated is not None else None,
        recovered=recovered,
        onset_is_earlier=any(anomaly.onset_is_earlier for anomaly in opened.anomalies),
        recovered_at_latest=closed is not None and closed.at_latest,
        mitigated_by=mitigated_by,
    )


def _first_improvement(record: RecordedIncident) -> tuple[float | None, str | None]:
    """Return when the first of the anomalies was told to be over or recovering for good, and which."""
    ends = [
        (anomaly.ended or anomaly.recovering_since, f"{anomalies_in_words([anomaly])} improved")
        for anomaly in record.every_anomaly
        if anomaly.ended or anomaly.recovering_since
    ]
    return min(ends, default=(None, None))


def _causes(record: RecordedIncident) -> tuple[ToldCause, ...]:
    """Return each explanation once per anomaly and confidence, as it was told, oldest first."""
    told: dict[tuple[str, str, int], ToldCause] = {}
    for at, anomalies in record.tellings:
        for anomaly in anomalies:
            for cause in anomaly.causes:
                key = anomaly.id, cause.kind.value, round(cause.confidence * 100)
                told.setdefault(key, ToldCause(at, anomalies_in_words([anomaly]), cause))
    return tuple(told.values())


def _likeliest(record: RecordedIncident) -> Cause | None:
    worst = next((anomaly.id for anomaly in record.every_anomaly), None)
    told = (each for _, anomalies in reversed(record.tellings) for each in anomalies if each.id == worst)
    return next((each.causes[0] for each in told if each.causes), None)


def _changes(record: RecordedIncident) -> tuple[Change, ...]:
    everything = (*record.opened.changes, *(each for closing in record.closings for each in closing.changes))
    return tuple(sorted(dict.fromkeys(everything), key=lambda change: change.at))


def _notes(record: RecordedIncident, runs: Iterable[RunRecord]) -> tuple[Noted, ...]:
    """Return what people wrote down about an incident or about its runs, each note once, oldest first."""
    notes = (*record.notes, *(note for run in runs for note in run.notes))
    return tuple(sorted(dict.fromkeys(notes), key=lambda note: note.at))


def _people(record: RecordedIncident, notes: Iterable[Noted], runs: Iterable[RunRecord]) -> tuple[str, ...]:
    """Return who took part, in the order in which they did: people who said or did something."""
    acts = [(event.at, event.who.shown) for event in (*record.acknowledged, *notes)]
    for run in runs:
        acts += [(line.at, line.who.shown) for line in run.lines if line.name in ("started", "chosen", "taken_over")]
        acts += [(event.at, event.who.shown) for event in (*run.intents.values(), *run.approvals)]
    return tuple(dict.fromkeys(who for _, who in sorted(acts)))


def _timeline(
    record: RecordedIncident, notes: Iterable[Noted], runs: Sequence[RunRecord], told: Sequence[RunTold]
) -> tuple[Moment, ...]:
    opened = record.opened
    moments = [
        Moment(opened.onset, "onset", f"{anomalies_in_words(opened.anomalies)} broke"),
        Moment(opened.at, "opened", f"The console of {opened.who.shown} told it"),
    ]
    moments += [Moment(change.at, "changed", change.detail) for change in record.changes if change.detail]
    moments += [Moment(each.at, "acknowledged", "Took care of it", each.who.shown) for each in record.acknowledged]
    moments += [
        Moment(note.at, "note", f"Follow-up: {note.text}" if note.follow_up else note.text, note.who.shown)
        for note in notes
    ]
    moments += [Moment(change.at, "change", change_in_words(change)) for change in _changes(record)]
    for run, each in zip(runs, told, strict=True):
        moments += moments_of(run, each, f"playbook {each.playbook_id} (run {each.id})")
    for closing in record.closings:
        when = " at the latest: nobody watched" if closing.at_latest else ""
        moments.append(Moment(closing.recovered, "recovered", f"All signals kept their limits again{when}"))
    return tuple(sorted(dict.fromkeys(moments), key=lambda moment: moment.at))


def _links(record: RecordedIncident, runs: Iterable[RunTold]) -> tuple[Link, ...]:
    links = (*record.opened.links, *(link for run in runs for link in run.links))
    addresses = {web_address(link.url): link.title for link in reversed(links)}
    return tuple(Link(title, url) for url, title in addresses.items() if url is not None)[::-1]
