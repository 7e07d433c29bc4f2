"""From the past of the fleet to its views: judged, with workloads found and playbooks offered."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

import msgspec

from console.detect.findings import PredictionFindings, onto
from console.detect.judge import judge, judge_again
from console.detect.look_back import open_onsets
from console.domain.alert import Alert
from console.domain.anomaly import Anomaly, AnomalyKind, Incident
from console.domain.model import WorkloadFinding
from console.domain.snapshot import ModelView
from console.history.store import HistoryStore
from console.history.view import History
from console.playbooks.library import Library
from console.settings.settings import Settings
from console.transport.http import SourceError

if TYPE_CHECKING:
    from console.detect.baseline.fleet import FleetBaselines
    from console.engine.explaining import Explainer
    from console.transport.kubernetes import KubernetesTransport


_OF_LOGS = frozenset({AnomalyKind.PREDICTION_DRIFT, AnomalyKind.MODEL_QUALITY})


class FleetJudge:
    """Judges a fleet.

    `store` is where older points are read from, `transport` where workloads are found; `explainer` tells causes, None
    where no metrics are read.
    """

    def __init__(
        self,
        settings: Settings,
        library: Library,
        store: HistoryStore | None,
        transport: "KubernetesTransport | None",
        explainer: "Explainer | None",
    ) -> None:
        self._settings = settings
        self._library = library
        self._store = store
        self._transport = transport
        self._explainer = explainer
        self._baselines: FleetBaselines | None = None

    async def views(
        self,
        history: History,
        findings: Sequence[PredictionFindings],
        alerts: tuple[Alert, ...],
        *,
        live: bool,
        frozen: tuple[ModelView, ...] = (),
    ) -> tuple[ModelView, ...]:
        """Return the views of the fleet, worst first; the cluster is asked about the present only.

        `frozen` are views of models whose source is down: what the log says is laid onto them, too.
        """
        judged, history = await self._judged_as_far_back(self._with_baselines(history), alerts)
        workloads = await self._workloads(history) if live else {}
        stale = {name for view in frozen for name in (view.model.id, view.model.name.raw)}
        views = [
            msgspec.structs.replace(view, workload=workloads.get(view.model.id))
            for view in judged
            if view.model.id not in stale
        ]
        broken = onto((*frozen, *views), findings, history.at)
        if self._explainer is not None:
            broken = await self._explainer.explained(broken, history, stale)
        told = (_with_causes_of_logs(view) for view in broken)
        return tuple(with_playbooks(view, self._library, history.at, alerts) for view in told)

    def _with_baselines(self, history: History) -> History:
        if not history.weeks:
            return history
        if self._baselines is None:
            from console.detect.baseline.fleet import FleetBaselines  # with numpy, which only metrics need

            self._baselines = FleetBaselines()
        return self._baselines.onto(history)

    async def _judged_as_far_back(
        self, history: History, alerts: tuple[Alert, ...]
    ) -> tuple[tuple[ModelView, ...], History]:
        """Judge; where an anomaly is older than what was read, read a day more and judge its model again.

        Returned is what was judged by, too.
        """
        judgement, rules = self._settings.judgement, self._settings.models
        views = judge(history, judgement, rules, alerts)
        while wanted := open_onsets(views, {past.model.id: past for past in history.models}):
            further = await self._further(history, wanted)
            if further is None:
                break
            history = further
            views = judge_again(views, history, frozenset().union(*wanted.values()), judgement, rules, alerts)
        return views, history

    async def _further(self, history: History, wanted: Mapping[str, AbstractSet[str]]) -> History | None:
        if self._store is None:
            return None
        try:
            return await self._store.look_back(history, wanted)
        except SourceError:  # of a server that has just answered all else: the onset is told as earlier
            return None

    async def _workloads(self, history: History) -> Mapping[str, WorkloadFinding]:
        kubernetes = self._settings.kubernetes
        if self._transport is None or kubernetes is None:
            return {}
        from console.sources.cluster.resolve import Sought, resolve_workloads

        wanted = {
            past.model.id: Sought(past.model.namespace, past.replica_names, past.model.cluster)
            for past in history.models
        }
        return await resolve_workloads(self._transport, wanted, cluster=kubernetes.cluster)


def _with_causes_of_logs(view: ModelView) -> ModelView:
    """Return a view whose log's anomalies have a cause each, `unknown` where nothing explains them."""
    incident = view.incident
    if incident is None or all(anomaly.causes or anomaly.kind not in _OF_LOGS for anomaly in incident.anomalies):
        return view
    from console.detect.causes.logged import explain_logged

    anomalies = explain_logged(incident.anomalies, view.changes)
    return msgspec.structs.replace(view, incident=msgspec.structs.replace(incident, anomalies=anomalies))


def with_playbooks(view: ModelView, library: Library, at: float, alerts: Iterable[Alert]) -> ModelView:
    """Return a view whose anomalies offer the playbooks that fit them, best first."""
    if view.incident is None:
        return view
    from console.playbooks.match import offers  # a healthy fleet is offered nothing

    told = tuple(alerts)

    def with_offers(anomaly: Anomaly) -> Anomaly:
        if anomaly.is_over:
            return anomaly
        return msgspec.structs.replace(anomaly, playbooks=offers(library, view, anomaly, at=at, alerts=told))

    def offered(incident: Incident) -> Incident:
        return msgspec.structs.replace(incident, anomalies=tuple(map(with_offers, incident.anomalies)))

    others = tuple(map(offered, view.other_incidents))
    return msgspec.structs.replace(view, incident=offered(view.incident), other_incidents=others)
