"""What a snapshot tells about incidents that the journal does not hold yet: pure but for what was seen before."""

from collections.abc import Iterator

import msgspec

from console.domain.anomaly import Anomaly, Incident, Severity, Status
from console.domain.signal import SIGNALS, State
from console.domain.snapshot import ModelView, Snapshot
from console.journal.fleet import Fleet
from console.journal.incident_events import IncidentChanged, IncidentClosed, IncidentOpened
from console.journal.incidents import Gist, Incidents, RecordedIncident, gist
from console.journal.who import Who

HOLD_SECONDS = 120.0
"""What is not worse than before is written once it has lasted so long: two causes that are about as likely take turns
from one refresh to the next. It is the time for which a limit must be kept until an anomaly is over."""

EVERY_FLEET = Fleet()

OfIncident = IncidentOpened | IncidentChanged | IncidentClosed


class _Seen(msgspec.Struct):
    """What this console saw of one incident: its gist, since when (UTC seconds), and whether the journal was told."""

    gist: Gist
    since: float
    told: bool = False


class IncidentWatch:
    """Compares snapshots with the incidents of a journal.

    Each console tells only what changed for itself: two that judge by other settings do not contradict each other for
    ever.
    """

    def __init__(self, who: Who, fleet: Fleet = EVERY_FLEET) -> None:
        self._who = who
        self._fleet = fleet
        self._seen: dict[str, _Seen] = {}
        self._absent: dict[str, float] = {}

    def lines(self, snapshot: Snapshot, known: Incidents, now: float) -> tuple[OfIncident, ...]:
        """Return the lines that the journal lacks after a snapshot; `now` is in UTC seconds.

        A model whose source does not answer tells nothing: neither that something broke nor that it is well.
        """
        told: list[OfIncident] = []
        for view in snapshot.models:
            if _is_known(view):
                told += self._of_model(view, known, now)
        return tuple(told)

    def _of_model(self, view: ModelView, known: Incidents, now: float) -> Iterator[OfIncident]:
        present: set[str] = set()
        for incident in view.incidents:
            record = known.matching(incident)
            if record is None:
                present.add(incident.id)
                self._seen[incident.id] = _Seen(gist(incident.anomalies), now, told=True)
                yield self._opened(incident, view, now)
                continue
            present.add(record.id)
            line = self._went_on(record, incident, view, now)
            if line is not None:
                yield line
        for record in known.open_of(view.model.id):
            if record.id in present:
                self._absent.pop(record.id, None)
            elif self._is_gone(record, view, now):
                self._seen.pop(record.id, None)  # should it come back, that is news
                yield self._closed(record, view, now, self._absent.pop(record.id), at_latest=True)

    def _went_on(
        self, record: RecordedIncident, incident: Incident, view: ModelView, now: float
    ) -> IncidentChanged | IncidentClosed | None:
        if all(anomaly.is_over for anomaly in incident.anomalies):
            self._seen.pop(record.id, None)
            ends = [anomaly.ended for anomaly in incident.anomalies if anomaly.ended is not None]
            return self._closed(record, view, now, max(ends, default=now)) if record.closed is None else None
        current = gist(incident.anomalies)
        seen = self._seen.get(record.id)
        if seen is None or seen.gist != current:
            seen = self._seen[record.id] = _Seen(current, now)
        if seen.told:
            return None
        before = gist(record.anomalies)
        if record.closed is None:
            if current == before:
                seen.told = True
                return None
            if not _is_news(before, current, record) and now - seen.since < HOLD_SECONDS:
                return None
        seen.told = True
        detail = _what_changed(record, incident, before, current)
        return IncidentChanged(
            at=now, who=self._who, incident_id=record.id, anomalies=incident.anomalies, detail=detail
        )

    def _is_gone(self, record: RecordedIncident, view: ModelView, now: float) -> bool:
        """Return whether an open incident has not been seen for long enough, at a model that is known to be well."""
        signals = {anomaly.signal for anomaly in record.anomalies} - {None}
        readings = [view.readings.get(signal) for signal in signals if signal is not None]
        is_measured = all(reading is not None and reading.state in _MEASURED for reading in readings)
        if view.status is Status.UNKNOWN or not is_measured:
            self._absent.pop(record.id, None)
            return False
        return now - self._absent.setdefault(record.id, now) >= HOLD_SECONDS

    def _opened(self, incident: Incident, view: ModelView, now: float) -> IncidentOpened:
        return IncidentOpened(
            at=now,
            who=self._who,
            incident_id=incident.id,
            model_id=view.model.id,
            model_name=view.model.name.raw,
            onset=incident.onset,
            anomalies=incident.anomalies,
            versions=dict(view.versions),
            context=self._fleet.context,
            sources=self._fleet.sources,
            changes=view.changes,
            links=tuple(link for link in view.links if link.opens),
            budget=view.budget,
        )

    def _closed(
        self, record: RecordedIncident, view: ModelView, now: float, recovered: float, *, at_latest: bool = False
    ) -> IncidentClosed:
        return IncidentClosed(
            at=now,
            who=self._who,
            incident_id=record.id,
            recovered=max(recovered, record.opened.onset),
            changes=view.changes,
            at_latest=at_latest,
        )


_MEASURED = frozenset({State.OK, State.NO_TRAFFIC})


def _is_known(view: ModelView) -> bool:
    return not any(reading.state is State.SOURCE_DOWN for reading in view.readings.values())


def _is_news(before: Gist, now: Gist, record: RecordedIncident) -> bool:
    """Return whether a change is told at once: it is worse, something else broke, or there is a cause at last."""
    known = {anomaly.id for _, anomalies in record.tellings for anomaly in anomalies}
    is_worse = now.severity is Severity.CRITICAL and before.severity is not Severity.CRITICAL
    return is_worse or bool(now.standing - known) or (before.cause is None and now.cause is not None)


def _what_changed(record: RecordedIncident, incident: Incident, before: Gist, now: Gist) -> str:
    """Return a change in words: `it came back; critical now; errors broke too; likeliest cause: new version (93 %)`."""
    names = {anomaly.id: _name(anomaly) for anomaly in (*record.every_anomaly, *incident.anomalies)}
    told = []
    if record.closed is not None:
        told.append("it came back")
    if now.severity is not before.severity and now.severity is not None:
        told.append(f"{now.severity.value} now")
    broke = sorted(names[each] for each in now.standing - before.standing)
    well = sorted(names[each] for each in before.standing - now.standing if each in names)
    if broke and before.standing and record.closed is None:
        told.append(f"{', '.join(broke)} broke too")
    if well:
        told.append(f"{', '.join(well)} recovered")
    if now.cause != before.cause:
        told.append(_cause_in_words(incident))
    return "; ".join(told)


def _name(anomaly: Anomaly) -> str:
    known = SIGNALS.get(anomaly.signal) if anomaly.signal is not None else None
    return known.title if known is not None else (anomaly.signal or anomaly.kind.value).replace("_", " ")


def _cause_in_words(incident: Incident) -> str:
    standing = [anomaly for anomaly in incident.anomalies if not anomaly.is_over]
    if not standing or not standing[0].causes:
        return "no cause is known any more"
    cause = standing[0].causes[0]
    return f"likeliest cause: {cause.kind.value.replace('_', ' ')} ({cause.confidence:.0%})".replace("%)", " %)")
