"""A fold over events: the incidents that a journal holds, each told once, whoever saw it and how often it was said."""

from collections.abc import Iterable, Iterator

import msgspec

from console.domain.anomaly import Anomaly, Incident, Severity, worst_first
from console.domain.snapshot import Acknowledgement
from console.journal.events import Event
from console.journal.fleet import Fleet
from console.journal.incident_events import Acknowledged, IncidentChanged, IncidentClosed, IncidentOpened, Noted

ONSET_MOVES_SECONDS = 900.0
"""An onset that is older than an hour is found again on a coarser grid: it may move by minutes, and stays one."""


class RecordedIncident(msgspec.Struct, frozen=True):
    """An incident as its lines tell it: how it was opened, every change, what people said, how it ended.

    `closed` is None while it is open, also while one that was closed before has come back: `closings` are all of them.
    """

    opened: IncidentOpened
    changes: tuple[IncidentChanged, ...] = ()
    closed: IncidentClosed | None = None
    closings: tuple[IncidentClosed, ...] = ()
    acknowledged: tuple[Acknowledged, ...] = ()
    notes: tuple[Noted, ...] = ()

    @property
    def id(self) -> str:
        """Return the id under which it was opened."""
        return self.opened.incident_id

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """Return its anomalies as they were told last, worst first."""
        return self.changes[-1].anomalies if self.changes else self.opened.anomalies

    @property
    def tellings(self) -> tuple[tuple[float, tuple[Anomaly, ...]], ...]:
        """Return what was told when (UTC seconds), oldest first."""
        changed = ((change.at, change.anomalies) for change in self.changes)
        return (self.opened.at, self.opened.anomalies), *changed

    @property
    def every_anomaly(self) -> tuple[Anomaly, ...]:
        """Return each anomaly that it ever had, as it was told last, worst first."""
        last = {anomaly.id: anomaly for _, anomalies in self.tellings for anomaly in anomalies}
        return tuple(sorted(last.values(), key=worst_first))

    @property
    def severity(self) -> Severity:
        """Return the worst severity that it ever had."""
        everything = (anomaly for _, anomalies in self.tellings for anomaly in anomalies)
        is_critical = any(anomaly.severity is Severity.CRITICAL for anomaly in everything)
        return Severity.CRITICAL if is_critical else Severity.WARNING

    @property
    def taken_by(self) -> Acknowledgement | None:
        """Return who takes care of it now: the last person who said so; since when."""
        last = self.acknowledged[-1] if self.acknowledged else None
        return Acknowledgement(last.who.shown, last.at) if last is not None else None

    def is_the_same(self, incident: Incident) -> bool:
        """Return whether an incident with another id is this one, whose onset may be found elsewhere by now.

        It is of the same model, shares an anomaly, and began about when this one did, or while it went on.
        """
        # Of a model that breaks every few hours a journal holds thousands: what costs least is asked first.
        if incident.model_id != self.opened.model_id or not self._may_have_begun_at(incident):
            return False
        seen = {anomaly.id for anomaly in incident.anomalies}
        return any(anomaly.id in seen for _, anomalies in self.tellings for anomaly in anomalies)

    def _may_have_begun_at(self, incident: Incident) -> bool:
        if self.closed is not None:
            return self.opened.onset - ONSET_MOVES_SECONDS <= incident.onset < self.closed.recovered
        # An onset before all that is looked at moves on with the clock.
        is_unmoored = any(anomaly.onset_is_earlier for anomaly in incident.anomalies)
        return is_unmoored or abs(incident.onset - self.opened.onset) <= ONSET_MOVES_SECONDS


class Incidents:
    """The incidents of a journal by id; `take` adds the events that follow those it has seen.

    With `fleet` only those of one fleet; of a model of the same name elsewhere nothing is known then.
    """

    def __init__(self, events: Iterable[Event] = (), fleet: Fleet | None = None) -> None:
        self._fleet = fleet
        self._incidents: dict[str, RecordedIncident] = {}
        self._by_model: dict[str, list[str]] = {}
        self._others: dict[str, str] = {}
        """Ids under which an incident was opened a second time, by a console that could not see the first."""
        self.take(events)

    def __iter__(self) -> Iterator[RecordedIncident]:
        """Yield the incidents, the one that was opened first first."""
        return iter(self._incidents.values())

    def __len__(self) -> int:
        return len(self._incidents)

    def take(self, events: Iterable[Event]) -> bool:
        """Add events that are newer than all before, and return whether any of them told something new."""
        before = dict(self._incidents)
        for event in events:
            self._take(event)
        return self._incidents != before

    def find(self, incident_id: str) -> RecordedIncident | None:
        """Return the incident that was opened under an id, None when there is none."""
        return self._incidents.get(self._others.get(incident_id, incident_id))

    def matching(self, incident: Incident) -> RecordedIncident | None:
        """Return the record of an incident that is seen now, the newest where several fit; None when there is none."""
        exact = self.find(incident.id)
        if exact is not None:
            return exact
        ids = reversed(self._by_model.get(incident.model_id, ()))
        return next((found for found in map(self._incidents.__getitem__, ids) if found.is_the_same(incident)), None)

    def open_of(self, model_id: str) -> tuple[RecordedIncident, ...]:
        """Return the incidents of a model that were not closed, oldest first."""
        found = map(self._incidents.__getitem__, self._by_model.get(model_id, ()))
        return tuple(each for each in found if each.closed is None)

    def _take(self, event: Event) -> None:
        match event:
            case IncidentOpened():
                self._open(event)
            case IncidentChanged():
                self._change(event)
            case IncidentClosed():
                self._close(event)
            case Acknowledged():
                self._acknowledge(event)
            case Noted() if event.incident_id is not None:
                record = self.find(event.incident_id)
                if record is not None and event not in record.notes:
                    self._replace(record.id, notes=(*record.notes, event))
            case _:
                pass

    def _open(self, event: IncidentOpened) -> None:
        if self._fleet is not None and not self._fleet.holds(event):
            return
        if self.find(event.incident_id) is not None:
            return  # said before; of two fleets with one id the first: nobody could tell whose its lines are
        known = self.matching(Incident(event.model_id, event.onset, event.anomalies))
        if known is None or not Fleet(event.context, event.sources).holds(known.opened):
            self._incidents[event.incident_id] = RecordedIncident(event)
            self._by_model.setdefault(event.model_id, []).append(event.incident_id)
        elif known.id != event.incident_id:
            self._others[event.incident_id] = known.id

    def _change(self, event: IncidentChanged) -> None:
        """Take a change, unless it was said already; of one that was closed it says that it came back."""
        record = self.find(event.incident_id)
        if record is not None and (record.closed is not None or gist(record.anomalies) != gist(event.anomalies)):
            self._replace(record.id, changes=(*record.changes, event), closed=None)

    def _close(self, event: IncidentClosed) -> None:
        record = self.find(event.incident_id)
        if record is not None and record.closed is None:
            self._replace(record.id, closed=event, closings=(*record.closings, event))

    def _acknowledge(self, event: Acknowledged) -> None:
        record = self.find(event.incident_id)
        if record is not None and (record.taken_by is None or record.taken_by.by != event.who.shown):
            self._replace(record.id, acknowledged=(*record.acknowledged, event))

    def _replace(self, incident_id: str, **changes: object) -> None:
        self._incidents[incident_id] = msgspec.structs.replace(self._incidents[incident_id], **changes)


class Gist(msgspec.Struct, frozen=True):
    """What makes a change of an incident worth a line: how bad it is, what is broken, and the likeliest cause."""

    severity: Severity | None
    standing: frozenset[str]
    cause: str | None


def gist(anomalies: Iterable[Anomaly]) -> Gist:
    """Return the gist of anomalies that are sorted worst first."""
    standing = [anomaly for anomaly in anomalies if not anomaly.is_over]
    is_critical = any(anomaly.severity is Severity.CRITICAL for anomaly in standing)
    severity = (Severity.CRITICAL if is_critical else Severity.WARNING) if standing else None
    causes = standing[0].causes if standing else ()
    return Gist(severity, frozenset(anomaly.id for anomaly in standing), causes[0].kind if causes else None)
