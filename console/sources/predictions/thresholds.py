"""Where the ranges of a column of numbers part, in numbers that every engine compares alike.

An engine that compares floats slowly (DuckDB asks each time whether it is NaN) compares integers instead: every number
times one power of two, rounded up. That gives the same answer, because edges are multiples of that power.
"""

import math
from collections.abc import Iterable

from console.domain.bins import Bins

MOST_DISCRETE = 12
"""A column of numbers that has so few common values gets a bin for each."""
DECILES = tuple(tenth / 10 for tenth in range(1, 10))
_BITS = 61
"""Of an integer that holds a scaled number, so that twice the largest of the reference still fits into 64."""
_MOST_SHIFT = 900


def shift_for(low: float, high: float) -> int:
    """Return the binary exponent by which numbers of this range are scaled to integers."""
    _, exponent = math.frexp(max(abs(low), abs(high)))
    return max(-_MOST_SHIFT, min(_MOST_SHIFT, _BITS - exponent))


def edges_between(low: float, high: float, points: Iterable[float]) -> tuple[float, ...]:
    """Return the inner edges of bins over a reference from `low` to `high`, strictly ascending and below `high`.

    `points` are its deciles, or its values where it has few. Repeated deciles become one edge, so that a value that
    much of the reference has ends a bin.
    """
    shift = shift_for(low, high)
    edges = {snapped(point, shift) for point in points if low <= point}
    return tuple(sorted(edge for edge in edges if edge < high))


def thresholds_of(bins: Bins) -> tuple[float, ...]:
    """Return what parts the codes of a column of numbers, ascending: the number just below `low`, edges, `high`."""
    shift = shift_for(bins.low, bins.high)
    below = math.nextafter(bins.low, -math.inf)
    return (math.ldexp(math.floor(math.ldexp(below, shift)), -shift), *bins.edges, bins.high)


def scaled(threshold: float, shift: int) -> int:
    """Return a threshold as the integer that scaled numbers are compared with."""
    return math.ceil(math.ldexp(threshold, shift))


def snapped(edge: float, shift: int) -> float:
    """Return the number not below an edge that scales to an integer."""
    return math.ldexp(math.ceil(math.ldexp(edge, shift)), -shift)
