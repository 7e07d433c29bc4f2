"""From what broke to why: circumstances are read, changes are collected, and causes are tested."""

from collections.abc import Sequence, Set

import msgspec

from console.detect.case import Case, objective_for
from console.domain.circumstances import Circumstances
from console.domain.snapshot import ModelView
from console.engine.circumstances import CircumstancesOfRefreshes
from console.history.store import HistoryStore
from console.history.view import History, ModelHistory
from console.settings.settings import Settings


class Explainer:
    """Explains the anomalies of a refresh; a fleet that is well costs it nothing.

    `patience` is for how many seconds a refresh waits for circumstances, None for as long as the server may take.
    """

    def __init__(self, settings: Settings, store: HistoryStore, patience: float | None) -> None:
        self._settings = settings
        self._circumstances = CircumstancesOfRefreshes(store, settings, patience)

    async def aclose(self) -> None:
        """Let go of what is still asked."""
        await self._circumstances.aclose()

    async def explained(self, views: Sequence[ModelView], history: History, stale: Set[str]) -> tuple[ModelView, ...]:
        """Return the views, in the same order, with the causes and changes of the worst models that are broken.

        `stale` are names and ids of models whose source is down: nothing more can be read of them.
        """
        if all(view.incident is None for view in views):
            return tuple(views)
        pasts = {past.model.id: past for past in history.models if not past.from_log}
        told = [view for view in views if view.model.id in pasts and view.model.id not in stale]
        found = await self._circumstances.of(told, history.at)
        if not found:
            return tuple(views)
        return tuple(
            self._with_causes(view, pasts[view.model.id], found[view.model.id], history.at)
            if view.model.id in found
            else view
            for view in views
        )

    def _with_causes(self, view: ModelView, past: ModelHistory, read: Circumstances, at: float) -> ModelView:
        from console.detect.causes import explain  # and its statistics: only where something broke
        from console.detect.changes_around import changes_around, merged

        incident = view.incident
        if incident is None:
            return view
        changes = merged(view.changes, changes_around(read))
        circumstances = msgspec.structs.replace(read, changes=changes)
        case = Case(past, objective_for(past.model, self._settings.models), self._settings.judgement, at)
        anomalies = explain(case, incident.anomalies, circumstances)
        return msgspec.structs.replace(
            view,
            incident=msgspec.structs.replace(incident, anomalies=anomalies),
            changes=changes,
            not_read=circumstances.missing,
        )
