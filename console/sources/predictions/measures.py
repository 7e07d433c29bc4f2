"""The sums from which a column's counts by bin are made, and how they are made from them.

A column is read once, and sums of comparisons count how many rows lie above each threshold or have each value. No row
is given a code and no sum a filter: either costs several times as much.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy

from console.domain.bins import Bins, ColumnKind
from console.sources.predictions.log import LoggedColumn
from console.sources.predictions.thresholds import Scale, scale_of, thresholds_of

if TYPE_CHECKING:
    import ibis
    from numpy.typing import NDArray

    Counts: TypeAlias = NDArray[numpy.int64]
    Values: TypeAlias = Sequence[ibis.Value]

FAST_INTEGERS = frozenset({"duckdb"})
"""Engines that compare integers several times as fast as floats, and look a value up once for a whole dictionary.

The others compare what is there: the counts are the same.
"""
MOST_LOOKED_UP = 300
"""A list of more values is searched too slowly where rows have no dictionary."""


class Measure(ABC):
    """One column with its bins: what is asked of it, and what the answer means.

    `prepare` returns what the sums read, computed once a row; `sums` takes the same back, and `width` is how many there
    are. `counts` takes rows by group, and sums by group and place, and returns counts by group and code.
    """

    name: str
    width: int

    @abstractmethod
    def prepare(self, table: "ibis.Table") -> "Values":
        """Return what the sums read."""

    @abstractmethod
    def sums(self, prepared: "Values") -> "Values":
        """Return the sums."""

    @abstractmethod
    def counts(self, rows: "Counts", sums: "Counts") -> "Counts":
        """Return counts by group and code."""


class Thresholds(Measure):
    """How many numbers of a column lie above each threshold; `scale` makes integers of them.

    `whole` says that the column holds integers as it is.
    """

    def __init__(
        self, name: str, column: str, thresholds: Sequence[float], *, scale: Scale, whole: bool, fast: bool
    ) -> None:
        self.name = name
        self.width = 1 + len(thresholds)
        self._column = column
        self._whole = whole
        self._fast = fast
        self._scale = scale
        self._edges: Sequence[float] = thresholds
        if whole:
            self._edges = [math.floor(threshold) for threshold in thresholds]
        elif fast:
            self._edges = [scale.integer(threshold) for threshold in thresholds]

    def prepare(self, table: "ibis.Table") -> "Values":
        """Return the column without NaN."""
        if self._whole:
            return [table[self._column]]
        number = table[self._column].cast("float64")
        return [_as_integer(number, self._scale) if self._fast else number.isnan().ifelse(None, number)]

    def sums(self, prepared: "Values") -> "Values":
        """Return how many numbers there are, and how many lie above each threshold."""
        (number,) = prepared
        return [number.count(), *(_rows_where(number > edge, self._fast) for edge in self._edges)]

    def counts(self, rows: "Counts", sums: "Counts") -> "Counts":
        """Return counts of null, below, each range, and above."""
        return numpy.column_stack([rows - sums[:, 0], sums[:, :-1] - sums[:, 1:], sums[:, -1]])


class Truths(Measure):
    """How many rows of a column of booleans are true."""

    def __init__(self, column: str) -> None:
        self.name = column
        self.width = 1
        self._column = column

    def prepare(self, table: "ibis.Table") -> "Values":
        """Return the column."""
        return [table[self._column]]

    def sums(self, prepared: "Values") -> "Values":
        """Return the number of rows that are true."""
        return [_rows_where(prepared[0], False)]

    def counts(self, rows: "Counts", sums: "Counts") -> "Counts":
        """Return the same number: it has one code."""
        return sums


class Categories(Measure):
    """How many rows have each of the values of a column."""

    def __init__(self, name: str, column: str, bins: Bins, *, fast: bool) -> None:
        self.name = name
        self.width = 1 + len(bins.categories) + bool(bins.rare)
        self._column = column
        self._categories = bins.categories
        self._rare = bins.rare
        self._tells_new = bool(bins.rare) or (bool(bins.reference) and bins.reference[-2] == 0)
        self._looked_up = fast and 0 < len(bins.categories) + len(bins.rare) <= MOST_LOOKED_UP

    def prepare(self, table: "ibis.Table") -> "Values":
        """Return the values, and the place of each among the known ones where that is faster."""
        values = table[self._column].cast("string")
        if not self._looked_up:
            return [values]
        return [values, _place_in((*self._categories, *self._rare), values)]

    def sums(self, prepared: "Values") -> "Values":
        """Return how many values there are, how many of each category, and how many of the rare ones."""
        values = prepared[0]
        if self._looked_up:
            place, last = prepared[1], len(self._categories)
            known = [_rows_where(place == code, True) for code in range(1, last + 1)]
            return [values.count(), *known, *([_rows_where(place > last, True)] if self._rare else [])]
        named = [_rows_where(values == category, False) for category in self._categories]
        return [values.count(), *named, *([_rows_where(values.isin(self._rare), False)] if self._rare else [])]

    def counts(self, rows: "Counts", sums: "Counts") -> "Counts":
        """Return counts of null, each category, "other", and values that are new."""
        present, last = sums[:, 0], len(self._categories)
        named, rare = sums[:, 1 : last + 1], sums[:, last + 1 :].sum(axis=1)
        left = present - named.sum(axis=1)
        if not self._tells_new:
            rare = left
        return numpy.column_stack([rows - present, named, rare, left - rare])


def measure_of(column: LoggedColumn, bins: Bins, table: "ibis.Table", engine: str) -> Measure | None:
    """Return how a column of a log is counted by bins, None where it has become of another kind than they are for."""
    if column.kind is not bins.kind or column.column not in table.columns:
        return None
    fast = engine in FAST_INTEGERS
    if bins.kind is ColumnKind.CATEGORY:
        return Categories(column.name, column.column, bins, fast=fast)
    whole = table[column.column].type().is_signed_integer()
    scale = scale_of(bins)
    return Thresholds(column.name, column.column, thresholds_of(bins), scale=scale, whole=whole, fast=fast)


def _rows_where(condition: "ibis.Value", fast: bool) -> "ibis.Value":
    """Return the number of rows that a condition holds for, NULL where it is NULL for all."""
    if not fast:
        return condition.sum()
    from console.sources.predictions.duckdb_functions import sum_of_truths

    return sum_of_truths(condition)


def _as_integer(number: "ibis.Value", scale: Scale) -> "ibis.Value":
    """Return a float times a power of two, rounded up: NULL for NaN, far out where it does not fit (infinities)."""
    import ibis

    from console.sources.predictions.duckdb_functions import rounded_up

    fits = rounded_up(number * math.ldexp(1.0, scale.shift)).try_cast(f"int{scale.bits}")
    unfit = ibis.cases((number.isnan(), None), (number > 0, scale.beyond), (number <= 0, -scale.beyond))
    return ibis.coalesce(fits, unfit)


def _place_in(known: Sequence[str], values: "ibis.Value") -> "ibis.Value":
    """Return the place of each value in a list, from 1, and 0 where it is not in it.

    As a plain column, since places that stay behind a dictionary take half as long again to compare.
    """
    import ibis

    from console.sources.predictions.duckdb_functions import place_in

    return ibis.coalesce(place_in(ibis.array(list(known)), values), 0)
