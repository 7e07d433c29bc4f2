"""What an engine works with, as it sees it, and what leaves it."""

from collections.abc import AsyncIterator, Callable
from typing import Protocol

from console.domain.cluster_facts import ClusterFacts, PodLog
from console.domain.command import Acknowledge, AddNote, Command, ReadAhead, WatchPodLog
from console.domain.model_actions import ModelActions
from console.domain.prediction_detail import PredictionDetail
from console.domain.run import Run
from console.domain.snapshot import ModelDetail, ModelView, Snapshot

Published = Snapshot | ModelDetail | PredictionDetail | ClusterFacts | PodLog | ModelActions | Run
"""The only things that cross from the engine to a face."""


class Refreshes(Protocol):
    """Whatever reads the fleet."""

    async def take(self, at: float | None) -> Snapshot:
        """Return the fleet now, or at an instant (UTC seconds)."""


class Details(Protocol):
    """Whatever reads one model over a range."""

    async def take(self, snapshot: Snapshot, view: ModelView, span: float, shift: float) -> ModelDetail:
        """Return a model over `span` seconds that end `shift` seconds before the snapshot."""


class Predictions(Protocol):
    """Whatever knows the logged predictions of one model."""

    async def take(self, snapshot: Snapshot, view: ModelView) -> PredictionDetail:
        """Return the drift and the quality of a model."""


class Lists(Protocol):
    """Whatever knows the actions that a model can have."""

    def of(self, view: ModelView) -> AsyncIterator[ModelActions]:
        """Yield the list for a model as it is known now, then again with each answer that comes."""


class Cluster(Protocol):
    """Whatever knows what the cluster says of one model."""

    async def take(self, snapshot: Snapshot, view: ModelView) -> ClusterFacts:
        """Return the pods, the events and what stands around a model."""

    async def read_log(self, watched: WatchPodLog) -> PodLog:
        """Return the last lines of a container's log."""


class ReadsAhead(Protocol):
    """Whatever reads what a plan will need before it is asked for."""

    async def read_for(self, view: ModelView, asked: ReadAhead) -> None:
        """Read what the plan of an action for a model will need; nothing is raised."""


class Runs(Protocol):
    """Whatever keeps the runs of playbooks."""

    @property
    def is_watching(self) -> bool:
        """Return whether a run waits for the next snapshot: to plan, to verify what was done, or to wait."""

    async def handle(self, command: Command) -> None:
        """Obey a command about a run."""

    async def on_snapshot(self, snapshot: Snapshot) -> None:
        """Take note of what a refresh found."""


class Incidents(Protocol):
    """Whatever writes down what happens to incidents, and knows what people said of them."""

    @property
    def notices(self) -> tuple[str, ...]:
        """Return why incidents are not written down, in one line each; none where they are."""

    def listen(self, changed: Callable[[], None]) -> None:
        """Have `changed` called when something new is known of an incident."""

    def onto(self, snapshot: Snapshot) -> Snapshot:
        """Return a snapshot whose models say what people said of their incidents."""

    async def on_snapshot(self, snapshot: Snapshot) -> None:
        """Take note of what a refresh found."""

    async def handle(self, command: Acknowledge | AddNote) -> None:
        """Write down what a person said."""


class Parts(Protocol):
    """What an engine works with."""

    @property
    def at(self) -> float | None:
        """Return the instant that is shown, None for now."""

    @property
    def refresh_seconds(self) -> float:
        """Return how long to wait between two refreshes."""

    async def recover(self) -> tuple[str, ...]:
        """Return what earlier sessions left open, in one line each, after reading what became of it."""

    @property
    def refresher(self) -> Refreshes:
        """Return what reads the fleet."""

    @property
    def details(self) -> Details:
        """Return what reads one model."""

    @property
    def predictions(self) -> Predictions:
        """Return what knows the logged predictions of one model."""

    @property
    def action_lists(self) -> Lists:
        """Return what knows the actions that a model can have."""

    @property
    def reading_ahead(self) -> ReadsAhead | None:
        """Return what reads ahead of plans, None where nothing does."""

    @property
    def cluster(self) -> Cluster:
        """Return what knows what the cluster says of one model."""

    @property
    def runs(self) -> Runs:
        """Return what keeps the runs."""

    @property
    def provider_notices(self) -> tuple[str, ...]:
        """Return which providers of installed packages are left out, in one line each."""

    @property
    def journal_notices(self) -> tuple[str, ...]:
        """Return what a person must know of the journal now, in one line each."""

    @property
    def incidents(self) -> Incidents:
        """Return what writes down what happens to incidents."""
