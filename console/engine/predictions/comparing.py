"""One window of one model against a reference of choice, read on its own: what `drift` prints."""

from collections.abc import Callable, Mapping, Sequence

import msgspec
import numpy

from console.detect.drift.compare import compare
from console.domain.bins import Reference
from console.domain.drift import DriftView, NotComparable
from console.domain.label import harmless
from console.domain.moments import in_words
from console.history.predictions.reference_choice import ReferenceChoice, choose_reference
from console.settings.nearest import did_you_mean
from console.settings.predictions import PredictionStore, ReferenceSettings, StoreAddress
from console.settings.settings import Settings
from console.sources.predictions.counting import EARLIEST, count_queries
from console.sources.predictions.log import MODEL, PredictionLog
from console.sources.predictions.mapping import LogMapper
from console.sources.predictions.reference import EmptyReference, make_reference
from console.sources.predictions.versions import LoggedVersion, find_versions
from console.transport.sql import SqlStore, open_store


class WindowComparison:
    """Compares windows; every call opens the stores that it needs, and closes them again."""

    def __init__(self, environment: Mapping[str, str], clock: Callable[[], float]) -> None:
        self._environment = environment
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
            async with self._open(store_settings.address, store_settings) as store:
                log = await LogMapper(store, store_settings).load()
                versions = await find_versions(store, log, EARLIEST, end)
                own = [version for version in versions if version.model == model]
                if own:
                    wanted = against or store_settings.rule_for(model).reference
                    reference = await self._reference(store, log, store_settings, own, wanted, end - window)
                    return await _compared(store, log, reference, own, end - window, end)
                names.update(version.model for version in versions)
        raise NotComparable(_no_such_model(model, names))

    def _open(self, address: StoreAddress, settings: PredictionStore) -> SqlStore:
        return open_store(
            address, environment=self._environment, timeout=settings.timeout, most_rows=settings.most_rows
        )

    async def _reference(
        self,
        store: SqlStore,
        log: PredictionLog,
        settings: PredictionStore,
        versions: Sequence[LoggedVersion],
        wanted: ReferenceSettings | None,
        before: float,
    ) -> Reference:
        """Return what the window is measured against; all of it but a data set lies before the window."""
        model = versions[0].model
        choice = choose_reference(wanted, versions, before)
        if choice is None:
            age = in_words(max(0.0, before - versions[0].first))
            raise NotComparable(
                f"{harmless(model)} has nothing to be compared with: {age} were logged before the window;"
                " name a data set or a shorter window with --against"
            )
        if choice.data is None:
            return await _made(store, log, choice, model)
        async with self._open(choice.data, settings) as data:
            of_data = msgspec.structs.replace(settings, address=choice.data, labels=None)
            training = await LogMapper(data, of_data).load(needs_time=False)
            return await _made(data, training, choice, model if MODEL in training.origins else None)


async def _made(store: SqlStore, log: PredictionLog, choice: ReferenceChoice, model: str | None) -> Reference:
    rows = {} if choice.data is not None else {"start": choice.start, "end": choice.end}
    try:
        return await make_reference(
            store, log, said=choice.said, fingerprint="", model=model, version=choice.version, **rows
        )
    except EmptyReference as error:
        raise NotComparable(error.detail) from None


async def _compared(
    store: SqlStore,
    log: PredictionLog,
    reference: Reference,
    versions: Sequence[LoggedVersion],
    start: float,
    end: float,
) -> DriftView:
    model = versions[0].model
    rows, counts = 0, {name: numpy.zeros(bins.count, dtype=numpy.int64) for name, bins in reference.bins.items()}
    for number, query in enumerate(
        count_queries(log, {model: reference}, engine=store.engine, start=start, end=end, by_hour=False)
    ):
        for counted in query.read(await store.read(query.expression)):
            rows += int(counted.rows.sum()) if number == 0 else 0
            for name, of_groups in counted.counts.items():
                counts[name] += of_groups.sum(axis=0)
    types = {column.name: column.type_name for column in log.columns}
    view = compare(
        reference,
        rows,
        {name: of_column for name, of_column in counts.items() if name in types},
        model=model,
        start=start,
        end=end,
        types=types,
    )
    skipped = tuple(f"{harmless(name)} is not compared: {why}" for name, why in reference.skipped.items())
    newest = max(version.last for version in versions)
    return msgspec.structs.replace(view, newest=newest, notes=(*log.mistakes, *log.notes, *skipped))


def _no_such_model(model: str, names: set[str]) -> str:
    if not names:
        return f"no predictions of {harmless(model)} are logged, nor of any other model"
    return f"no predictions of {harmless(model)} are logged; {did_you_mean(model, map(harmless, names))}"
