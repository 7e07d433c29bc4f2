"""95 % confidence intervals of proportions and means.

Sources: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927), for
proportions; the normal approximation of the mean of a large sample for means; the delta method for functions of these.
"""

import math
from typing import TypeAlias

Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution."""

Interval: TypeAlias = tuple[float, float]


def wilson(successes: float, trials: float) -> Interval | None:
    """Return the score interval of a proportion, None without trials. Counts need not be whole: estimates have none."""
    if trials <= 0:
        return None
    share = successes / trials
    shrink = 1 + Z * Z / trials
    centre = (share + Z * Z / (2 * trials)) / shrink
    half = Z / shrink * math.sqrt(max(0.0, share * (1 - share) / trials + Z * Z / (4 * trials * trials)))
    return max(0.0, centre - half), min(1.0, centre + half)


def f1_interval(true_positives: float, wrong: float) -> Interval | None:
    """Return the interval of F1 = 2 TP / (2 TP + FP + FN); `wrong` is FP + FN.

    TP among TP + FP + FN is a proportion J, and F1 = 2 J / (1 + J) rises with it: the ends of its interval are those
    of F1.
    """
    ends = wilson(true_positives, true_positives + wrong)
    return (2 * ends[0] / (1 + ends[0]), 2 * ends[1] / (1 + ends[1])) if ends else None


def standard_error(total: float, total_of_squares: float, count: float) -> float | None:
    """Return the standard error of a mean from Σx and Σx², None for fewer than two values."""
    if count < 2:
        return None
    mean = total / count
    return math.sqrt(max(0.0, total_of_squares / count - mean * mean) / (count - 1))


def around(value: float, error: float | None, *, least: float = -math.inf, most: float = math.inf) -> Interval | None:
    """Return the normal interval of a value with a standard error, cut to what the value can be."""
    if error is None:
        return None
    return max(least, value - Z * error), min(most, value + Z * error)
