"""The inputs of a simulated model: how they are distributed, and what the model makes of them.

Every feature has a `weight`: what one standard deviation of it adds to the model's logit. `daily` is how far it moves
with the hour of the day: standard deviations of a number, a ratio of the rows of a category.
"""

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Mask = NDArray[np.bool_]

NULL = -1
"""The code of a category that is not there."""

_MOST_EFFECT = 4.0
"""A model that was trained within four standard deviations does not follow a value further out."""


class Coded(msgspec.Struct, frozen=True):
    """A column of categories: each row's position in `values`, NULL where there is none."""

    codes: Codes
    values: tuple[str, ...]


Column = Floats | Coded
"""The values of a feature by row; NaN is null."""


def numbers(column: Column) -> Floats:
    """Return a column as the numbers that it must be, else raise TypeError."""
    if isinstance(column, Coded):
        raise TypeError(f"expected numbers, found categories: {', '.join(column.values[:3])}, …")
    return column


def categories(column: Column) -> Coded:
    """Return a column as the categories that it must be, else raise TypeError."""
    if not isinstance(column, Coded):
        raise TypeError("expected categories, found numbers")
    return column


class Number(msgspec.Struct, frozen=True, tag=True):
    """A normal distribution, or a lognormal one with median `middle` and `spread` as the deviation of the logarithm.

    Values are kept within `low` and `high`; a `whole` one is logged as an integer.
    """

    name: str
    middle: float
    spread: float
    log: bool = False
    low: float = -math.inf
    high: float = math.inf
    whole: bool = False
    weight: float = 0.0
    daily: float = 0.0
    null_share: float = 0.0

    def values(self, standard: Floats) -> Floats:
        """Return the values that belong to draws of the standard normal distribution."""
        spread = self.spread * standard
        values = np.clip(self.middle * np.exp(spread) if self.log else self.middle + spread, self.low, self.high)
        return np.rint(values) if self.whole else np.round(values, 4)

    def effect(self, values: Column) -> Floats:
        """Return each value in standard deviations from the middle, 0 for what the model cannot read."""
        known = numbers(values)
        with np.errstate(divide="ignore", invalid="ignore"):
            distance = np.log(known / self.middle) if self.log else known - self.middle
        bounded = np.clip(distance / self.spread, -_MOST_EFFECT, _MOST_EFFECT)
        return np.nan_to_num(bounded, nan=0.0)


class Choice(msgspec.Struct, frozen=True, tag=True):
    """A category whose values have Zipf shares: the k-th commonest has a share of `1 / k ** skew`, normalised."""

    name: str
    options: tuple[str, ...]
    skew: float = 1.0
    weight: float = 0.0
    daily: float = 0.0
    null_share: float = 0.0

    def values(self, uniform: Floats) -> Coded:
        """Return the values that belong to draws between 0 and 1."""
        shares = np.arange(1, len(self.options) + 1) ** -self.skew
        ends = np.cumsum(shares / shares.sum())
        ends[-1] = 1.0
        return Coded(np.searchsorted(ends, uniform, side="right").astype(np.int32), self.options)

    def effect(self, values: Column) -> Floats:
        """Return what each value means to the model, between -1.5 and 1.5; 0 for a value it was not trained on."""
        column, known = categories(values), len(self.options)
        # The golden ratio spreads the effects, so that neighbours in frequency have nothing in common.
        spread = 3.0 * (np.arange(known) * 0.6180339887498949 % 1.0) - 1.5
        table = np.concatenate([spread, np.zeros(len(column.values) - known + 1)])
        effects: Floats = table[column.codes]  # NULL is -1: the zero at the end
        return effects


class HourOfDay(msgspec.Struct, frozen=True, tag=True):
    """The hour in which the request came (0–23, UTC), as many models are given it."""

    name: str
    weight: float = 0.0

    def effect(self, values: Column) -> Floats:
        """Return a wave that is highest at noon."""
        return np.nan_to_num(-math.sqrt(2.0) * np.cos(2.0 * math.pi * numbers(values) / 24.0), nan=0.0)


Feature = Number | Choice | HourOfDay
