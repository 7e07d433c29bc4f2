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
from console.domain.circumstances import Circumstances
from console.domain.model import WorkloadFinding
from console.domain.shared_incident import FEWEST_MODELS, SharedIncident
from console.domain.snapshot import ModelView
from console.history.store import HistoryStore
from console.history.view import History
from console.playbooks.library import Playbooks
from console.settings.settings import Settings

if TYPE_CHECKING:
    from console.detect.baseline.fleet import FleetBaselines
    from console.engine.explaining import Explainer
    from console.transport.kubernetes import KubernetesTransport

_SOURCE_OF_METRICS = "prometheus"
_FLEET_WIDE = "fleet-wide: "
_OF_LOGS = frozenset({AnomalyKind.PREDICTION_DRIFT, AnomalyKind.MODEL_QUALITY})


class FleetJudge:
    """Judges a fleet.

    `store` is where older points are read from, `transport` where workloads are found; `explainer` tells causes.
    """

    def __init__(
        self,
        settings: Settings,
        library: Playbooks,
        store: HistoryStore | None,
        transport: "KubernetesTransport | None",
        explainer: "Explainer",
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
    ) -> tuple[tuple[ModelView, ...], tuple[SharedIncident, ...]]:
        """Return the views of the fleet, worst first, and what broke at many models at once.

        The cluster is asked about the present only.

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
        broken, around = await self._explainer.explained(broken, history, stale)
        told = tuple(_with_causes_of_logs(view) for view in broken)
        shared = await self._shared(told, around, history.at)
        return tuple(with_playbooks(view, self._library, history.at, alerts, shared) for view in told), shared

    async def _shared(
        self, views: Sequence[ModelView], around: Mapping[str, Circumstances], at: float
    ) -> tuple[SharedIncident, ...]:
        if sum(bool(view.standing) for view in views) < FEWEST_MODELS:
            return ()
        from console.detect.shared import shared_incidents, what_they_share  # most fleets have no such incident

        on_nodes = await self._explainer.models_on_shared_nodes(around, at)
        return shared_incidents(views, what_they_share(views, around, on_nodes), _SOURCE_OF_METRICS)

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
        return await self._store.look_back(history, wanted) if self._store is not None else None

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
    if view.incident is None or all(anomaly.causes or anomaly.kind not in _OF_LOGS for anomaly in view.anomalies):
        return view
    from console.detect.causes.logged import explain_logged

    def told(incident: Incident) -> Incident:
        return msgspec.structs.replace(incident, anomalies=explain_logged(incident.anomalies, view.changes))

    others = tuple(map(told, view.other_incidents))
    return msgspec.structs.replace(view, incident=told(view.incident), other_incidents=others)


def with_playbooks(
    view: ModelView, library: Playbooks, at: float, alerts: Iterable[Alert], shared: Iterable[SharedIncident] = ()
) -> ModelView:
    """Return a view whose anomalies offer the playbooks that fit them, best first.

    Those that belong to an incident of many models (`shared`) say so first, and are offered what is for many.
    """
    if view.incident is None:
        return view
    from console.playbooks.match import offers  # a healthy fleet is offered nothing

    told = tuple(alerts)
    mine = next((each for each in shared if view.model.id in each.model_ids), None)

    def with_offers(anomaly: Anomaly) -> Anomaly:
        if anomaly.is_over:
            return anomaly
        is_shared = mine is not None and mine.holds(anomaly)
        offered = offers(library, view, anomaly, at=at, alerts=told, is_fleet_wide=is_shared)
        facts = [fact for fact in anomaly.evidence if not fact.startswith(_FLEET_WIDE)]  # of a refresh before
        if mine is not None and is_shared:
            facts.insert(0, _FLEET_WIDE + mine.summary)
        return msgspec.structs.replace(anomaly, playbooks=offered, evidence=tuple(facts))

    def offered(incident: Incident) -> Incident:
        return msgspec.structs.replace(incident, anomalies=tuple(map(with_offers, incident.anomalies)))

    others = tuple(map(offered, view.other_incidents))
    return msgspec.structs.replace(view, incident=offered(view.incident), other_incidents=others)
