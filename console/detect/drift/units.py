"""A change of units, a flipped sign, a constant: what the deciles of a column tell and its bins do not."""

import math
from collections.abc import Mapping

import msgspec
import numpy

from console.detect.drift.breakage import Broken
from console.detect.drift.column import change_of
from console.detect.drift.distances import Numbers
from console.domain.bins import Bins, ColumnKind, Role
from console.domain.drift import Breakage, ColumnDrift, DriftView
from console.history.predictions.past import Reference

_LARGE_CHANGE = 0.5
"""The PSI beyond chance from which a column's deciles are worth a query."""
_CLOSEST = 0.02
"""By how much of their range deciles may miss those of another unit, beside what chance makes of few rows …"""
_CHANCE = 1.5
"""… over the square root of these: the largest miss of nine deciles of a normal sample, as a part of their range."""
_FARTHEST_BY_CHANCE = 0.1
"""The most that both may be together: few rows prove no conversion."""
_FARTHEST = 0.3
"""By how much they must miss the reference as it stands, and at least `_TIMES_CLOSER` as much."""
_TIMES_CLOSER = 5.0
_BEYOND_ANY_POPULATION = 1.0
"""By how much of their range a conversion moves deciles where no population moves so far."""
_MOVED_TOO = 0.1
"""The PSI beyond chance from which another input moved as well."""


class Conversion(msgspec.Struct, frozen=True):
    """Values become `factor` times themselves plus `offset`; `words` say from what to what."""

    factor: float
    words: str
    offset: float = 0.0

    @property
    def detail(self) -> str:
        """Return what happened to the values: `× 0.3048 in all deciles: feet to metres`."""
        if self.offset or self.factor == -1:
            return f"{self.words}, in all deciles"
        return f"× {self.factor:.6g} in all deciles: {self.words}"


def _both_ways(factor: float, one: str, other: str) -> tuple[Conversion, Conversion]:
    return Conversion(factor, f"{one} to {other}"), Conversion(1 / factor, f"{other} to {one}")


CONVERSIONS = (
    *_both_ways(1000, "thousands", "units"),
    *_both_ways(1_000_000, "millions", "units"),
    *_both_ways(100, "ratios", "percentages"),
    *_both_ways(60, "minutes", "seconds"),
    *_both_ways(3600, "hours", "seconds"),
    *_both_ways(86_400, "days", "seconds"),
    *_both_ways(24, "days", "hours"),
    *_both_ways(0.3048, "feet", "metres"),
    *_both_ways(2.54, "inches", "centimetres"),
    *_both_ways(1.609344, "miles", "kilometres"),
    *_both_ways(0.45359237, "pounds", "kilograms"),
    Conversion(-1, "with the sign flipped"),
    Conversion(5 / 9, "Fahrenheit to Celsius", -160 / 9),
    Conversion(9 / 5, "Celsius to Fahrenheit", 32),
    Conversion(1, "Celsius to Kelvin", 273.15),
    Conversion(1, "Kelvin to Celsius", -273.15),
)


def needs_quantiles(view: DriftView, reference: Reference) -> tuple[str, ...]:
    """Return the columns whose deciles in this window would tell more than their bins do.

    These are numbers that changed a lot, or whose rows left the range or gathered in one part of it.
    """
    return tuple(column.name for column in view.columns if _would_tell(column, reference.bins[column.name]))


def _would_tell(column: ColumnDrift, bins: Bins) -> bool:
    if bins.role is not Role.FEATURE or bins.kind is not ColumnKind.NUMBER or len(bins.quantiles) != 9:
        return False
    if column.breakage is not None:
        return column.breakage in (Breakage.OUT_OF_RANGE, Breakage.CONSTANT, Breakage.UNITS)
    return change_of(column) >= _LARGE_CHANGE


def find_conversion(bins: Bins, quantiles: Mapping[str, tuple[float, ...]], rows: int) -> Conversion | None:
    """Return the known conversion that explains the deciles (nine, ascending) of a column's rows, None without one.

    All nine must follow it, as closely as so many rows tell: a population that moves seldom multiplies its every decile
    by 0.3048.
    """
    now = numpy.asarray(quantiles.get(bins.column, ()), dtype=numpy.float64)
    if len(now) != 9 or len(bins.quantiles) != 9 or not numpy.isfinite(now).all():
        return None
    reference = numpy.asarray(bins.quantiles)
    as_it_stands = _misses(reference, now)
    best = min(CONVERSIONS, key=lambda conversion: _misses(_converted(reference, conversion), now))
    misses = _misses(_converted(reference, best), now)
    closest = min(_FARTHEST_BY_CHANCE, _CLOSEST + _CHANCE / math.sqrt(max(1, rows)))
    explains = misses <= closest and as_it_stands >= max(_FARTHEST, _TIMES_CLOSER * misses)
    return best if explains else None


def may_be_a_population(bins: Bins, quantiles: Mapping[str, tuple[float, ...]]) -> bool:
    """Return whether a column's deciles moved by less than their own range, as those of a population may.

    Where all are positive that is told by their logarithms: a skewed quantity such as an amount grows by a factor.
    """
    reference, now = numpy.asarray(bins.quantiles), numpy.asarray(quantiles.get(bins.column, ()))
    if len(now) != 9 or len(reference) != 9:
        return False
    return _misses(reference, now) < _BEYOND_ANY_POPULATION


def moved_by_something_else(column: str, units: Mapping[str, Broken], changes: Mapping[str, float]) -> bool:
    """Return whether other inputs moved (PSI beyond chance by column) by anything but the conversion of a column."""
    return any(
        change >= _MOVED_TOO and (other not in units or units[other].detail != units[column].detail)
        for other, change in changes.items()
        if other != column
    )


def _converted(deciles: Numbers, conversion: Conversion) -> Numbers:
    return numpy.sort(deciles * conversion.factor + conversion.offset)


def _misses(expected: Numbers, found: Numbers) -> float:
    """Return the largest miss of a decile, as a part of their range; infinite where they have none.

    Positive numbers count by their logarithms where these miss less: of skewed ones few rows tell the highest decile
    badly, and it alone is most of the range.
    """
    misses = _largest_miss(expected, found)
    if (expected > 0).all() and (found > 0).all():
        misses = min(misses, _largest_miss(numpy.log(expected), numpy.log(found)))
    return misses


def _largest_miss(expected: Numbers, found: Numbers) -> float:
    width = float(expected[-1] - expected[0])
    return float(numpy.abs(found - expected).max()) / width if width > 0 else numpy.inf


def refined(bins: Bins, found: Broken | None, quantiles: Mapping[str, tuple[float, ...]], rows: int) -> Broken | None:
    """Return how a column is broken, by its counts and now by the deciles of so many rows, too.

    A known conversion explains more than what it does to the bins. And a column is not constant when its deciles
    differ, even if one range of the reference holds them all.
    """
    conversion = find_conversion(bins, quantiles, rows) if bins.role is Role.FEATURE else None
    if conversion is not None and (found is None or found.breakage is not Breakage.NULLS):
        return Broken(Breakage.UNITS, 1.0, 0.0, conversion.detail)
    now = quantiles.get(bins.column, ())
    is_spread = len(now) == 9 and now[0] < now[-1]
    return None if found is not None and found.breakage is Breakage.CONSTANT and is_spread else found
