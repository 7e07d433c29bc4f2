"""References of models: made once, kept on disk, and made anew when their rows change."""

import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import msgspec
import numpy

from console.domain.bins import ColumnKind, Reference
from console.history.predictions.answer_cache import AnswerCache
from console.history.predictions.reference_choice import ReferenceChoice
from console.settings.predictions import PredictionStore, StoreAddress
from console.sources.predictions.drawing import Numbers, read_sample
from console.sources.predictions.log import MODEL, LoggedColumn, PredictionLog
from console.sources.predictions.mapping import LogMapper
from console.sources.predictions.reference import ChosenRows, EmptyReference, identify_rows, make_references
from console.transport.sql import SqlStore, open_store

NO_REFERENCE = Reference("nothing: the log is too young", 0, {}, "")
BEING_MADE = Reference("nothing: it is being made", 0, {}, "")
Draw = Callable[[LoggedColumn], Awaitable[Numbers]]
LOOKED_AT_EVERY = 3600.0
"""Seconds after which it is looked whether a data set has changed."""
_VERSION = 3
"""Of what is kept on disk; to be raised when the same reference gets other bins."""


class References:
    """Makes the references of the models of one log; `cache` is None where nothing is kept."""

    def __init__(
        self,
        store: SqlStore,
        log: PredictionLog,
        settings: PredictionStore,
        *,
        environment: Mapping[str, str],
        cache: AnswerCache | None,
    ) -> None:
        self._store = store
        self._log = log
        self._settings = settings
        self._environment = environment
        self._cache = cache
        self._identities: dict[StoreAddress, tuple[float, str]] = {}

    async def identified(self, choice: ReferenceChoice, at: float) -> ReferenceChoice:
        """Return a choice that names the rows of its data set, as they were at most an hour before an instant.

        Raises:
            SourceError: The data set cannot be read.
        """
        if choice.data is None:
            return choice
        known = self._identities.get(choice.data)
        if known is None or not 0 <= at - known[0] < LOOKED_AT_EVERY:
            async with self._open(choice.data) as store:
                stamp = await store.stamp()
                if stamp is None:
                    stamp = await identify_rows(store, await self._map(store, choice.data))
            known = self._identities[choice.data] = (at, stamp)
        return msgspec.structs.replace(choice, identity=known[1])

    async def make(self, model: str, choice: ReferenceChoice | None) -> Reference:
        """Return the reference of a model (raw name), one without bins where there are no rows to make it from.

        Raises:
            SourceError: A store gave no answer.
        """
        return (await self.make_several({model: choice}))[model]

    async def make_several(self, wanted: Mapping[str, ReferenceChoice | None]) -> dict[str, Reference]:
        """Return the references of models by raw name, as `make` does; those of the log itself are made together.

        Raises:
            SourceError: A store gave no answer.
        """
        found: dict[str, Reference] = {}
        missing: dict[str, ReferenceChoice] = {}
        earlier: dict[str, Reference] = {}
        for model, choice in wanted.items():
            if choice is None:
                found[model] = NO_REFERENCE
                continue
            kept = self._load(self._in_words(model, choice))
            if kept is not None:
                earlier[model] = kept
            if kept is not None and all(
                column.name in kept.bins or column.name in kept.skipped for column in self._log.columns
            ):
                found[model] = kept
            else:
                missing[model] = choice
        for model, made in (await self._made(missing)).items():
            asked = self._in_words(model, missing[model])
            if isinstance(made, EmptyReference):
                found[model] = msgspec.structs.replace(NO_REFERENCE, said=f"nothing: {made.detail}")
                continue
            whole = _with_gone(made, earlier[model], self._log) if model in earlier else made
            found[model] = msgspec.structs.replace(whole, fingerprint=_fingerprint(asked, whole))
            self._keep(asked, found[model])
        return found

    @asynccontextmanager
    async def drawing(self, model: str, choice: ReferenceChoice, most: int) -> AsyncIterator[Draw]:
        """Give what draws at most so many finite numbers of a column (as it is in the log) from the rows of a choice.

        Of a column that a data set does not hold it draws none.

        Raises:
            SourceError: A store gave no answer.
        """
        if choice.data is None:

            async def from_log(column: LoggedColumn) -> Numbers:
                start, end, version = choice.start, choice.end, choice.version
                return await read_sample(
                    self._store, self._log, column, most, model=model, start=start, end=end, version=version
                )

            yield from_log
            return
        async with self._open(choice.data) as store:
            log = await self._map(store, choice.data)
            held = {column.name: column for column in log.columns if column.kind is ColumnKind.NUMBER}
            only = model if MODEL in log.origins else None

            async def from_data(column: LoggedColumn) -> Numbers:
                if column.name not in held:
                    return numpy.empty(0)
                return await read_sample(store, log, held[column.name], most, model=only)

            yield from_data

    async def _made(self, wanted: Mapping[str, ReferenceChoice]) -> dict[str, Reference | EmptyReference]:
        made: dict[str, Reference | EmptyReference] = {}
        for model, choice in wanted.items():
            if choice.data is None:
                continue
            async with self._open(choice.data) as store:
                log = await self._map(store, choice.data)
                rows = ChosenRows(choice.said, model if MODEL in log.origins else None)
                made[model] = (await make_references(store, log, {model: rows}))[model]
        own = {
            model: ChosenRows(choice.said, model, choice.version, choice.start, choice.end)
            for model, choice in wanted.items()
            if choice.data is None
        }
        return made | (await make_references(self._store, self._log, own) if own else {})

    def _open(self, address: StoreAddress) -> SqlStore:
        settings = self._settings
        return open_store(
            address, environment=self._environment, timeout=settings.timeout, most_rows=settings.most_rows
        )

    async def _map(self, store: SqlStore, address: StoreAddress) -> PredictionLog:
        settings = msgspec.structs.replace(self._settings, address=address, labels=None)
        return await LogMapper(store, settings).load(needs_time=False)

    def _in_words(self, model: str, choice: ReferenceChoice) -> str:
        # Not by the columns: one that is dropped or retyped is to be measured against what it was.
        told = ("reference", _VERSION, self._store.shown, model, choice)
        return msgspec.json.encode(told, enc_hook=repr).decode()

    def _load(self, asked: str) -> Reference | None:
        if self._cache is None or (answer := self._cache.load(asked)) is None:
            return None
        try:
            return msgspec.json.decode(answer["reference"][0].as_py(), type=Reference)
        except (KeyError, IndexError, msgspec.DecodeError):
            return None  # of another version of the console: it is made anew

    def _keep(self, asked: str, made: Reference) -> None:
        if self._cache is not None:
            import pyarrow

            self._cache.keep(asked, pyarrow.table({"reference": [msgspec.json.encode(made).decode()]}))


def _with_gone(made: Reference, kept: Reference, log: PredictionLog) -> Reference:
    """Return a reference with what an earlier one of the same rows knows of columns that the log has lost since."""
    present = {column.name for column in log.columns}
    gone = {name: bins for name, bins in kept.bins.items() if name not in made.bins and name not in present}
    return msgspec.structs.replace(made, bins=made.bins | gone)


def _fingerprint(asked: str, made: Reference) -> str:
    """Return what tells references apart: late rows may give the same window other bins when it is read again."""
    bins = [(b.column, b.edges, b.low, b.high, b.categories, b.rare) for b in made.bins.values()]
    return hashlib.sha256(asked.encode() + msgspec.json.encode(bins)).hexdigest()[:16]
