"""Fixed bins of scores between 0 and 1, finer towards both ends: fraud models give most of their scores below 0.1.

A code rises with the score. From 0 to 0.0005 there are 20 bins, to 0.01 another 19, to 0.2 another 76 of width 0.0025,
then 60 of width 0.01, and the same again at the upper end. The borders are multiples, so that every engine puts a
float64 into the same bin.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ibis
    import numpy
    from numpy.typing import NDArray

_FINER, _FINE, _NEAR = 0.0005, 0.01, 0.2
_PER_FINER, _PER_FINE, _PER_NEAR, _PER_MIDDLE = 40_000, 2000, 400, 100
_FINER_BINS, _FINE_BINS, _NEAR_BINS, _MIDDLE_BINS = 20, 19, 76, 60
_SIDE_BINS = _FINER_BINS + _FINE_BINS + _NEAR_BINS
BIN_COUNT = 2 * _SIDE_BINS + _MIDDLE_BINS
NO_SCORE = -1
"""The code of rows whose score is null, NaN or no probability."""
TWENTIETHS = 20


def bin_expression(score: "ibis.Value") -> "ibis.Value":
    """Return the code of a float64 expression within 0 and 1."""
    import ibis

    rest = 1.0 - score
    middle = _floor(score, _PER_MIDDLE, 20, 19 + _MIDDLE_BINS) + (_SIDE_BINS - 20)
    return ibis.cases(
        (score < _NEAR, _side_code(score)),
        (rest < _NEAR, (BIN_COUNT - 1) - _side_code(rest)),
        else_=middle,
    )


def twentieth_expression(score: "ibis.Value") -> "ibis.Value":
    """Return the code of the first bin of the twentieth (a width of 0.05) that a float64 expression lies in."""
    import ibis

    twentieth = _floor(score, TWENTIETHS, 0, TWENTIETHS - 1)
    return ibis.cases(*((twentieth == number, code) for number, code in enumerate(_firsts_of_twentieths())), else_=0)


def bin_edges() -> "NDArray[numpy.float64]":
    """Return the borders of all bins, ascending: bin `i` reaches from the `i`th to the one after it."""
    import numpy as np

    side = np.concatenate(
        (
            np.arange(_FINER_BINS) / _PER_FINER,
            np.arange(1, _FINE_BINS + 1) / _PER_FINE,
            np.arange(4, _NEAR_BINS + 4) / _PER_NEAR,
        )
    )
    middle = np.arange(20, 21 + _MIDDLE_BINS) / _PER_MIDDLE
    return np.concatenate((side, middle, 1.0 - side[::-1]))


def _firsts_of_twentieths() -> list[int]:
    import numpy as np

    places = np.searchsorted(bin_edges(), np.arange(TWENTIETHS) / TWENTIETHS - 1e-9)
    return [int(place) for place in places]


def _side_code(score: "ibis.Value") -> "ibis.Value":
    import ibis

    finer = _floor(score, _PER_FINER, 0, _FINER_BINS - 1)
    fine = _floor(score, _PER_FINE, 1, _FINE_BINS) + (_FINER_BINS - 1)
    near = _floor(score, _PER_NEAR, 4, _NEAR_BINS + 3) + (_FINER_BINS + _FINE_BINS - 4)
    return ibis.cases((score < _FINER, finer), (score < _FINE, fine), else_=near)


def _floor(score: "ibis.Value", per_unit: int, least: int, most: int) -> "ibis.Value":
    """Return the whole part of a multiple; rounding at the ends of a range must not leave it."""
    import ibis

    return ibis.greatest(least, ibis.least(most, (score * float(per_unit)).floor().cast("int64")))
