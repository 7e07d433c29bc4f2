"""Fixed bins of scores between 0 and 1, finer at both ends: fraud models give most of their scores below 0.01.

A code rises with the score. From 0 to 0.0005 there are 20 bins, from there to 0.01 another 19, then 98 of width 0.01,
and the same again at the upper end. The borders are multiples, so that every engine puts a float64 into the same bin.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis
    import numpy
    from numpy.typing import NDArray

FINE, FINER = 0.01, 0.0005
_PER_UNIT, _PER_FINE, _PER_FINER = 100, 2000, 40_000
_FINER_BINS = 20
_TAIL_BINS = 39
_MIDDLE_BINS = 98
BIN_COUNT = 2 * _TAIL_BINS + _MIDDLE_BINS
NO_SCORE = -1
"""The code of rows whose score is null, NaN or no probability."""


def bin_expression(score: "ibis.Value") -> "ibis.Value":
    """Return the code of a float64 expression within 0 and 1."""
    import ibis

    rest = 1.0 - score
    middle = _floor(score, _PER_UNIT, 1, _MIDDLE_BINS) + (_TAIL_BINS - 1)
    return ibis.cases(
        (score < FINE, _tail_code(score)),
        (rest < FINE, (BIN_COUNT - 1) - _tail_code(rest)),
        else_=middle,
    )


def bin_edges() -> "NDArray[numpy.float64]":
    """Return the borders of all bins, ascending: bin `i` reaches from the `i`th to the one after it."""
    import numpy as np

    tail = np.concatenate((np.arange(_FINER_BINS) / _PER_FINER, np.arange(1, _FINER_BINS) / _PER_FINE))
    middle = np.arange(1, _PER_UNIT) / _PER_UNIT
    return np.concatenate((tail, middle, 1.0 - tail[::-1]))


def _tail_code(score: "ibis.Value") -> "ibis.Value":
    import ibis

    finer = _floor(score, _PER_FINER, 0, _FINER_BINS - 1)
    fine = _floor(score, _PER_FINE, 1, _FINER_BINS - 1) + (_FINER_BINS - 1)
    return ibis.cases((score < FINER, finer), else_=fine)


def _floor(score: "ibis.Value", per_unit: int, least: int, most: int) -> "ibis.Value":
    """Return the whole part of a multiple; rounding at the ends of a range must not leave it."""
    import ibis

    return ibis.greatest(least, ibis.least(most, (score * float(per_unit)).floor().cast("int64")))
