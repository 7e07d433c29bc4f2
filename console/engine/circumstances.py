"""What surrounds the broken models of a refresh: read when something is broken, of the worst models, within limits."""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from console.domain.anomaly import Anomaly, AnomalyKind, Incident
from console.domain.circumstances import Circumstances
from console.domain.snapshot import ModelView
from console.engine.metrics import MetricsReader
from console.history.store import TIMEOUTS_OF_A_REFRESH
from console.history.tally import Tally
from console.history.view import History, ModelHistory
from console.settings.settings import Settings
from console.sources.prometheus.client import PrometheusClient
from console.transport.http import SourceError

if TYPE_CHECKING:
    from console.history.circumstances.reader import Sought

MOST_MODELS = 32
"""Models whose circumstances are read, the worst first: where more are broken at once, the cause is shared."""
OUTDATED_AFTER = 300.0
"""Seconds after which what was read for an earlier refresh says nothing about this one."""
LEAST_BEFORE_ONSET = 1200.0
"""Seconds before an onset that the fine grid must hold: a release may come a quarter of an hour before, and rates."""
OF_METRICS = frozenset({AnomalyKind.LATENCY, AnomalyKind.ERRORS, AnomalyKind.TRAFFIC, AnomalyKind.SATURATION})
"""The kinds of anomalies that are looked into: those of logged predictions bring their causes themselves."""


class _Answer(msgspec.Struct, frozen=True):
    """What was read for the instant of a refresh, and why nothing was."""

    at: float
    found: dict[str, Circumstances] = {}
    error: str | None = None


class CircumstancesOfRefreshes:
    """Reads circumstances for one refresh after another.

    `patience` is for how many seconds a refresh waits for them, None for as long as the server may take. What was not
    waited for is taken at the next refresh; until then it is not asked again.
    """

    def __init__(self, metrics: MetricsReader, settings: Settings, patience: float | None) -> None:
        self._metrics = metrics
        self._settings = settings
        self._patience = patience
        self._client: PrometheusClient | None = None
        self._asking: tuple[float, asyncio.Task[_Answer]] | None = None
        self._last = _Answer(at=0.0)

    async def aclose(self) -> None:
        """Let go of what is still asked, and close all connections."""
        await self._give_up()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def of(self, views: Sequence[ModelView], history: History) -> dict[str, Circumstances]:
        """Return the circumstances of broken models by id at the end of a history; what failed is told in them."""
        at = history.at
        sought = _sought(views)
        if not sought:
            return {}
        await self._take_finished(at)
        if self._asking is None:
            self._asking = (at, asyncio.create_task(self._ask(sought, history)))
        await asyncio.wait([self._asking[1]], timeout=self._patience)
        told = await self._take_finished(at) or "not read yet: the server takes its time"
        return {each.model.id: self._of_model(each, at, told) for each in sought}

    async def _take_finished(self, at: float) -> str | None:
        """Keep what was answered, and drop what was asked for another time; return why there is no answer."""
        if self._asking is None:
            return None
        asked, task = self._asking
        if not task.done():
            if abs(asked - at) > OUTDATED_AFTER:
                await self._give_up()
            return None
        self._asking = None
        answer = task.result()
        if answer.error is None:
            self._last = answer
        return answer.error

    async def models_on(self, nodes: frozenset[str], at: float) -> dict[str, set[str]]:
        """Return the ids of all models that run on each of some machines, by machine.

        None are returned where nobody tells, or not in time: whoever is not told of would count as being elsewhere.
        """
        if self._client is None:
            return {}
        reader = self._metrics.store.circumstances_reader(self._client)
        try:
            return await asyncio.wait_for(reader.models_on(nodes, at, self._tally()), self._patience)
        except (SourceError, TimeoutError):
            return {}

    def _of_model(self, sought: "Sought", at: float, told: str) -> Circumstances:
        known = self._last.found.get(sought.model.id) if abs(self._last.at - at) <= OUTDATED_AFTER else None
        if known is not None and self._last.at == at:
            return known
        if known is not None:
            return msgspec.structs.replace(known, missing=(f"the last minutes: {told}", *known.missing))
        from console.history.circumstances.reader import grid_for

        grid = grid_for(sought.onset, at, self._settings.step)
        return Circumstances(sought.model.id, grid, sought.onset, missing=(f"versions, replicas and cluster: {told}",))

    async def _ask(self, sought: "Sequence[Sought]", history: History) -> _Answer:
        at, fleet = history.at, [past.model for past in history.models]
        if self._client is None:  # a client of its own: what hangs or fails here must not hold up the fleet
            self._client = self._metrics.another_client()
        reader = self._metrics.store.circumstances_reader(self._client)
        try:
            return _Answer(at, await reader.read(sought, fleet, at, self._tally()))
        except SourceError as error:
            return _Answer(at, error=error.detail)

    def _tally(self) -> Tally:
        server = self._settings.prometheus
        if server is None:
            return Tally()
        return Tally(asyncio.get_running_loop().time() + TIMEOUTS_OF_A_REFRESH * server.timeout)

    async def _give_up(self) -> None:
        if self._asking is not None:
            task = self._asking[1]
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            self._asking = None


def _sought(views: Sequence[ModelView]) -> "list[Sought]":
    """Return the models to look into, of views that are sorted worst first."""
    broken = [(view, onset) for view in views if (onset := onset_of_metrics(view)) is not None]
    if not broken:
        return []
    from console.history.circumstances.reader import Sought  # nothing of it is loaded for a healthy fleet

    return [Sought(view.model, onset, view.headline_signal) for view, onset in broken[:MOST_MODELS]]


def onset_of_metrics(view: ModelView) -> float | None:
    """Return when the worst incident that metrics tell of began by them (UTC seconds), None where nothing holds."""
    incident = incident_of_metrics(view)
    return min(each.onset for each in incident.anomalies if _is_of_metrics(each)) if incident is not None else None


def incident_of_metrics(view: ModelView) -> Incident | None:
    """Return the worst incident of a model of which metrics tell something that still holds."""
    return next((each for each in view.incidents if any(map(_is_of_metrics, each.anomalies))), None)


def _is_of_metrics(anomaly: Anomaly) -> bool:
    return anomaly.kind in OF_METRICS and not anomaly.is_over


def logged_circumstances(view: ModelView, past: ModelHistory) -> Circumstances | None:
    """Return what a log of predictions tells around a model that no metrics know: its versions; None where none broke.

    An onset that the fine grid does not reach far enough back for is looked at on the grid of the day.
    """
    onset = onset_of_metrics(view)
    if onset is None or not any(past.logged_versions):
        return None
    fine, coarse = past.logged_versions
    fine_grid = past.live_targets.grid
    parts = fine if fine and fine_grid.start + LEAST_BEFORE_ONSET <= onset else coarse
    grid = next((part.traffic.grid for part in parts if part.traffic is not None), fine_grid)
    versions = tuple(part for part in parts if part.name)
    unread = "replicas, the cluster and limits" if versions else "versions, replicas, the cluster and limits"
    missing = (f"{unread}: the log of predictions does not tell them",)
    return Circumstances(view.model.id, grid, onset, versions=versions, missing=missing)
