"""From the columns of a store to those of the log, as one lazy expression."""

from collections.abc import Collection
from typing import TYPE_CHECKING

import msgspec

from console.sources.predictions.clock import as_utc, is_between
from console.sources.predictions.conventions import Part, split_unit
from console.sources.predictions.cutoff import LabelledBy, had_come, last_label
from console.sources.predictions.inference import Assigned, Inferred
from console.sources.predictions.labels import LabelTable, origin_of
from console.sources.predictions.log import (
    ALWAYS_THERE,
    ERROR,
    FEATURE,
    ID,
    LABEL,
    LABEL_TIME,
    LATENCY,
    MODEL,
    PREDICTION,
    SCORE,
    SCORE_OF_CLASS,
    TIMESTAMP,
    VERSION,
    LoggedColumn,
    Origin,
    PredictionLog,
)
from console.sources.predictions.values import (
    as_text,
    failed,
    family_of,
    kind_of,
    label,
    latency_seconds,
    watched,
)

if TYPE_CHECKING:
    import ibis

_LONGEST_NAME = 60
"""PostgreSQL cuts names after 63 bytes, and two may then be the same."""


class Reading(msgspec.Struct, frozen=True):
    """How times and latencies of a table are read: the engine, the zone and the units of numbers."""

    engine: str
    zone: str | None = None
    timestamp_unit: str = "s"
    label_time_unit: str = "s"
    latency_unit: str | None = None


class Projection:
    """The expression behind a log: `base` is the table of the store, `model_name` that of rows that name no model."""

    def __init__(
        self,
        base: "ibis.Table",
        inferred: Inferred,
        reading: Reading,
        *,
        model_name: str,
        labels: LabelTable | None,
    ) -> None:
        self._base = base
        self._inferred = inferred
        self._reading = reading
        self._model_name = model_name
        self._labels = labels
        self._origins: dict[str, Origin] = {}
        self._columns: dict[str, ibis.Value] = {}
        self._used: set[str] = set()

    def log(self) -> PredictionLog:
        """Return the log."""
        parts = self._inferred.parts
        self._add_parts()
        prediction = parts.get(Part.PREDICTION)
        watched_prediction = self._watch(PREDICTION, PREDICTION, prediction) if prediction else None
        scores = [
            self._watch(name or SCORE, SCORE_OF_CLASS + name if name else SCORE, score)
            for name, score in self._inferred.scores.items()
        ]
        features = [
            self._watch(name, FEATURE + name, Assigned(column)) for name, column in self._inferred.features.items()
        ]
        has_label = Part.LABEL in parts or self._labels is not None
        has_label_time = self._labels.has_time if self._labels else Part.LABEL_TIME in parts and has_label
        return PredictionLog(
            table=self._labelled(self._rows(self._base), None),
            features=tuple(features),
            prediction=watched_prediction,
            scores=tuple(scores),
            has_id=Part.ID in parts,
            has_latency=Part.LATENCY in parts,
            has_error=Part.ERROR in parts,
            has_label=has_label,
            has_label_time=has_label_time,
            is_feedback=self._labels.is_feedback if self._labels else has_label and self._inferred.is_feedback,
            skipped=self._inferred.skipped,
            model_name=self._model_name,
            notes=tuple(self._inferred.notes),
            mistakes=tuple(self._inferred.mistakes),
            origins=self._origins | (self._labels.origins if self._labels else {}),
            unlabelled=self._rows(self._base),
            given_labels=self._labels.given if self._labels else None,
            rows_between=self._between,
            labelled_rows_between=lambda start, end, by: self._labelled(self._between(start, end), by, start),
        )

    def _add_parts(self) -> None:
        import ibis

        reading, parts = self._reading, self._inferred.parts
        if (at := self._value(TIMESTAMP, parts.get(Part.TIMESTAMP), reading.timestamp_unit)) is not None:
            self._columns[TIMESTAMP] = as_utc(at, engine=reading.engine, zone=reading.zone, unit=reading.timestamp_unit)
        else:
            self._columns[TIMESTAMP] = ibis.null("timestamp")
        for name, part, default in ((MODEL, Part.MODEL, self._model_name), (VERSION, Part.VERSION, "")):
            value = self._value(name, parts.get(part))
            self._columns[name] = ibis.literal(default) if value is None else ibis.coalesce(as_text(value), default)
        if (value := self._value(ID, parts.get(Part.ID))) is not None:
            self._columns[ID] = as_text(value)
        latency = parts.get(Part.LATENCY)
        unit = reading.latency_unit or (latency and split_unit(latency.column.inner).unit) or "s"
        if (value := self._value(LATENCY, latency, unit)) is not None:
            self._columns[LATENCY] = latency_seconds(value, unit)
        error = parts.get(Part.ERROR)
        if error is not None and (value := self._value(ERROR, error)) is not None:
            self._columns[ERROR] = failed(value, error.column.inner)
        if self._labels is None and (value := self._value(LABEL, parts.get(Part.LABEL))) is not None:
            self._columns[LABEL] = label(value, is_feedback=self._inferred.is_feedback)
            if (value := self._value(LABEL_TIME, parts.get(Part.LABEL_TIME), reading.label_time_unit)) is not None:
                self._columns[LABEL_TIME] = as_utc(
                    value, engine=reading.engine, zone=reading.zone, unit=reading.label_time_unit
                )
        self._used.update(self._columns)

    def _value(self, name: str, assigned: Assigned | None, unit: str = "") -> "ibis.Value | None":
        if assigned is None:
            return None
        self._origins[name] = origin_of(assigned, unit)
        return assigned.column.of(self._base)

    def _watch(self, name: str, column: str, assigned: Assigned) -> LoggedColumn:
        """Add a column whose distribution is watched; its name in the log is its own in any case of letters."""
        column = self._unused(column)
        value = self._value(column, assigned)
        assert value is not None  # noqa: S101  # it is assigned
        self._columns[column] = watched(value)
        kind = assigned.column.kind
        return LoggedColumn(name, column, kind_of(kind), family_of(kind))

    def _unused(self, column: str) -> str:
        number, wanted = 1, column
        if len(column.encode()) > _LONGEST_NAME:
            wanted = column = column.encode()[: _LONGEST_NAME - 8].decode(errors="ignore")
        while column.casefold() in self._used:
            number += 1
            column = f"{wanted}~{number}"
        self._used.add(column.casefold())
        return column

    def _rows(self, base: "ibis.Table", columns: Collection[str] | None = None) -> "ibis.Table":
        if columns is None:
            return base.select(**self._columns)
        needed = ALWAYS_THERE.union(columns)
        return base.select(**{name: value for name, value in self._columns.items() if name in needed})

    def _between(self, start: float, end: float, columns: Collection[str] | None = None) -> "ibis.Table":
        if (timestamp := self._inferred.parts.get(Part.TIMESTAMP)) is None:
            return self._rows(self._base, columns)
        reading, time = self._reading, timestamp.column.of(self._base)
        is_in = is_between(time, start, end, engine=reading.engine, zone=reading.zone, unit=reading.timestamp_unit)
        return self._rows(self._base.filter(is_in), columns)

    def _labelled(self, rows: "ibis.Table", labelled_by: LabelledBy | None, start: float | None = None) -> "ibis.Table":
        if self._labels is not None:
            return self._labels.joined(rows, labelled_by, start)
        if labelled_by is not None and LABEL in self._columns and LABEL_TIME in self._columns:
            return _without_later_labels(rows, labelled_by)
        return rows


def _without_later_labels(rows: "ibis.Table", labelled_by: LabelledBy) -> "ibis.Table":
    import ibis

    known = had_come(rows[LABEL_TIME], last_label(labelled_by, rows[TIMESTAMP]))
    return rows.mutate(
        **{name: ibis.ifelse(known, rows[name], ibis.null(rows[name].type())) for name in (LABEL, LABEL_TIME)}
    )
