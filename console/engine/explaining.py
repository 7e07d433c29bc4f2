"""From what broke to why: circumstances are read, changes are collected, and causes are tested."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set

import msgspec

from console.detect.case import case_of
from console.domain.anomaly import Anomaly, Incident
from console.domain.circumstances import Circumstances
from console.domain.shared_incident import FEWEST_MODELS
from console.domain.snapshot import ModelView
from console.engine.circumstances import (
    MOST_MODELS,
    CircumstancesOfRefreshes,
    incident_of_metrics,
    logged_circumstances,
    onset_of_metrics,
)
from console.engine.metrics import MetricsReader
from console.history.view import History, ModelHistory
from console.settings.settings import Settings


class Explainer:
    """Explains the anomalies of a refresh; a fleet that is well costs it nothing.

    `metrics` is None where only logs tell of models. `patience` is for how many seconds a refresh waits for
    circumstances, None for as long as the server may take.
    """

    def __init__(self, settings: Settings, metrics: MetricsReader | None, patience: float | None) -> None:
        self._settings = settings
        self._circumstances = CircumstancesOfRefreshes(metrics, settings, patience) if metrics is not None else None

    async def aclose(self) -> None:
        """Let go of what is still asked."""
        if self._circumstances is not None:
            await self._circumstances.aclose()

    async def explained(
        self, views: Sequence[ModelView], history: History, stale: Set[str]
    ) -> tuple[tuple[ModelView, ...], Mapping[str, Circumstances]]:
        """Return the views, in the same order, with the causes and changes of the worst models that are broken.

        With them comes what was read around these, by id. `stale` are names and ids of models whose source is down:
        nothing more can be read of them.
        """
        if all(view.incident is None for view in views):
            return tuple(views), {}
        pasts = {past.model.id: past for past in history.models if past.model.id not in stale}
        told = [view for view in views if view.model.id in pasts]
        measured = [view for view in told if not pasts[view.model.id].from_log]
        read = await self._circumstances.of(measured, history) if self._circumstances is not None else {}
        logged = (logged_circumstances(view, pasts[view.model.id]) for view in told)
        found = {**read, **{each.model_id: each for each in logged if each is not None}}
        if not found:
            return tuple(views), {}
        return self._explained(views, pasts, found, history, is_full=len(read) >= MOST_MODELS), found

    async def models_on_shared_nodes(self, around: Mapping[str, Circumstances], at: float) -> Mapping[str, Set[str]]:
        """Return the ids of all models on each machine that several broken ones have in common, by machine."""
        nodes = Counter(
            node for each in around.values() for node in {part.node for part in each.replicas if part.node is not None}
        )
        shared = frozenset(node for node, models in nodes.items() if models >= FEWEST_MODELS)
        return await self._circumstances.models_on(shared, at) if shared and self._circumstances is not None else {}

    def _explained(
        self,
        views: Sequence[ModelView],
        pasts: Mapping[str, ModelHistory],
        found: Mapping[str, Circumstances],
        history: History,
        *,
        is_full: bool,
    ) -> tuple[ModelView, ...]:
        """Return the views, with causes where circumstances were found; all together, for they may have one cause."""
        from console.detect.causes import Broken, explain_together  # and its statistics: only where something broke
        from console.detect.changes_around import changes_around, merged

        broken: dict[str, Broken] = {}
        for view in views:
            read, incident = found.get(view.model.id), incident_of_metrics(view)
            if read is None or incident is None:
                continue
            past = pasts[view.model.id]
            case = case_of(past, history, self._settings.judgement, self._settings.models)
            changes = merged(view.changes, changes_around(read), read.grid.step)
            broken[view.model.id] = Broken(case, incident.anomalies, msgspec.structs.replace(read, changes=changes))
        explained = dict(zip(broken, explain_together(tuple(broken.values()), len(views)), strict=True))
        told = []
        for view in views:
            if view.model.id in broken:
                told.append(_with_causes(view, broken[view.model.id].circumstances, explained[view.model.id]))
            else:
                told.append(_not_looked_into(view) if is_full else view)
        return tuple(told)


def _not_looked_into(view: ModelView) -> ModelView:
    if onset_of_metrics(view) is None:
        return view
    reason = f"all around it: {MOST_MODELS} models that are worse are looked into"
    return msgspec.structs.replace(view, not_read=(reason,))


def _with_causes(view: ModelView, read: Circumstances, anomalies: tuple[Anomaly, ...]) -> ModelView:
    explained = incident_of_metrics(view)

    def told(incident: Incident) -> Incident:
        return msgspec.structs.replace(incident, anomalies=anomalies) if incident is explained else incident

    return msgspec.structs.replace(
        view,
        incident=told(view.incident) if view.incident is not None else None,
        other_incidents=tuple(map(told, view.other_incidents)),
        changes=read.changes,
        not_read=read.missing,
    )
