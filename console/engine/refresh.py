"""One refresh: the sources are read, the past is judged, playbooks are offered, and the result is a frozen snapshot."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING, Self

import msgspec

from console.detect.alerts import attach
from console.detect.judge import judge, judge_again
from console.detect.look_back import open_onsets
from console.detect.source_down import freeze
from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, Status
from console.domain.model import WorkloadFinding
from console.domain.moments import in_words
from console.domain.snapshot import ModelView, Snapshot
from console.domain.source import SourceReport
from console.engine.alert_reader import AlertReader, Told
from console.engine.connections import kept_history, not_verified, prometheus_client
from console.history.store import HistoryStore, Loaded
from console.history.view import History
from console.playbooks.library import Library
from console.settings.paths import preset_files
from console.settings.settings import Settings
from console.sources.prometheus.client import WORTH_TELLING_SECONDS, PrometheusClient
from console.sources.prometheus.preset import load_presets
from console.transport.http import SourceError

if TYPE_CHECKING:
    from console.engine.links import Links
    from console.transport.kubernetes import KubernetesTransport


_log = logging.getLogger(__name__)


class Refresher:
    """Reads the fleet again and again, or once; the connections are open while it is entered.

    Args:
        settings: what to read, with at least a Prometheus.
        environment: variables that secrets may refer to.
        clock: returns the time (UTC seconds).
        transport: the cluster, None where none is configured; without it no workload is found.
        library: the playbooks to offer, None for those that the settings name.
        read_only: whether a face may only look.
        tell: takes a line for people about what does not stop the refresh: a cache that cannot be written.
        alert_patience: seconds for which alerts are waited for when the metrics are there, None until their servers
            answered or failed.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        environment: Mapping[str, str],
        clock: Callable[[], float],
        transport: "KubernetesTransport | None" = None,
        library: Library | None = None,
        read_only: bool = True,
        tell: Callable[[str], None] = _log.warning,
        alert_patience: float | None = None,
    ) -> None:
        if settings.prometheus is None:
            raise ValueError("a refresh needs a Prometheus")
        self._settings = settings
        self._clock = clock
        self._transport = transport
        self._library = library or Library.load(settings.playbooks)
        self._read_only = read_only
        self._prometheus: PrometheusClient = prometheus_client(settings.prometheus, environment)
        self._prometheus_name = settings.prometheus.name
        self._prometheus_note = not_verified(settings.prometheus)
        self._alerts = AlertReader(settings, environment, self._prometheus, self._prometheus_name, alert_patience)
        presets = load_presets(preset_files(settings), settings.create_models)
        cache = kept_history(settings, environment, tell, clock)
        self.store = HistoryStore(
            self._prometheus, presets, settings, names_replicas=transport is not None, cache=cache
        )
        self._links = _links(settings) if settings.links else None
        self._connections = AsyncExitStack()
        self._known: tuple[ModelView, ...] = ()
        self._answered: float | None = None
        self._sequence = 0

    @property
    def links(self) -> "Links":
        """Return what finds the pages about models."""
        if self._links is None:
            self._links = _links(self._settings)
        return self._links

    async def __aenter__(self) -> Self:
        self._connections.push_async_callback(self._prometheus.aclose)
        self._connections.push_async_callback(self._alerts.aclose)
        return self

    async def __aexit__(self, *_: object) -> None:
        self.store.keep()
        await self._connections.aclose()

    async def take(self, at: float | None) -> Snapshot:
        """Return the fleet now, or at an instant of the past (UTC seconds); sources that fail are told, not raised.

        Now is what the server takes for now, where its clock and this machine's differ: by that its data is dated.
        """
        skew = self._prometheus.clock_skew if at is None else 0.0
        instant = self._clock() + skew if at is None else at
        loaded, (told, alert_reports) = await self._read(instant, live=at is None)
        if at is None and abs(self._prometheus.clock_skew - skew) >= WORTH_TELLING_SECONDS:
            skew = self._prometheus.clock_skew
            instant = self._clock() + skew
            loaded, (told, alert_reports) = await self._read(instant, live=True)
        if isinstance(loaded, SourceError):
            name, detail = self._prometheus_name, loaded.detail
            report = SourceReport(name, Status.UNKNOWN, None, detail, answered=self._answered)
            views = freeze(self._known, loaded.detail)
            alerts = attach(told, [view.model for view in self._known])
            if at is not None or not self._alerts.has_servers:
                alert_reports = ()  # the alerts come from the same server: one dead source is one banner
        else:
            self._answered = instant
            report = self._report(loaded)
            alerts = attach(told, [past.model for past in loaded.history.models])
            views = self._known = await self._judged(loaded, alerts, live=at is None)
        if alerts or self._links is not None:
            views = self.links.onto(views, alerts, instant - self._settings.window, instant)
        self._sequence += 1
        kubernetes = self._settings.kubernetes
        return Snapshot(
            at=instant,
            sources=(report, *alert_reports),
            models=views,
            alerts=alerts,
            sequence=self._sequence,
            live=at is None,
            read_only=self._read_only or at is not None,
            context=kubernetes.context if kubernetes is not None else None,
            refresh_seconds=self._settings.refresh,
            clock_skew=skew,
        )

    async def _read(self, instant: float, *, live: bool) -> tuple[Loaded | SourceError, Told]:
        loading = asyncio.create_task(self._load(instant))
        try:
            told = await self._alerts.read(instant, live=live, metrics=loading)
            return await loading, told
        finally:
            loading.cancel()  # of a refresh that is given up; one that was read is not touched by it

    async def _load(self, instant: float) -> Loaded | SourceError:
        try:
            return await self.store.load(instant)
        except SourceError as error:
            return error

    def _report(self, loaded: Loaded) -> SourceReport:
        history = loaded.history
        incomplete = "; ".join(filter(None, (history.failed, history.partial))) or None
        notes = (incomplete, history.too_heavy, self._prometheus_note, _clocks_in_words(self._prometheus.clock_skew))
        return SourceReport(
            self._prometheus_name,
            Status.OK,
            loaded.seconds,
            "; ".join(filter(None, notes)) or None,
            partial=incomplete is not None,
            replica=self._prometheus.stand_in,
        )

    async def _judged(self, loaded: Loaded, alerts: tuple[Alert, ...], *, live: bool) -> tuple[ModelView, ...]:
        views = await self._judged_as_far_back(loaded.history, alerts)
        workloads = await self._workloads(loaded) if live else {}
        return tuple(
            _with_playbooks(
                msgspec.structs.replace(view, workload=workloads.get(view.model.id)),
                self._library,
                loaded.history.at,
                alerts,
            )
            for view in views
        )

    async def _judged_as_far_back(self, history: History, alerts: tuple[Alert, ...]) -> tuple[ModelView, ...]:
        """Judge; where an anomaly is older than what was read, read a day more and judge its model again."""
        judgement, rules = self._settings.judgement, self._settings.models
        views = judge(history, judgement, rules, alerts)
        while wanted := open_onsets(views, {past.model.id: past for past in history.models}):
            try:
                further = await self.store.look_back(history, wanted)
            except SourceError:  # of a server that has just answered all else: the onset is told as earlier
                break
            if further is None:
                break
            history = further
            views = judge_again(views, history, frozenset().union(*wanted.values()), judgement, rules, alerts)
        return views

    async def _workloads(self, loaded: Loaded) -> Mapping[str, WorkloadFinding]:
        kubernetes = self._settings.kubernetes
        if self._transport is None or kubernetes is None:
            return {}
        from console.sources.cluster.resolve import Sought, resolve_workloads

        wanted = {
            past.model.id: Sought(past.model.namespace, past.replica_names, past.model.cluster)
            for past in loaded.history.models
        }
        return await resolve_workloads(self._transport, wanted, cluster=kubernetes.cluster)


def _links(settings: Settings) -> "Links":
    from console.engine.links import Links  # most fleets are well, and name no pages

    return Links(settings.links)


def _clocks_in_words(skew: float) -> str | None:
    if not skew:
        return None
    differs = f"{in_words(round(abs(skew), -1))} {'ahead of' if skew > 0 else 'behind'}"
    return f"its clock is {differs} this machine's; times are by its clock"


def _with_playbooks(view: ModelView, library: Library, at: float, alerts: Iterable[Alert]) -> ModelView:
    """Return a view whose anomalies offer the playbooks that fit them, best first."""
    if view.incident is None:
        return view
    from console.playbooks.match import offers  # a healthy fleet is offered nothing

    told = tuple(alerts)

    def with_offers(anomaly: Anomaly) -> Anomaly:
        return msgspec.structs.replace(anomaly, playbooks=offers(library, view, anomaly, at=at, alerts=told))

    anomalies = tuple(map(with_offers, view.anomalies))
    return msgspec.structs.replace(view, incident=msgspec.structs.replace(view.incident, anomalies=anomalies))
