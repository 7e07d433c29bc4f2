"""What one refresh found: the frozen values that cross from the engine to a face."""

import msgspec

from console.domain.alert import Alert
from console.domain.anomaly import WORST_FIRST, Anomaly, Incident, PlaybookOffer, Status, worst, worst_first
from console.domain.change import Change
from console.domain.link import Link
from console.domain.load_curve import CapacityFinding
from console.domain.model import Model, WorkloadFinding
from console.domain.run import Note
from console.domain.series import Series
from console.domain.shared_incident import SharedIncident
from console.domain.signal import Reading, Signal
from console.domain.source import SourceReport


class Oddity(msgspec.Struct, frozen=True):
    """A signal, by name, that is beyond what is usual since an instant (UTC seconds): a fact, and no anomaly alone."""

    signal: str
    since: float
    fact: str


class Acknowledgement(msgspec.Struct, frozen=True):
    """Who takes care of an incident, and since when (UTC seconds)."""

    by: str
    at: float


class ModelView(msgspec.Struct, frozen=True):
    """One model at one instant.

    `readings` is keyed by signal name. `versions` maps a version to its share of the traffic (ratio), largest first.
    `headline` is the latency series that the fleet shows small. `replicas` counts the replicas that the metrics show.
    """

    model: Model
    status: Status
    readings: dict[str, Reading]
    versions: dict[str, float] = {}
    changes: tuple[Change, ...] = ()
    incident: Incident | None = None
    """The incident with the worst anomaly."""
    other_incidents: tuple[Incident, ...] = ()
    workload: WorkloadFinding | None = None
    replicas: int | None = None
    headline_signal: str | None = None
    headline: Series | None = None
    budget: str | None = None
    """How fast the error budget goes, in words; None where it lasts."""
    links: tuple[Link, ...] = ()
    """Pages about the model, the most useful first."""
    not_read: tuple[str, ...] = ()
    """What could not be read of what surrounds its anomalies, in words: no cause is ruled out by it."""
    presets: tuple[str, ...] = ()
    """Names of the presets that know of the model: the systems that serve it, as far as the metrics tell."""
    oddities: tuple[Oddity, ...] = ()
    """Signals beyond what is usual that are no anomaly by themselves, the most telling first."""

    acknowledged: Acknowledgement | None = None
    """Who takes care of its incident; None where nobody said so."""
    notes: tuple[Note, ...] = ()
    """What people wrote down about its incidents, oldest first."""

    @property
    def anomalies(self) -> tuple[Anomaly, ...]:
        """Return the anomalies of all incidents of the model, worst first; those that are over stand at the end."""
        if not self.other_incidents:
            return self.incident.anomalies if self.incident else ()
        return tuple(sorted((a for incident in self.incidents for a in incident.anomalies), key=worst_first))

    @property
    def standing(self) -> tuple[Anomaly, ...]:
        """Return the anomalies that are not over, worst first."""
        return tuple(anomaly for anomaly in self.anomalies if not anomaly.is_over)

    @property
    def incidents(self) -> tuple[Incident, ...]:
        """Return the incidents of the model, the one with the worst anomaly first."""
        return (self.incident, *self.other_incidents) if self.incident else ()

    @property
    def playbooks(self) -> tuple[PlaybookOffer, ...]:
        """Return the playbooks that fit the model, those of its worst anomaly first, each of them once."""
        offers: dict[str, PlaybookOffer] = {}
        for anomaly in self.anomalies:
            for offer in anomaly.playbooks:
                offers.setdefault(offer.id, offer)
        return tuple(offers.values())


class Snapshot(msgspec.Struct, frozen=True):
    """The fleet at one instant (`at`, UTC seconds), models worst first.

    `live` is False when the past is rendered. `sequence` grows by one with each refresh of one engine.
    """

    at: float
    sources: tuple[SourceReport, ...]
    models: tuple[ModelView, ...]
    alerts: tuple[Alert, ...] = ()
    shared_incidents: tuple[SharedIncident, ...] = ()
    """What broke at many models at once, worst first."""
    sequence: int = 0
    live: bool = True
    read_only: bool = True
    switched_off: str | None = None
    """What switches all actions off now, in words: a file, or a variable of the environment."""
    context: str | None = None
    """The cluster context in which actions would act."""
    refresh_seconds: float = 15.0
    paused: bool = False
    notices: tuple[str, ...] = ()
    """What a person must know beside the fleet, a line each: actions that a crash left open, a journal that fails."""
    clock_skew: float = 0.0
    """How far the clock of the metrics is ahead of this machine's (seconds), 0 where it is near; `at` is by theirs."""

    @property
    def taken_at(self) -> float:
        """Return `at` by the clock of this machine (UTC seconds)."""
        return self.at - self.clock_skew

    def __repr__(self) -> str:
        # Short, because asyncio.run() twice writes out what it is about to return: 10⁴ numbers of a large fleet.
        return f"<Snapshot {self.sequence} at {self.at}: {self.status.value}, {len(self.models)} models>"

    @property
    def status(self) -> Status:
        """Return the status of the fleet: unknown when a source is down or no model was found."""
        statuses = [view.status for view in self.models]
        if not self.models or any(source.status is not Status.OK for source in self.sources):
            statuses.append(Status.UNKNOWN)
        return worst(statuses)

    def count(self, status: Status) -> int:
        """Return how many models have a status."""
        return sum(view.status is status for view in self.models)

    def shared_by(self, model_id: str) -> SharedIncident | None:
        """Return the incident of many models that a model is in, None where it is in none."""
        return next((each for each in self.shared_incidents if model_id in each.model_ids), None)

    def find(self, model_id: str) -> ModelView | None:
        """Return the view of a model, None when the fleet does not hold it."""
        return next((view for view in self.models if view.model.id == model_id), None)


def order_worst_first(views: "list[ModelView] | tuple[ModelView, ...]") -> tuple[ModelView, ...]:
    """Return views by status, then the oldest incident first, then the id; of the healthy, what recovered is first."""
    return tuple(
        sorted(
            views,
            key=lambda view: (
                WORST_FIRST.index(view.status),
                view.status is Status.OK and view.incident is None,
                view.incident.onset if view.incident else 0.0,
                view.model.id,
            ),
        )
    )


class Panel(msgspec.Struct, frozen=True):
    """One chart of the model screen: lines by name on one grid, and the reading that its title tells."""

    signal: Signal
    lines: dict[str, Series]
    reading: Reading
    objective: float | None = None
    objective_label: str | None = None


class ModelDetail(msgspec.Struct, frozen=True):
    """What the model screen shows of one model over the chosen range (UTC seconds)."""

    at: float
    start: float
    end: float
    view: ModelView
    panels: tuple[Panel, ...]
    changes: tuple[Change, ...]
    alerts: tuple[Alert, ...] = ()
    links: tuple[Link, ...] = ()
    """Pages about the model over this range."""
    capacity: CapacityFinding = CapacityFinding()
    """How its latency grows with the load of a replica, and how many its traffic needs."""
    detail: str | None = None
    """Why something is missing, in one line."""
