"""A change of a mean, taken apart into what each slice carries: by its share of the rows, and by a change within.

A mean over all rows is the mean of each slice times its share. Between two windows it changes by the sum over slices of

    within = (mean share) · (change of the slice's mean)
    mix    = (change of the share) · (mean of the slice's means - mean of the two overall means)

without a rest. Source: E. M. Kitagawa, "Components of a difference between two rates", Journal of the American
Statistical Association 50 (1955). The part of the whole that a slice explains is what R. Bhagwan et al., "Adtributor:
revenue debugging in advertising systems", NSDI 2014, call its explanatory power.
"""

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Numbers = NDArray[numpy.float64]


class SliceSums(msgspec.Struct, frozen=True):
    """Sums of a value over the rows of every slice of one column, shaped (2, slices): before, then now."""

    column: str
    values: tuple[str, ...]
    rows: "Numbers"
    total: "Numbers"
    squares: "Numbers"


class Decomposed(msgspec.Struct, frozen=True):
    """What each slice carries of the change of the mean; `shares` and `means` are shaped (2, slices).

    `p_within` and `p_mix` are the probabilities by chance: of such a difference between the change of the slice's mean
    and that of all other rows, and of such a change of its share. A fall that is alike everywhere is no slice's.
    """

    change: float
    shares: "Numbers"
    means: "Numbers"
    within: "Numbers"
    mix: "Numbers"
    p_within: "Numbers"
    p_mix: "Numbers"


def decomposed(sums: SliceSums) -> Decomposed | None:
    """Return the parts of the change, None where one of the windows is empty.

    A slice that one window does not hold keeps its mean of the other: all it carries is mix.
    """
    import numpy as np

    of_all = sums.rows.sum(axis=1, keepdims=True)
    if not of_all.all():
        return None
    shares = sums.rows / of_all
    means = _ratio(sums.total, sums.rows)
    means = np.where(sums.rows > 0, means, means[::-1])
    overall = sums.total.sum(axis=1) / of_all[:, 0]
    within = shares.mean(axis=0) * (means[1] - means[0])
    mix = (shares[1] - shares[0]) * (means.mean(axis=0) - overall.mean())
    pooled = sums.rows.sum(axis=0) / of_all.sum()
    error_of_share = np.sqrt(pooled * (1 - pooled) * (1 / of_all).sum())
    return Decomposed(
        change=float(overall[1] - overall[0]),
        shares=shares,
        means=means,
        within=within,
        mix=mix,
        p_within=_p_of_difference(sums),
        p_mix=_p_value(shares[1] - shares[0], error_of_share),
    )


def _p_of_difference(sums: SliceSums) -> "Numbers":
    """Return the probability of the difference between a slice's change and that of the rest; NaN without both."""
    import numpy as np

    change, error = np.zeros((2, len(sums.values))), np.zeros((2, len(sums.values)))
    known = np.ones(len(sums.values), dtype=np.bool_)
    for place, of_rest in enumerate((False, True)):
        rows, total, squares = (
            values.sum(axis=1, keepdims=True) - values if of_rest else values
            for values in (sums.rows, sums.total, sums.squares)
        )
        means = _ratio(total, rows)
        change[place] = means[1] - means[0]
        spread = np.maximum(_ratio(squares, rows) - means**2, 0.0)
        error[place] = np.sqrt(_ratio(spread, rows).sum(axis=0))
        known &= (rows > 1).all(axis=0)
    return np.where(known, _p_value(change[0] - change[1], np.hypot(error[0], error[1])), np.nan)


def _ratio(part: "Numbers", whole: "Numbers") -> "Numbers":
    import numpy as np

    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)


def _p_value(difference: "Numbers", error: "Numbers") -> "Numbers":
    """Return the two-sided probability of a difference by the normal distribution; 1 for no difference."""
    import numpy as np
    from scipy.special import erfc

    size = np.abs(difference)
    distance = np.divide(size, error, out=np.where(size > 0, np.inf, 0.0), where=error > 0)
    return np.asarray(erfc(distance / np.sqrt(2)), dtype=np.float64)
