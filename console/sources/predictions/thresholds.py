"""Where the ranges of a column of numbers part, in numbers that every engine compares alike.

An engine that compares floats slowly (DuckDB asks each time whether it is NaN) compares integers instead: every number
times one power of two, rounded up. That gives the same answer, because thresholds are multiples of that power.
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

    def integer(self, threshold: float) -> int:
        """Return a threshold as the integer that scaled numbers are compared with."""
        return math.ceil(math.ldexp(threshold, self.shift))

    def tells_apart(self, edges: Iterable[float]) -> bool:
        """Return whether many integers lie between any two edges."""
        steps = sorted({self.integer(edge) for edge in edges})
        return all(upper - lower >= _FEWEST_STEPS for lower, upper in pairwise(steps))

    def holds(self, edges: Iterable[float]) -> bool:
        """Return whether all edges become integers as they are."""
        return all(self.snapped(edge) == edge for edge in edges)


def beyond(bits: int) -> int:
    """Return an integer of so many bits above every threshold of a scale of these; its negative is below."""
    return 1 << (bits - 2)


def scale_of(bins: Bins) -> Scale:
    """Return how the numbers of a column are compared as integers."""
    narrow = _scale(bins.low, bins.high, 32)
    return narrow if narrow.holds(bins.edges) else _scale(bins.low, bins.high, 64)


def edges_between(low: float, high: float, points: Iterable[float]) -> tuple[float, ...]:
    """Return the inner edges of bins over a reference from `low` to `high`, strictly ascending and below `high`.

    `points` are its deciles, or its values where it has few. Repeated deciles become one edge, so that a value that
    much of the reference has ends a bin.
    """
    inside = [point for point in points if low <= point < high]
    scale = _scale(low, high, 32)
    if not scale.tells_apart((low, *inside, high)):
        scale = _scale(low, high, 64)
    return tuple(sorted(edge for edge in {scale.snapped(point) for point in inside} if edge < high))


def thresholds_of(bins: Bins) -> tuple[float, ...]:
    """Return what parts the codes of a column of numbers, ascending: the number just below `low`, edges, `high`.

    The outer two lie apart from the ends of the reference by at most a step of the scale.
    """
    scale = scale_of(bins)
    step_below = math.ldexp(scale.integer(bins.low) - 1, -scale.shift)
    below = min(step_below, math.nextafter(bins.low, -math.inf))  # a float may be too coarse for the step
    return (below, *bins.edges, scale.snapped(bins.high))


def _scale(low: float, high: float, bits: int) -> Scale:
    _, exponent = math.frexp(max(abs(low), abs(high)))
    return Scale(max(-_MOST_SHIFT, min(_MOST_SHIFT, bits - 3 - exponent)), bits)
