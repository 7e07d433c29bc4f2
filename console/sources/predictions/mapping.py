"""From a store of predictions to its log: what is which column is looked up in the schema, and in a few rows."""

from pathlib import PurePath
from typing import TYPE_CHECKING

from console.domain.address import without_secrets
from console.settings.predictions import FILES, ColumnSettings, LabelSettings, PredictionStore, StoreAddress
from console.settings.secrets import Secret
from console.sources.predictions.conventions import (
    TABLES_OF_LABELS,
    TABLES_OF_PREDICTIONS,
    Part,
    normalised,
)
from console.sources.predictions.inference import Inferred, infer
from console.sources.predictions.labels import LabelTable, label_table
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.projection import Projection, Reading
from console.sources.predictions.recent import RecentRows
from console.sources.predictions.sampling import Sampled, sample
from console.sources.predictions.source_column import columns_of
from console.sources.predictions.unfolding import Unfolded, unfold
from console.transport.errors import Changed, NotThere, SourceError

if TYPE_CHECKING:
    import ibis

    from console.transport.sql import SqlStore


class CannotMap(SourceError):
    """A table that cannot be read as a log of predictions; the detail says what is missing and what to write."""

    kind = "cannot_map"


class LogMapper:
    """Maps one store again and again: a schema that is the same costs one question, and no row is looked at twice."""

    def __init__(self, store: "SqlStore", settings: PredictionStore) -> None:
        self._store = store
        self._settings = settings
        self._unfolded: dict[tuple[object, ...], Unfolded] = {}
        self._sampled: dict[tuple[object, ...], Sampled] = {}

    async def load(self, *, needs_time: bool = True) -> PredictionLog:
        """Return the log as the store is now. A data set of training needs no time: its column is null without one.

        Raises:
            CannotMap: the table has no time, or none that the configuration names.
            SourceError: the store cannot be asked.
        """
        settings = self._settings
        tables = await self._tables()
        name = self._table_of_predictions(tables)
        base = await self._store.table(name)
        inferred, sampled = await self._look_at(base, settings.columns)
        if needs_time and Part.TIMESTAMP not in inferred.parts:
            raise CannotMap(_without_time(self._store.shown, inferred, base))
        labels = await self._labels(tables, name, inferred)
        timestamp = inferred.parts.get(Part.TIMESTAMP)
        reading = Reading(
            engine=self._store.engine,
            zone=_zone(settings.columns),
            timestamp_unit=sampled.unit(timestamp.column.name) if timestamp else "s",
            label_time_unit=sampled.unit(time.column.name) if (time := inferred.parts.get(Part.LABEL_TIME)) else "s",
            latency_unit=settings.columns.latency_unit,
        )
        model_name = settings.model or name or name_of_place(settings.address)
        return Projection(base, inferred, reading, model_name=model_name, labels=labels).log()

    async def _tables(self) -> tuple[str, ...]:
        """Return the names of the store's tables where that says what is which, nothing where a table is named."""
        settings = self._settings
        if settings.address.table is not None and settings.labels is not None:
            return ()
        return await self._store.tables()

    def _table_of_predictions(self, tables: tuple[str, ...]) -> str | None:
        """Return the table that is called as one of predictions is, where there are several and none is named."""
        if self._settings.address.table is not None or len(tables) < 2:
            return self._settings.address.table
        return _best_known(tables, TABLES_OF_PREDICTIONS)

    async def _look_at(self, table: "ibis.Table", settings: ColumnSettings) -> tuple[Inferred, Sampled]:
        columns = columns_of(table.schema())
        key = (settings is self._settings.columns, *((column.name, str(column.kind)) for column in columns))
        time = infer(columns, settings).parts.get(Part.TIMESTAMP)
        recent = RecentRows(self._store, table, time.column if time else None)
        if key not in self._unfolded:
            self._unfolded[key] = await unfold(recent, columns, engine=self._store.engine)
        unfolded = self._unfolded[key]
        inferred = infer(unfolded.columns, settings)
        inferred.notes.extend(unfolded.notes)
        if key not in self._sampled:
            self._sampled[key] = await sample(recent, inferred)
        sampled = self._sampled[key]
        sampled.apply_to(inferred)
        return inferred, sampled

    async def _labels(self, tables: tuple[str, ...], predictions: str | None, log: Inferred) -> LabelTable | None:
        """Return the labels of a second table: the one that is configured, else one that is called so."""
        settings = self._settings.labels
        if settings is None or (settings.address is None and settings.table is None):
            found = _best_known(tuple(table for table in tables if table != predictions), TABLES_OF_LABELS)
            if found is None or (Part.LABEL in log.parts and settings is None):
                return None
            place: str | StoreAddress = found
        else:
            place = settings.address or settings.table or ""
        if Part.ID not in log.parts:
            log.notes.append("labels stand in a second table, but predictions have no id to join them by: columns.id")
            return None
        try:
            table = await self._store.table(place)
        except NotThere as error:
            if isinstance(error, Changed):
                raise
            log.mistakes.append(f"labels: {error.detail}")
            return None
        inferred, sampled = await self._look_at(table, _columns_of_labels(settings or LabelSettings()))
        log.mistakes.extend(f"labels: {mistake}" for mistake in inferred.mistakes)
        time = inferred.parts.get(Part.LABEL_TIME)
        labels = label_table(
            table,
            inferred,
            engine=self._store.engine,
            zone=_zone(self._settings.columns),
            time_unit=sampled.unit(time.column.name) if time else "s",
        )
        if labels is None:
            missing = " and ".join(part for part in (Part.ID, Part.LABEL) if part not in inferred.parts)
            log.mistakes.append(f"labels: the table has no column for the {missing}; name it in labels")
        elif not labels.has_time:
            log.notes.append(
                "labels have no time: of several for an id the largest counts, and none is known to be late"
            )
        return labels


async def map_log(store: "SqlStore", settings: PredictionStore) -> PredictionLog:
    """Return the log of a store as it is now.

    Raises:
        CannotMap: the table has no time, or none that the configuration names.
        SourceError: the store cannot be asked.
    """
    return await LogMapper(store, settings).load()


def _zone(settings: ColumnSettings) -> str | None:
    return None if settings.time_zone == "UTC" else settings.time_zone


def _columns_of_labels(settings: LabelSettings) -> ColumnSettings:
    return ColumnSettings(id=settings.id, label=settings.label, label_time=settings.label_time)


def _best_known(tables: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    known = {normalised(table): table for table in reversed(tables)}
    return next((known[name] for name in names if name in known), None)


def name_of_place(address: StoreAddress) -> str:
    """Return what a model is called that nothing names: the last part of the path without wildcards and ending."""
    if isinstance(address.url, Secret):
        return "predictions"
    path = address.url.removeprefix(FILES)
    if "://" in path:
        path = without_secrets(path).partition("://")[2]
    for part in reversed(PurePath(path).parts):
        if part.strip("/") and not set("*?[") & set(part):
            return part.partition(".")[0] or part
    return "predictions"


def _without_time(shown: str, inferred: Inferred, table: "ibis.Table") -> str:
    told = next((mistake for mistake in inferred.mistakes if mistake.startswith("columns.timestamp")), None)
    if told is not None:
        return f"{shown}: {told}"
    some = ", ".join(list(table.columns)[:8])
    more = ", …" if len(table.columns) > 8 else ""
    return f"{shown}: no column is called like a time; name it in columns.timestamp, one of {some}{more}"
