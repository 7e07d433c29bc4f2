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
from console.sources.predictions.thresholds import Scale, beyond, scale_of, thresholds_of

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
    """One column (`column` in the log) with its bins: what is asked of it, and what the answer means.

    `prepare` returns what the sums read, computed once a row; `sums` takes the names of these as columns, and returns
    the sums in SQL, `width` of them. `counts` takes rows by group, and sums by group and place, and returns counts by
    group and code.
    """

    name: str
    column: str
    width: int

    @abstractmethod
    def prepare(self, table: "ibis.Table") -> "Values":
        """Return what the sums read."""

    @abstractmethod
    def sums(self, columns: Sequence[str]) -> list[str]:
        """Return the sums."""

    @abstractmethod
    def counts(self, rows: "Counts", sums: "Counts") -> "Counts":
        """Return counts by group and code."""


class Thresholds(Measure):
    """How many numbers of a column lie above each threshold; `scale` makes the integers of them that these are.

    `whole` says that the column holds integers as it is.
    """

    def __init__(
        self, name: str, column: str, thresholds: Sequence[int], *, scale: Scale, whole: bool, engine: str
    ) -> None:
        self.name = name
        self.column = column
        self.width = 1 + len(thresholds)
        self.scale = scale
        self.number = Number(column, whole=whole, engine=engine)
        self.limits = self.number.limits(thresholds, scale)

    def prepare(self, table: "ibis.Table") -> "Values":
        """Return the column without NaN."""
        return [self.number.of(table, math.ldexp(1.0, self.scale.shift), self.scale.bits)]

    def sums(self, columns: Sequence[str]) -> list[str]:
        """Return how many numbers there are, and how many lie above each threshold."""
        (number,) = columns
        literals = [str(limit) if isinstance(limit, int) else f"CAST({limit!r} AS DOUBLE)" for limit in self.limits]
        return sums_above(number, literals, self.number.engine)

    def counts(self, rows: "Counts", sums: "Counts") -> "Counts":
        """Return counts of null, below, each range, and above."""
        return numpy.column_stack([rows - sums[:, 0], sums[:, :-1] - sums[:, 1:], sums[:, -1]])


class Number:
    """A column of numbers as an engine compares it; `whole` says that it holds integers as it is."""

    def __init__(self, column: str, *, whole: bool, engine: str) -> None:
        self.engine = engine
        self._column = column
        self._whole = whole
        self._is_scaled = engine in FAST_INTEGERS and not whole
        self.zero: float = 0 if whole or self._is_scaled else 0.0

    def of(self, table: "ibis.Table", factor: "float | ibis.Value", bits: int) -> "ibis.Value":
        """Return the column without NaN; where it becomes integers of so many bits, times a factor."""
        if self._whole:
            return table[self._column]
        number = table[self._column].cast("float64")
        return _as_integer(number, factor, bits) if self._is_scaled else number.isnan().ifelse(None, number)

    def limits(self, thresholds: Sequence[int], scale: Scale) -> Sequence[int] | Sequence[float]:
        """Return what the column is compared with: it is above a limit where its integer is above the threshold."""
        if self._is_scaled:
            return thresholds
        limits = [scale.last_of(threshold) for threshold in thresholds]
        return [math.floor(limit) for limit in limits] if self._whole else limits


class Truths(Measure):
    """How many rows of a column of booleans are true."""

    def __init__(self, column: str, engine: str) -> None:
        self.name = column
        self.column = column
        self.width = 1
        self._engine = engine

    def prepare(self, table: "ibis.Table") -> "Values":
        """Return the column."""
        return [table[self.column]]

    def sums(self, columns: Sequence[str]) -> list[str]:
        """Return the number of rows that are true."""
        return [rows_where(columns[0], self._engine)]

    def counts(self, rows: "Counts", sums: "Counts") -> "Counts":
        """Return the same number: it has one code."""
        return sums


class Categories(Measure):
    """How many rows have each of the values of a column."""

    def __init__(self, name: str, column: str, bins: Bins, *, engine: str) -> None:
        self.name = name
        self.width = 1 + len(bins.categories) + bool(bins.rare)
        self.column = column
        self.categories = bins.categories
        self.rare = bins.rare
        self.engine = engine
        self._tells_new = bool(bins.rare) or (bool(bins.reference) and bins.reference[-2] == 0)

    def values(self, table: "ibis.Table") -> "ibis.Value":
        """Return the column as text."""
        return table[self.column].cast("string")

    def prepare(self, table: "ibis.Table") -> "Values":
        """Return the values, and the place of each among the known ones: from 1, 0 where it is not known."""
        values = self.values(table)
        known = (*self.categories, *self.rare)
        if self.engine in FAST_INTEGERS and 0 < len(known) <= MOST_LOOKED_UP:
            return [values, _place_in(known, values)]
        return [values, _place_by_cases(self.categories, self.rare, values)]

    def sums(self, columns: Sequence[str]) -> list[str]:
        """Return how many values there are, how many of each category, and how many of the rare ones."""
        values, place = columns
        return sums_at(values, place, len(self.categories), bool(self.rare), self.engine)

    def counts(self, rows: "Counts", sums: "Counts") -> "Counts":
        """Return counts of null, each category, "other", and values that are new."""
        present, last = sums[:, 0], len(self.categories)
        named, rare = sums[:, 1 : last + 1], sums[:, last + 1 :].sum(axis=1)
        left = present - named.sum(axis=1)
        if not self._tells_new:
            rare = left
        return numpy.column_stack([rows - present, named, rare, left - rare])


def measure_of(column: LoggedColumn, bins: Bins, table: "ibis.Table", engine: str) -> Measure | None:
    """Return how a column of a log is counted by bins, None where it has become of another kind than they are for."""
    if column.kind is not bins.kind or column.column not in table.columns:
        return None
    if bins.kind is ColumnKind.CATEGORY:
        return Categories(column.name, column.column, bins, engine=engine)
    whole = table[column.column].type().is_signed_integer()
    scale = scale_of(bins)
    return Thresholds(column.name, column.column, thresholds_of(bins), scale=scale, whole=whole, engine=engine)


def sums_above(number: str, limits: Sequence[str], engine: str) -> list[str]:
    """Return the sums of a column of numbers: how many there are, and how many lie above each limit."""
    return [f"COUNT({number})", *(rows_where(f"{number} > {limit}", engine) for limit in limits)]


def sums_at(values: str, place: str, last: int, has_rare: bool, engine: str) -> list[str]:
    """Return the sums of a column of categories: how many values there are, how many at each place, and beyond."""
    sums = [f"COUNT({values})", *(rows_where(f"{place} = {code}", engine) for code in range(1, last + 1))]
    return [*sums, rows_where(f"{place} > {last}", engine)] if has_rare else sums


def rows_where(condition: str, engine: str) -> str:
    """Return the number of rows that a condition holds for."""
    # DuckDB sums truths as they are; integers it would make of them first.
    return f"SUM({condition})" if engine == "duckdb" else f"SUM(CASE WHEN {condition} THEN 1 ELSE 0 END)"


def _as_integer(number: "ibis.Value", factor: "float | ibis.Value", bits: int) -> "ibis.Value":
    """Return a float times a power of two as an integer: NULL for NaN, far out where it does not fit (infinities)."""
    import ibis

    fits = (number * factor).try_cast(f"int{bits}")
    unfit = ibis.cases((number.isnan(), None), (number > 0, beyond(bits)), (number <= 0, -beyond(bits)))
    return ibis.coalesce(fits, unfit)


def _place_in(known: Sequence[str], values: "ibis.Value") -> "ibis.Value":
    """Return the place of each value in a list, from 1, and 0 where it is not in it.

    As a plain column of small integers: places that stay behind a dictionary take half as long again to compare.
    """
    import ibis

    from console.sources.predictions.duckdb_functions import place_in

    place = place_in(ibis.array(list(known)), values).cast("int16")
    return ibis.coalesce(place, ibis.literal(0, "int16"))


def _place_by_cases(categories: Sequence[str], rare: Sequence[str], values: "ibis.Value") -> "ibis.Value":
    """Return the place of each value among categories, from 1, the one after them for rare values, and 0 for others."""
    import ibis

    places = [(values == category, place) for place, category in enumerate(categories, start=1)]
    if rare:
        places.append((values.isin(rare), len(categories) + 1))
    return ibis.cases(*places, else_=0) if places else ibis.literal(0)
