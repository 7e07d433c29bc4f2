"""One window of one model against a reference of choice, read on its own: what `drift` prints."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from console.detect.drift.compare import compare
from console.detect.drift.units import needs_quantiles
from console.domain.bins import Reference
from console.domain.drift import DriftView, NotComparable
from console.domain.label import harmless
from console.domain.moments import in_words
from console.engine.predictions.slicing import with_drift_slices
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.reference_choice import choose_reference
from console.history.predictions.references import References
from console.history.predictions.slices import slice_columns
from console.history.predictions.windows import count_window
from console.settings.nearest import did_you_mean
from console.settings.predictions import PredictionStore, ReferenceSettings
from console.settings.settings import Settings
from console.sources.predictions.counting import EARLIEST
from console.sources.predictions.drawing import read_deciles
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import LogMapper
from console.sources.predictions.versions import LoggedVersion, find_versions
from console.transport.sql import SqlStore, open_store


class WindowComparison:
    """Compares windows; every call opens the stores that it needs, and closes them again."""

    def __init__(self, environment: Mapping[str, str], clock: Callable[[], float], cache: AnswerCache | None) -> None:
        self._environment = environment
        self._cache = cache
        self._clock = clock

    async def __call__(
        self, settings: Settings, model: str, against: ReferenceSettings | None, at: float | None, window: float
    ) -> DriftView:
        """Return a model over `window` seconds that end at an instant (UTC seconds, None is now).

        It is compared with `against`, else with what the settings name, else with the model's own past.

        Raises:
            NotComparable: no store logs the model, or it has nothing that it could be compared with.
            SourceError: a store does not answer, or cannot be read as a log of predictions.
        """
        end = self._clock() if at is None else at
        names: set[str] = set()
        for store_settings in settings.predictions:
            async with open_store(
                store_settings.address,
                environment=self._environment,
                timeout=store_settings.timeout,
                most_rows=store_settings.most_rows,
            ) as store:
                log = await LogMapper(store, store_settings).load()
                versions = await find_versions(store, log, EARLIEST, end)
                own = [version for version in versions if version.model == model]
                if own:
                    wanted = against or store_settings.rule_for(model).reference
                    reference, before = await self._reference(store, log, store_settings, own, wanted, end - window)
                    view = await _compared(store, log, reference, own, end - window, end)
                    columns = slice_columns(log, store_settings.rule_for(model).slices, reference)
                    return await with_drift_slices(store, log, model, reference, view, columns, before)
                names.update(version.model for version in versions)
        raise NotComparable(_no_such_model(model, names))

    async def _reference(
        self,
        store: SqlStore,
        log: PredictionLog,
        settings: PredictionStore,
        versions: Sequence[LoggedVersion],
        wanted: ReferenceSettings | None,
        before: float,
    ) -> tuple[Reference, tuple[float, float] | None]:
        """Return what the window is measured against, and where in the log that lies: before the window, or nowhere."""
        model = versions[0].model
        choice = choose_reference(wanted, versions, before)
        if choice is None:
            age = in_words(max(0.0, before - versions[0].first))
            raise NotComparable(
                f"{harmless(model)} has nothing to be compared with: {age} were logged before the window;"
                " name a data set or a shorter window with --against"
            )
        references = References(store, log, settings, environment=self._environment, cache=self._cache)
        reference = await references.make(model, await references.identified(choice, before))
        if not reference.rows:
            raise NotComparable(f"{harmless(model)} has nothing to be compared with: {reference.said}")
        return reference, None if choice.data is not None else (choice.start, choice.end)


async def _compared(
    store: SqlStore,
    log: PredictionLog,
    reference: Reference,
    versions: Sequence[LoggedVersion],
    start: float,
    end: float,
) -> DriftView:
    model = versions[0].model
    counted = await count_window(store, log, reference, model=model, start=start, end=end)
    types = {column.name: column.type_name for column in log.columns}

    def judged(quantiles: Mapping[str, tuple[float, ...]] | None) -> DriftView:
        return compare(
            reference,
            int(counted.rows.sum()),
            {name: of_groups.sum(axis=0) for name, of_groups in counted.counts.items() if name in types},
            model=model,
            start=start,
            end=end,
            types=types,
            quantiles=quantiles,
        )

    view = judged(None)
    doubtful = needs_quantiles(view, reference)
    columns = [column for column in log.columns if column.name in doubtful]
    if columns:
        rows = view.current_rows
        view = judged(await read_deciles(store, log, columns, model=model, start=start, end=end, of_rows=rows))
    skipped = tuple(f"{harmless(name)} is not compared: {why}" for name, why in reference.skipped.items())
    newest = max(version.last for version in versions)
    return msgspec.structs.replace(view, newest=newest, notes=(*log.mistakes, *log.notes, *skipped))


def _no_such_model(model: str, names: set[str]) -> str:
    if not names:
        return f"no predictions of {harmless(model)} are logged, nor of any other model"
    return f"no predictions of {harmless(model)} are logged; {did_you_mean(model, map(harmless, names))}"
