"""Division that says NaN where there is nothing to divide by."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers


def ratio(part: "Numbers", whole: "Numbers") -> "Numbers":
    """Return part / whole, NaN where whole is 0."""
    import numpy as np

    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    told = np.full(np.broadcast_shapes(part.shape, whole.shape), np.nan)
    np.divide(part, whole, out=told, where=whole > 0)
    return told
