"""Counts by group as they are read from the answer to a grouped question."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy

from console.sources.predictions.arrays import integers_of, seconds_of
from console.sources.predictions.grouped_sums import NEWEST, ROWS
from console.sources.predictions.joined_measures import NUMBER
from console.sources.predictions.log import ERROR, LATENCY, VERSION
from console.sources.predictions.measures import Measure

if TYPE_CHECKING:
    import ibis
    import pyarrow
    from numpy.typing import NDArray

    Counts: TypeAlias = NDArray[numpy.int64]

EARLIEST = 0.0
LATEST = 7_258_118_400.0
"""UTC seconds before and after all rows: 1970 and 2200."""
SECONDS_OF_HOUR = 3600
HOUR_OF_GROUP = "hour"
SLICE_OF_GROUP = "slice"


class GroupCounts(msgspec.Struct, frozen=True):
    """Rows of one model by group: a group is a version and, where asked for, an hour and a value of a slice.

    `hours` are UTC seconds (0.0 where not asked for), `slices` values as text (None for null). `newest` is the newest
    timestamp of each group (UTC seconds). `counts` are by column name, shaped (groups, codes); `latency` is shaped
    (groups, bounds + 1).
    """

    model: str
    versions: tuple[str, ...]
    hours: "NDArray[numpy.float64]"
    slices: tuple[str | None, ...]
    rows: "Counts"
    newest: "NDArray[numpy.float64]"
    counts: "dict[str, Counts]"
    errors: "Counts | None" = None
    latency: "Counts | None" = None


class Reading(msgspec.Struct, frozen=True):
    """How the counts of one column of one model are read: from the sums at some places of the answer."""

    measure: Measure
    places: Sequence[int]

    def counts(self, rows: "Counts", sums: "Counts") -> "Counts":
        """Return counts by group and code, from rows by group and all sums by group and place."""
        return self.measure.counts(rows, sums[:, self.places])


class ModelReading(msgspec.Struct, frozen=True):
    """How what is told of one model is read: how it served, by name of the column, and some of its columns."""

    model: str
    service: Mapping[str, Reading]
    columns: Sequence[Reading]


class CountQuery:
    """One question for counts of some columns, and what its answer means."""

    def __init__(self, expression: "ibis.Table", width: int, models: Sequence[ModelReading]) -> None:
        self.expression = expression
        self._width = width
        self._models = models

    def read(self, answer: "pyarrow.Table") -> tuple[GroupCounts, ...]:
        """Return the counts of an answer, by model in the order of the question."""
        groups = _Groups(answer, self._width)
        if NUMBER not in answer.column_names:
            (model,) = self._models
            return (groups.of(model, numpy.arange(answer.num_rows)),)
        numbers = integers_of(answer[NUMBER])
        order = numpy.argsort(numbers, kind="stable")
        by_model = numpy.split(order, numpy.searchsorted(numbers[order], numpy.arange(1, len(self._models))))
        return tuple(groups.of(model, places) for model, places in zip(self._models, by_model, strict=True))


class _Groups:
    """The groups of an answer of all its models."""

    def __init__(self, answer: "pyarrow.Table", width: int) -> None:
        count = answer.num_rows
        nothing = [None] * count
        self._rows = integers_of(answer[ROWS])
        self._newest = seconds_of(answer[NEWEST], EARLIEST)
        self._versions = answer[VERSION].to_pylist()
        self._slices = answer[SLICE_OF_GROUP].to_pylist() if SLICE_OF_GROUP in answer.column_names else nothing
        is_by_hour = HOUR_OF_GROUP in answer.column_names
        self._hours = _hours(answer[HOUR_OF_GROUP]) if is_by_hour else numpy.zeros(count)
        self._sums = numpy.zeros((count, width), numpy.int64)
        for place in range(width):
            self._sums[:, place] = integers_of(answer[f"s{place}"])

    def of(self, model: ModelReading, groups: "Counts") -> GroupCounts:
        """Return some groups as those of a model."""
        rows, sums = self._rows[groups], self._sums[groups]
        service = {name: reading.counts(rows, sums) for name, reading in model.service.items()}
        return GroupCounts(
            model=model.model,
            versions=tuple(self._versions[group] for group in groups),
            hours=self._hours[groups],
            slices=tuple(self._slices[group] for group in groups),
            rows=rows,
            newest=self._newest[groups],
            counts={reading.measure.name: reading.counts(rows, sums) for reading in model.columns},
            errors=service[ERROR][:, 0] if ERROR in service else None,
            latency=service[LATENCY][:, 1:] if LATENCY in service else None,
        )


def _hours(hours: "pyarrow.ChunkedArray") -> "NDArray[numpy.float64]":
    """Return from when hours are (UTC seconds), which are times or the number of those that went by since 1970."""
    if str(hours.type) != "int64":
        return seconds_of(hours, EARLIEST)
    return (integers_of(hours) * SECONDS_OF_HOUR).astype(numpy.float64)
