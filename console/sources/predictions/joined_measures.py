"""Measures of many models at once: what the values of each model are compared with stands in tables that are joined.

A question for each model would read all rows as many times, and take a tenth of a second each to be written as SQL.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import TYPE_CHECKING

from console.sources.predictions.log import MODEL
from console.sources.predictions.measures import Categories, Measure, Thresholds, sums_above, sums_at
from console.sources.predictions.small_table import Column, small_table

if TYPE_CHECKING:
    import ibis

    from console.sources.predictions.measures import Values

NUMBER = "model_number"
"""The column of joined rows that tells their model: its place among those that are asked for."""
_NAME = "model_name"


class JoinedMeasure(ABC):
    """One column in the bins of many models; `own` are the measures of these by raw name.

    `limits` returns columns of the table of models, a value for each of `models`; `join` what rows need beside these.
    `prepare` and `sums` are as those of a measure, and `places` tells which of the sums are those of a model's own.
    """

    column: str
    width: int
    own: Mapping[str, Measure]

    @abstractmethod
    def limits(self, models: Sequence[str]) -> Mapping[str, Column]:
        """Return columns of the table of models."""

    @abstractmethod
    def join(self, rows: "ibis.Table", models: Sequence[str]) -> "ibis.Table":
        """Return rows with whatever is needed of them beside the table of models."""

    @abstractmethod
    def prepare(self, rows: "ibis.Table") -> "Values":
        """Return what the sums read, computed once a row."""

    @abstractmethod
    def sums(self, columns: Sequence[str]) -> list[str]:
        """Return the sums in SQL."""

    @abstractmethod
    def places(self, model: str) -> Sequence[int]:
        """Return where the sums of a model's own measure stand, in its order."""


class JoinedThresholds(JoinedMeasure):
    """A column of numbers that are compared with the thresholds of their models; `key` tells it from other columns."""

    def __init__(self, own: Mapping[str, Thresholds], key: str) -> None:
        self.own = self._own = own
        self.column = next(iter(own.values())).column
        self.width = max(measure.width for measure in own.values())
        self._number = next(iter(own.values())).number
        self._factor = f"factor_{key}"
        self._limits = [f"limit_{key}_{place}" for place in range(self.width - 1)]

    def limits(self, models: Sequence[str]) -> Mapping[str, Column]:
        """Return the factors that make integers of numbers, and the limits; zeros where a model has fewer."""
        shifts = [self._own[model].scale.shift if model in self._own else 0 for model in models]
        limits = [self._own[model].limits if model in self._own else () for model in models]
        by_place = zip_longest(*limits, fillvalue=self._number.zero)
        return {self._factor: [math.ldexp(1.0, shift) for shift in shifts]} | dict(
            zip(self._limits, by_place, strict=True)
        )

    def join(self, rows: "ibis.Table", models: Sequence[str]) -> "ibis.Table":
        """Return the rows as they are."""
        return rows

    def prepare(self, rows: "ibis.Table") -> "Values":
        """Return the number without NaN, and the limits of its model."""
        return [self._number.of(rows, rows[self._factor], bits=64), *(rows[limit] for limit in self._limits)]

    def sums(self, columns: Sequence[str]) -> list[str]:
        """Return how many numbers there are, and how many lie above each limit."""
        number, *limits = columns
        return sums_above(number, limits, self._number.engine)

    def places(self, model: str) -> Sequence[int]:
        """Return the first ones, as many as the model has."""
        return range(self._own[model].width)


class JoinedCategories(JoinedMeasure):
    """A column of categories, of which each model knows its own."""

    def __init__(self, own: Mapping[str, Categories], key: str) -> None:
        self.own = self._own = own
        self.column = next(iter(own.values())).column
        self._last = max(len(measure.categories) for measure in own.values())
        self._has_rare = any(measure.rare for measure in own.values())
        self.width = 1 + self._last + self._has_rare
        self._some = next(iter(own.values()))
        self._model, self._value, self._place = (f"known_{what}_{key}" for what in ("model", "value", "place"))

    def limits(self, models: Sequence[str]) -> Mapping[str, Column]:
        """Return nothing: a model knows any number of values."""
        return {}

    def join(self, rows: "ibis.Table", models: Sequence[str]) -> "ibis.Table":
        """Return rows with the place of their value among those that their model knows."""
        known = [
            (model, value, place)
            for model in models
            if (measure := self._own.get(model)) is not None
            for place, value in self._places(measure)
        ]
        columns = dict(zip((self._model, self._value, self._place), zip(*known, strict=True), strict=True))
        table = small_table(self._model, columns, self._some.engine)
        same = [rows[MODEL] == table[self._model], self._some.values(rows) == table[self._value]]
        return rows.left_join(table, same)

    def prepare(self, rows: "ibis.Table") -> "Values":
        """Return the value, and its place, 0 where its model does not know it."""
        return [self._some.values(rows), rows[self._place].coalesce(0)]

    def sums(self, columns: Sequence[str]) -> list[str]:
        """Return how many values there are, how many at each place, and how many of the rare ones."""
        values, place = columns
        return sums_at(values, place, self._last, self._has_rare, self._some.engine)

    def places(self, model: str) -> Sequence[int]:
        """Return those of the model's categories, and of its rare values, which stand last for all models."""
        measure = self._own[model]
        named = range(1 + len(measure.categories))
        return [*named, 1 + self._last] if measure.rare else named

    def _places(self, measure: Categories) -> list[tuple[int, str]]:
        rare = [(self._last + 1, value) for value in measure.rare]
        return [*enumerate(measure.categories, start=1), *rare]


def joined_measure(own: Mapping[str, Measure], key: str) -> JoinedMeasure:
    """Return how a column is counted for all models that have a measure of it; `key` tells it from other columns."""
    thresholds = {model: measure for model, measure in own.items() if isinstance(measure, Thresholds)}
    if thresholds:
        return JoinedThresholds(thresholds, key)
    return JoinedCategories({model: measure for model, measure in own.items() if isinstance(measure, Categories)}, key)


def join_models(
    rows: "ibis.Table", models: Sequence[str], measures: Sequence[JoinedMeasure], engine: str
) -> "ibis.Table":
    """Return the rows of models with what the measures compare them with; `NUMBER` tells the model."""
    limits: dict[str, Column] = {_NAME: models, NUMBER: range(len(models))}
    joined = rows
    for measure in measures:
        limits |= measure.limits(models)
        joined = measure.join(joined, models)
    table = small_table("limits", limits, engine)
    return joined.inner_join(table, joined[MODEL] == table[_NAME])
