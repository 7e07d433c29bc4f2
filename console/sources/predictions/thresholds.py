"""Where the ranges of a column of numbers part, in numbers that every engine compares alike.

An engine that compares floats slowly (DuckDB asks each time whether it is NaN) compares integers instead: every number
times one power of two, rounded to the nearest integer, to the even one where it lies between two. What lies above such
an integer is known to the last bit of a float, which is what the other engines compare with.
"""

import math
from collections.abc import Iterable
from itertools import pairwise

import msgspec

from console.domain.bins import Bins

MOST_DISCRETE = 12
"""A column of numbers that has so few values gets a bin for each."""
DECILES = tuple(tenth / 10 for tenth in range(1, 10))

_FEWEST_STEPS = 4096
"""Integers of 32 bits are taken, the faster ones, where so many of them lie between any two edges."""
_MOST_SHIFT = 900
_FIRST_WITHOUT_HALVES = 1 << 52
"""From here on a float holds integers only."""


class Scale(msgspec.Struct, frozen=True):
    """How numbers become integers: by a binary exponent, `shift`, into integers of `bits`.

    Numbers near the smallest that a float can hold (1e-300) become 0 beside very large ones.

    The largest number of the reference takes three bits less, so that what is a little larger still fits.
    """

    shift: int
    bits: int

    def snapped(self, number: float) -> float:
        """Return the number not below another that becomes an integer."""
        return math.ldexp(math.ceil(math.ldexp(number, self.shift)), -self.shift)

    def integer(self, number: float) -> int:
        """Return the integer that a number becomes."""
        return round(math.ldexp(number, self.shift))

    def last_of(self, integer: int) -> float:
        """Return the largest float that becomes an integer, or one below it."""
        if abs(integer) < _FIRST_WITHOUT_HALVES:
            middle = math.ldexp(integer + 0.5, -self.shift)
            return middle if integer % 2 == 0 else math.nextafter(middle, -math.inf)
        nearest = float(integer)
        return math.ldexp(nearest if nearest <= integer else math.nextafter(nearest, -math.inf), -self.shift)

    def tells_apart(self, edges: Iterable[float]) -> bool:
        """Return whether many integers lie between any two edges."""
        integers = map(self.integer, sorted(set(edges)))
        return all(upper - lower >= _FEWEST_STEPS for lower, upper in pairwise(integers))

    def holds(self, edges: Iterable[float]) -> bool:
        """Return whether all edges become integers as they are."""
        return all(self.snapped(edge) == edge for edge in edges)


def beyond(bits: int) -> int:
    """Return an integer of so many bits above every threshold of a scale of these; its negative is below."""
    return 1 << (bits - 2)


def scale_of(bins: Bins) -> Scale:
    """Return how the numbers of a column are compared as integers."""
    narrow = _scale(bins.low, bins.high, 32)
    is_enough = narrow.holds(bins.edges) and all(
        narrow.integer(edge) < narrow.integer(bins.high) for edge in bins.edges
    )
    return narrow if is_enough else _scale(bins.low, bins.high, 64)


def edges_between(low: float, high: float, points: Iterable[float]) -> tuple[float, ...]:
    """Return the inner edges of bins over a reference from `low` to `high`, strictly ascending and below `high`.

    `points` are its deciles, or its values where it has few. Repeated deciles become one edge, so that a value that
    much of the reference has ends a bin.
    """
    inside = [point for point in points if low <= point < high]
    scale = _scale(low, high, 32)
    if not scale.tells_apart((low, *inside, high)):
        scale = _scale(low, high, 64)
    edges = {scale.snapped(point) for point in inside}
    return tuple(sorted(edge for edge in edges if scale.integer(edge) < scale.integer(high)))


def thresholds_of(bins: Bins) -> tuple[int, ...]:
    """Return what parts the codes of a column of numbers, ascending, as integers of its scale: below, edges, `high`.

    What is above the reference, or below it, by less than a step of the scale may count as in its range.
    """
    scale = scale_of(bins)
    return (scale.integer(bins.low) - 1, *(scale.integer(edge) for edge in bins.edges), scale.integer(bins.high))


def _scale(low: float, high: float, bits: int) -> Scale:
    _, exponent = math.frexp(max(abs(low), abs(high)))
    return Scale(max(-_MOST_SHIFT, min(_MOST_SHIFT, bits - 3 - exponent)), bits)
