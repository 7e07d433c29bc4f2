"""One window of one model against a reference of choice, read on its own: what `drift` prints."""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from console.detect.drift.compare import compare
from console.detect.drift.units import needs_quantiles
from console.domain.bins import Reference
from console.domain.drift import DriftView, NotComparable
from console.domain.label import harmless
from console.domain.moments import in_words
from console.engine.predictions.exactly import with_exact_distances
from console.engine.predictions.slicing import with_drift_slices
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.reference_choice import ReferenceChoice, choose_reference
from console.history.predictions.references import References
from console.history.predictions.slices import slice_columns
from console.history.predictions.windows import count_window
from console.settings.nearest import did_you_mean
from console.settings.predictions import ReferenceSettings
from console.settings.settings import Settings
from console.sources.predictions.drawing import read_deciles
from console.sources.predictions.group_counts import EARLIEST, GroupCounts
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import LogMapper
from console.sources.predictions.versions import LoggedVersion, find_versions
from console.transport.sql import SqlStore, open_store


class WindowComparison:
    """Compares windows; every call opens the stores that it needs, and closes them again.

    With `slices` the parts of the traffic that carry a change are looked for. With `exact`, distances of numbers that
    bins only approximate are those of the values themselves, up to 100,000 of them on either side.
    """

    def __init__(
        self,
        environment: Mapping[str, str],
        clock: Callable[[], float],
        cache: AnswerCache | None,
        *,
        exact: bool = False,
        slices: bool = False,
    ) -> None:
        self._environment = environment
        self._cache = cache
        self._clock = clock
        self._exact = exact
        self._slices = slices

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
        for of_store in settings.predictions:
            async with open_store(
                of_store.address,
                environment=self._environment,
                timeout=of_store.timeout,
                most_rows=of_store.most_rows,
            ) as store:
                log = await LogMapper(store, of_store).load()
                versions = await find_versions(store, log, EARLIEST, end)
                own = [version for version in versions if version.model == model]
                if own:
                    references = References(store, log, of_store, environment=self._environment, cache=self._cache)
                    rule = of_store.rule_for(model)
                    compared = _Compared(store, log, references, own, end - window, end)
                    slices = rule.slices if self._slices else None
                    return await compared.view(against or rule.reference, slices, exact=self._exact)
                names.update(version.model for version in versions)
        raise NotComparable(_no_such_model(model, names))


class _Compared(msgspec.Struct, frozen=True):
    """One window of the model of some versions."""

    store: SqlStore
    log: PredictionLog
    references: References
    versions: Sequence[LoggedVersion]
    start: float
    end: float

    @property
    def model(self) -> str:
        """Return the raw name."""
        return self.versions[0].model

    async def view(self, wanted: ReferenceSettings | None, slices: Sequence[str] | None, *, exact: bool) -> DriftView:
        """Return the window against a reference, by version where several served, and by slices unless they are None.

        No names of slices are those that are usual.
        """
        choice = await self._choice(wanted)
        reference = await self.references.make(self.model, choice)
        if not reference.rows:
            raise NotComparable(f"{harmless(self.model)} has nothing to be compared with: {reference.said}")
        view = await self._judged(reference)
        if exact:
            view = await with_exact_distances(view, self.store, self.log, self.references, choice)
        if slices is None:
            return view
        columns = slice_columns(self.log, slices, reference)
        before = None if choice.data is not None else (choice.start, choice.end)
        return await with_drift_slices(self.store, self.log, self.model, reference, view, columns, before)

    async def _choice(self, wanted: ReferenceSettings | None) -> ReferenceChoice:
        """Return what the window is measured against; all of it but a data set lies before the window."""
        choice = choose_reference(wanted, self.versions, self.start)
        if choice is None:
            age = in_words(max(0.0, self.start - self.versions[0].first))
            raise NotComparable(
                f"{harmless(self.model)} has nothing to be compared with: {age} were logged before the window;"
                " name a data set or a shorter window with --against"
            )
        return await self.references.identified(choice, self.start)

    async def _judged(self, reference: Reference) -> DriftView:
        counted = await count_window(self.store, self.log, reference, model=self.model, start=self.start, end=self.end)
        view = self._compare(reference, counted, None, {})
        doubtful = needs_quantiles(view, reference)
        columns = [column for column in self.log.columns if column.name in doubtful]
        if columns:
            deciles = await read_deciles(
                self.store,
                self.log,
                columns,
                model=self.model,
                start=self.start,
                end=self.end,
                of_rows=view.current_rows,
            )
            view = self._compare(reference, counted, None, deciles)
        serving = sorted(zip(counted.rows.tolist(), counted.versions, strict=True), reverse=True)
        by_version = [self._compare(reference, counted, version, {}) for rows, version in serving if rows]
        skipped = tuple(f"{harmless(name)} is not compared: {why}" for name, why in reference.skipped.items())
        return msgspec.structs.replace(
            view,
            versions=tuple(by_version) if len(by_version) > 1 else (),
            newest=max(version.last for version in self.versions),
            notes=(*self.log.mistakes, *self.log.notes, *skipped),
        )

    def _compare(
        self,
        reference: Reference,
        counted: GroupCounts,
        version: str | None,
        quantiles: Mapping[str, tuple[float, ...]],
    ) -> DriftView:
        types = {column.name: column.type_name for column in self.log.columns}
        of_version = [version in (None, each) for each in counted.versions]
        return compare(
            reference,
            int(counted.rows[of_version].sum()),
            {name: groups[of_version].sum(axis=0) for name, groups in counted.counts.items() if name in types},
            model=self.model,
            start=self.start,
            end=self.end,
            version=version,
            types=types,
            quantiles=quantiles,
        )


def _no_such_model(model: str, names: set[str]) -> str:
    if not names:
        return f"no predictions of {harmless(model)} are logged, nor of any other model"
    return f"no predictions of {harmless(model)} are logged; {did_you_mean(model, map(harmless, names))}"
