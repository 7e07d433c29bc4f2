"""One refresh: the sources are read, the past is judged, playbooks are offered, and the result is a frozen snapshot."""

import asyncio
import logging
from collections.abc import Callable, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Any, Self

import msgspec

from console.detect.alerts import attach
from console.detect.source_down import freeze
from console.domain.alert import Alert
from console.domain.load_curve import LoadPast
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.domain.shared_incident import SharedIncident
from console.domain.snapshot import ModelView, Snapshot
from console.domain.source import SourceReport
from console.engine.alert_reader import AlertReader
from console.engine.explaining import Explainer
from console.engine.gate import ActionGate
from console.engine.judging import FleetJudge
from console.engine.metrics import MetricsReader
from console.engine.playbook_reading import PlaybookReading, live_library
from console.history.store import COARSE_SPAN, COARSE_STEP, FINE_SPAN, Loaded
from console.history.view import History
from console.playbooks.library import LiveLibrary
from console.settings.settings import Settings
from console.transport.http import SourceError

if TYPE_CHECKING:
    from console.detect.findings import PredictionFindings
    from console.engine.links import Links
    from console.engine.predictions.reader import Predicted, PredictionsReader
    from console.sources.prometheus.client import PrometheusClient
    from console.transport.kubernetes import KubernetesTransport


_log = logging.getLogger(__name__)


class Refresher:
    """Reads the fleet again and again, or once; the connections are open while it is entered.

    Args:
        settings: what to read, with at least a Prometheus or a store of predictions.
        environment: variables that secrets may refer to.
        clock: returns the time (UTC seconds).
        transport: the cluster, None where none is configured; without it no workload is found.
        library: the playbooks to offer, None for those that the settings name.
        permission: says whether anything may be done, asked with every refresh; None where a face may only look.
        tell: takes a line for people about what does not stop the refresh: a cache that cannot be written.
        patience: seconds for which alerts and predictions are waited for when the metrics are there, None until their
            servers answered or failed; then all days that baselines are made of are waited for, too.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        environment: Mapping[str, str],
        clock: Callable[[], float],
        transport: "KubernetesTransport | None" = None,
        library: LiveLibrary | None = None,
        permission: ActionGate | None = None,
        tell: Callable[[str], None] = _log.warning,
        patience: float | None = None,
    ) -> None:
        if settings.prometheus is None and not settings.predictions and not settings.evidently:
            raise ValueError("a refresh needs a Prometheus, a store of predictions or reports about them")
        self._settings = settings
        self._clock = clock
        self._permission = permission
        self.metrics = _metrics(settings, environment, clock, tell, transport, waits=patience is None)
        self._alerts = AlertReader(settings, environment, self.metrics, patience)
        self.predictions = _predictions(settings, environment, clock, tell, patience)
        self._links = _links(settings) if settings.links else None
        self._connections = AsyncExitStack()
        store = self.metrics.store if self.metrics is not None else None
        self._explainer = Explainer(settings, self.metrics, patience)
        known = library or live_library(settings)
        self._playbooks = PlaybookReading(known)
        self._judge = FleetJudge(settings, known, store, transport, self._explainer)
        self._last: dict[str, ModelView] = {}
        self._measured: frozenset[str] = frozenset()
        self._sequence = 0
        self.past: History | None = None
        """The history that was judged last."""

    @property
    def links(self) -> "Links":
        """Return what finds the pages about models."""
        if self._links is None:
            self._links = _links(self._settings)
        return self._links

    async def __aenter__(self) -> Self:
        for reader in (self.metrics, self._alerts, self.predictions, self._explainer, self._playbooks):
            if reader is not None:
                self._connections.push_async_callback(reader.aclose)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._connections.aclose()

    async def take(self, at: float | None) -> Snapshot:
        """Return the fleet now, or at an instant of the past (UTC seconds); sources that fail are told, not raised.

        Now is what the server takes for now, where its clock and this machine's differ: by that its data is dated.
        """
        await self._playbooks.renew()
        skew = self._skew(at)
        instant = self._clock() + skew if at is None else at
        read = await self._read(instant, live=at is None)
        if at is None and self.metrics is not None and self.metrics.has_new_skew(skew):
            skew = self.metrics.clock_skew
            instant = self._clock() + skew
            read = await self._read(instant, live=True)
        views, shared, alerts, of_logs = await self._views(read, instant, live=at is None)
        if alerts or self._links is not None:
            views = self.links.onto(views, alerts, instant - self._settings.window, instant)
        self._sequence += 1
        kubernetes = self._settings.kubernetes
        return Snapshot(
            at=instant,
            sources=(*self._reports(read, live=at is None), *of_logs),
            models=views,
            alerts=alerts,
            shared_incidents=shared,
            sequence=self._sequence,
            live=at is None,
            read_only=at is not None or self._permission is None or self._permission.is_read_only,
            switched_off=self._permission.switched_off if self._permission is not None else None,
            context=kubernetes.context if kubernetes is not None else None,
            refresh_seconds=self._settings.refresh,
            clock_skew=skew,
            notices=self._playbooks.notices,
        )

    async def read_model(self, model: Model, grid: Grid) -> tuple[dict[str, Series], str | None]:
        """Return the series of a model on any grid by signal name, and why some are not there (None when all are).

        Of a model that only a log knows, none is asked of the metrics: whether they answer is nothing to it.

        Raises:
            SourceError: the source of its metrics, or the only log that knows it, does not answer.
        """
        lines: dict[str, Series] = {}
        why_not = None
        if self.metrics is not None and (self.predictions is None or model.id in self._measured):
            lines, why_not = await self.metrics.store.read_model(model, grid)
        if self.predictions is not None:
            logged = await self.predictions.read_model(model, grid, alone=not lines)
            lines = logged | lines
        return lines, why_not

    @property
    def another_client(self) -> "Callable[[], PrometheusClient] | None":
        """Return what makes another client of the Prometheus that is read, None where there is none."""
        return self.metrics.another_client if self.metrics is not None else None

    async def read_load(self, model: Model, signal: str, at: float) -> LoadPast | None:
        """Return what a model carried within the last days and its latency `signal`, None where no metrics tell it.

        Raises:
            SourceError: the source of its metrics does not answer.
        """
        return await self.metrics.store.read_load(model, signal, at) if self.metrics is not None else None

    def _skew(self, at: float | None) -> float:
        return self.metrics.clock_skew if at is None and self.metrics is not None else 0.0

    async def _read(self, instant: float, *, live: bool) -> "_Read":
        loading = asyncio.create_task(self._load(instant))
        predicting = asyncio.create_task(self._predicted(instant, live=live, metrics=loading))
        try:
            told, reports = await self._alerts.read(instant, live=live, metrics=loading)
            return _Read(await loading, told, reports, await predicting)
        finally:
            loading.cancel()  # of a refresh that is given up; one that was read is not touched by it
            predicting.cancel()

    async def _load(self, instant: float) -> Loaded | SourceError | None:
        return await self.metrics.load(instant) if self.metrics is not None else None

    async def _predicted(self, instant: float, *, live: bool, metrics: "asyncio.Future[Any]") -> "Predicted | None":
        if self.predictions is None:
            return None
        return await self.predictions.read(instant, live=live, metrics=metrics)

    def _reports(self, read: "_Read", *, live: bool) -> tuple[SourceReport, ...]:
        is_down = isinstance(read.metrics, SourceError)
        metrics = self.metrics.report(read.metrics) if self.metrics is not None and read.metrics is not None else None
        # Without an Alertmanager the alerts come from the same server as the metrics: one dead source is one banner.
        alerts = () if is_down and not (live and self._alerts.has_servers) else read.alert_reports
        return (*((metrics,) if metrics else ()), *alerts)

    async def _views(
        self, read: "_Read", instant: float, *, live: bool
    ) -> tuple[tuple[ModelView, ...], tuple[SharedIncident, ...], tuple[Alert, ...], tuple[SourceReport, ...]]:
        """Return the views, what many share, their alerts and how the stores answered.

        What a dead source said before stays, frozen.
        """
        history = _without_models(instant, self._settings.step)
        frozen: tuple[ModelView, ...] = ()
        if isinstance(read.metrics, Loaded):
            history = read.metrics.history
            self._measured = frozenset(past.model.id for past in history.models)
        elif isinstance(read.metrics, SourceError):
            frozen = freeze(filter(None, map(self._last.get, self._measured)), read.metrics.detail)
        findings: tuple[PredictionFindings, ...] = ()
        reports: tuple[SourceReport, ...] = ()
        if read.predicted is not None and self.predictions is not None:
            known = [*(view.model for view in frozen), *(past.model for past in history.models)]
            with_logs = await self.predictions.onto(history, read.predicted, known)
            history, findings, reports = with_logs.history, with_logs.findings, with_logs.reports
            lost = filter(None, (self._last.get(model.id) for model in with_logs.lost))
            frozen = (*frozen, *freeze(lost, with_logs.why_lost))
        self.past = history
        alerts = attach(read.alerts, [*(view.model for view in frozen), *(past.model for past in history.models)])
        views, shared = await self._judge.views(history, findings, alerts, live=live, frozen=frozen)
        stale = {view.model.id for view in frozen}
        self._last = {each.model.id: self._last[each.model.id] if each.model.id in stale else each for each in views}
        return views, shared, alerts, reports


class _Read(msgspec.Struct, frozen=True):
    """What the sources said; None where there is none of a kind."""

    metrics: Loaded | SourceError | None
    alerts: tuple[Alert, ...]
    alert_reports: tuple[SourceReport, ...]
    predicted: "Predicted | None"


def _without_models(at: float, step: float) -> History:
    fine_grid, coarse_grid = Grid.until(at, FINE_SPAN, step), Grid.until(at, COARSE_SPAN, COARSE_STEP)
    return History(at=fine_grid.end, fine_grid=fine_grid, coarse_grid=coarse_grid, models=())


def _metrics(
    settings: Settings,
    environment: Mapping[str, str],
    clock: Callable[[], float],
    tell: Callable[[str], None],
    transport: "KubernetesTransport | None",
    *,
    waits: bool,
) -> MetricsReader | None:
    if settings.prometheus is None:
        return None
    return MetricsReader(
        settings.prometheus,
        settings,
        environment=environment,
        clock=clock,
        tell=tell,
        names_replicas=transport is not None,
        waits=waits,
    )


def _predictions(
    settings: Settings,
    environment: Mapping[str, str],
    clock: Callable[[], float],
    tell: Callable[[str], None],
    patience: float | None,
) -> "PredictionsReader | None":
    if not settings.predictions and not settings.evidently:
        return None
    from console.engine.predictions.reader import PredictionsReader
    from console.engine.predictions.sessions import open_sessions  # with ibis, which nobody without a store waits for

    sessions = open_sessions(settings, environment, clock, tell, is_awaited=patience is None)
    return PredictionsReader(sessions, patience)


def _links(settings: Settings) -> "Links":
    from console.engine.links import Links  # most fleets are well, and name no pages

    return Links(settings.links)
