"""The past of all models of a log: hours that can change no more are counted once, the rest at every refresh."""

import asyncio
from collections.abc import Mapping

import msgspec

from console.domain.bins import Reference
from console.domain.model import identify
from console.domain.moments import floor_to_step
from console.domain.series import Grid
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.hours import Hour, Layout
from console.history.predictions.kept_hours import KeptHours
from console.history.predictions.past import HOUR, PredictionPast
from console.history.predictions.reference_choice import WEEK, YOUNG, ReferenceChoice, choose_reference
from console.history.predictions.references import BEING_MADE, References
from console.settings.predictions import PredictionStore
from console.sources.predictions.counting import count
from console.sources.predictions.group_counts import EARLIEST
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.versions import LoggedVersion, find_versions
from console.transport.sql import SqlStore

FIRST_PART = 86_400.0
"""So many seconds of history are asked for first, the newest; more at once where the store is quick."""
KEPT_BEFORE = 7 * 86_400.0
"""So many seconds before the history hours stay in memory, for who looks back; older ones would pile up for ever."""
REFERENCES_AT_ONCE = 20
"""Models whose references are made together first; more at once where the store is quick."""
_FASTEST_GROWTH = 16
"""So many times as much is asked for next at most: the time that a part takes is foretold from the one before it."""
PATIENCE = 10.0
"""After so many seconds (by the event loop) a load leaves what is missing of the history to the next one."""
_FOR_REFERENCES = 0.5
"""After this part of its patience a load leaves references that are missing to the next one."""


class _Known(msgspec.Struct):
    """What is known of one model: hours that can change no more, by start."""

    choice: ReferenceChoice | None
    layout: Layout
    kept: KeptHours
    hours: dict[float, Hour]


class PredictionReader:
    """Counts the predictions of one store; use it in one event loop."""

    def __init__(
        self,
        store: SqlStore,
        log: PredictionLog,
        settings: PredictionStore,
        *,
        environment: Mapping[str, str] | None = None,
        cache: AnswerCache | None = None,
    ) -> None:
        self._references = References(store, log, settings, environment=environment or {}, cache=cache)
        self._cache = cache
        self._store = store
        self._log = log
        self._settings = settings
        self._versions: dict[str, dict[str, LoggedVersion]] = {}
        """By model and version."""
        self._looked: tuple[float, float] | None = None
        self._known: dict[str, _Known] = {}
        self._part = FIRST_PART
        self._references_at_once = REFERENCES_AT_ONCE

    async def load(self, at: float, *, patience: float = PATIENCE) -> tuple[PredictionPast, ...]:
        """Return the past of every model that has rows before an instant (UTC seconds), by name.

        Hours are told that are not known yet: the first load of a long history ends after `patience` seconds. Models
        whose references are not made by then have one without bins that says so.

        Raises:
            SourceError: The store gave no answer.
        """
        now = asyncio.get_running_loop().time()
        until = now + patience
        oldest = floor_to_step(at - self._settings.history, HOUR)
        closed = max(oldest, floor_to_step(at - self._settings.lateness, HOUR))
        await self._find_models(min(oldest, self._first_told(at)), closed, at)
        models = await self._models(oldest, at, until=now + _FOR_REFERENCES * patience)
        asked = asyncio.get_running_loop().time()
        open_hours = await self._count(models, closed, at)
        least = asyncio.get_running_loop().time() - asked
        made = {name: known for name, known in models.items() if known.layout.reference is not BEING_MADE}
        await self._learn_history(made, oldest, closed, until=until, least=least, most=patience / 4)
        for known in models.values():
            known.kept.forget(known.hours, oldest - KEPT_BEFORE)
        if self._cache is not None:
            self._cache.tidy()
        grid = Grid(oldest, HOUR, round((floor_to_step(at, HOUR) - oldest) / HOUR) + 1)
        named = {model.name.raw: model for model in identify((name, {}) for name in models)}
        types = {column.name: column.type_name for column in self._log.columns}
        pasts = []
        for name, known in models.items():
            tail: dict[float, Hour] = {start: {} for start in _hours(closed, grid.end + HOUR)}
            tail |= open_hours.get(name, {})
            versions = [version.version for version in _by_appearance(self._versions[name])]
            pasts.append(known.layout.past(named[name], at, grid, known.hours | tail, versions, types))
        return tuple(pasts)

    def reference_window(self, model: str) -> tuple[float, float] | None:
        """Return from when to when (UTC seconds) the rows of a model's reference were predicted, by its raw name.

        None where they are those of another table, or nobody knows the model.
        """
        known = self._known.get(model)
        choice = known.choice if known is not None else None
        return (choice.start, choice.end) if choice is not None and choice.data is None else None

    def _first_told(self, at: float) -> float:
        """Return since when (UTC seconds) versions are looked for, so that their first row does not move with `at`.

        A week more tells a log that is not young from one, also where some days of it are missing.
        """
        if any(
            rule.reference is not None and rule.reference.version_days is not None for rule in self._settings.models
        ):
            return EARLIEST
        return floor_to_step(at - YOUNG - WEEK, HOUR)

    async def _find_models(self, oldest: float, closed: float, at: float) -> None:
        """Look for models and versions: from the oldest instant on at first, later where rows may have come since."""
        if self._looked is not None and self._looked[0] <= oldest and closed <= self._looked[1]:
            start = closed
        else:
            start = oldest
        for found in await find_versions(self._store, self._log, start, at):
            of_model = self._versions.setdefault(found.model, {})
            if (before := of_model.get(found.version)) is not None and before.first < found.first:
                found = msgspec.structs.replace(found, first=before.first)
            of_model[found.version] = found
        self._looked = (min(oldest, self._looked[0]) if self._looked and start == closed else oldest, at)

    async def _models(self, oldest: float, at: float, *, until: float) -> dict[str, _Known]:
        """Return what is known of each model of the history in the bins of the reference that it has at an instant.

        References are made `until` a moment (by the event loop), some at least.
        """
        choices: dict[str, ReferenceChoice | None] = {}
        for name, versions in sorted(self._versions.items()):
            if not any(each.first < at and each.last >= oldest for each in versions.values()):
                continue
            choice = choose_reference(self._settings.rule_for(name).reference, _by_appearance(versions), at)
            if choice is not None:
                choice = await self._references.identified(choice, at)
            choices[name] = choice
        unknown = {name: choice for name, choice in choices.items() if not self._is_known(name, choice)}
        await self._learn_references(unknown, until=until)
        return {
            name: self._known[name] if self._is_known(name, choice) else self._knowing(name, choice, BEING_MADE)
            for name, choice in choices.items()
        }

    async def _learn_references(self, wanted: Mapping[str, ReferenceChoice | None], *, until: float) -> None:
        """Make references `until` a moment (by the event loop), some at least, in batches as large as is quick."""
        missing = list(wanted)
        while missing:
            asked = asyncio.get_running_loop().time()
            some, missing = missing[: self._references_at_once], missing[self._references_at_once :]
            for name, reference in (await self._references.make_several({name: wanted[name] for name in some})).items():
                self._known[name] = self._knowing(name, wanted[name], reference)
            now = asyncio.get_running_loop().time()
            if now >= until:
                return
            may_take = min(
                (until - now) / 2, self._settings.timeout / 8
            )  # no question of a batch may miss its deadline
            growth = min(may_take / max(now - asked, 1e-3), _FASTEST_GROWTH / 4)
            self._references_at_once = max(REFERENCES_AT_ONCE, int(len(some) * growth))

    def _is_known(self, model: str, choice: ReferenceChoice | None) -> bool:
        return model in self._known and self._known[model].choice == choice

    def _knowing(self, model: str, choice: ReferenceChoice | None, reference: Reference) -> _Known:
        """Return what is known of a model of which nothing was counted."""
        layout = Layout(reference, self._log)
        return _Known(choice, layout, KeptHours(self._cache, self._store.shown, model, layout), {})

    async def _learn_history(
        self, models: Mapping[str, _Known], oldest: float, end: float, *, until: float, least: float, most: float
    ) -> None:
        """Count what is missing from `oldest` to `end`, the newest first, as far as it goes `until` a moment.

        A question of hardly any rows takes about `least` seconds; those of a part are to take `most` seconds more.
        """
        firsts = (version.first for versions in self._versions.values() for version in versions.values())
        first_row = min(firsts, default=end)
        for known in models.values():
            known.hours |= {hour: {} for hour in _hours(oldest, first_row)[:-1]}
        while end > oldest and (asked := asyncio.get_running_loop().time()) < until:
            start = max(oldest, end - self._part)
            if await self._learn(models, start, end):
                took = asyncio.get_running_loop().time() - asked
                growth = most / max(took - least, took / _FASTEST_GROWTH, 1e-3)
                wanted = self._part * min(growth, _FASTEST_GROWTH)
                self._part = max(FIRST_PART, floor_to_step(wanted, FIRST_PART))
            end = start

    async def _learn(self, models: Mapping[str, _Known], start: float, end: float) -> bool:
        """Count hours that can change no more, of the models that do not know them all; return whether any had to."""
        hours = _hours(start, end)
        for known in models.values():
            known.hours |= known.kept.load(start, end)
        missing = {name: known for name, known in models.items() if any(hour not in known.hours for hour in hours)}
        if not missing:
            return False
        hours = [hour for hour in hours if any(hour not in known.hours for known in missing.values())]
        start, end = hours[0], hours[-1] + HOUR
        found = await self._count(missing, start, end)
        for name, known in missing.items():
            known.hours |= {hour: {} for hour in hours} | found.get(name, {})
            known.kept.keep(known.hours, start, end)
        return True

    async def _count(self, models: Mapping[str, _Known], start: float, end: float) -> dict[str, dict[float, Hour]]:
        if not models or start >= end:
            return {}
        references = {name: known.layout.reference for name, known in models.items()}
        found = await count(self._store, self._log, references, start=start, end=end)
        return {name: models[name].layout.hours(groups) for name, groups in found.items()}


def _by_appearance(versions: Mapping[str, LoggedVersion]) -> list[LoggedVersion]:
    return sorted(versions.values(), key=lambda version: (version.first, version.version))


def _hours(start: float, end: float) -> list[float]:
    """Return the starts of the hours that a window touches."""
    first = floor_to_step(start, HOUR)
    return [first + HOUR * index for index in range(max(0, -int(-(end - first) // HOUR)))]
