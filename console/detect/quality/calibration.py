"""How far scores are from the frequencies that they promise.

The expected calibration error weights the distance between mean score and frequency in ten bins of equal width by their
rows. Source: M. P. Naeini, G. F. Cooper, M. Hauskrecht, "Obtaining well calibrated probabilities using Bayesian
binning", AAAI 2015.
"""

import math
from typing import TYPE_CHECKING

from console.detect.quality.intervals import Interval, Z
from console.sources.predictions.score_bins import bin_edges

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers

TENTHS = 10


def calibration_error(came_true: "Numbers", score: "Numbers") -> "Numbers":
    """Return the error of counts shaped (…, bins, 2) and sums of scores shaped (…, bins); NaN without rows."""
    import numpy as np

    rows, true, promised = _in_tenths(came_true, score)
    total = rows.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, np.abs(true - promised).sum(axis=-1) / total, np.nan)


def calibration_interval(came_true: "Numbers", score: "Numbers") -> Interval | None:
    """Return the interval of the calibration error, None without rows.

    Noise alone makes the error positive, by up to sqrt(2/π) standard errors of each bin's frequency; its lower end is
    less by that, so that scores which keep their promise are not told to break it.
    """
    import numpy as np

    rows, true, promised = _in_tenths(came_true, score)
    total = float(rows.sum())
    if total <= 0:
        return None
    shares = np.divide(promised, rows, out=np.zeros_like(rows), where=rows > 0)
    noise = np.sqrt(rows * shares * (1 - shares))
    error = float(np.abs(true - promised).sum()) / total
    standard_error = math.sqrt(float((noise**2).sum())) / total
    from_noise = math.sqrt(2 / math.pi) * float(noise.sum()) / total
    return max(0.0, error - from_noise - Z * standard_error), min(1.0, error + Z * standard_error)


def _in_tenths(came_true: "Numbers", score: "Numbers") -> "tuple[Numbers, Numbers, Numbers]":
    """Return rows, rows that came true and the sum of scores by tenth."""
    import numpy as np

    edges = bin_edges()[:-1]
    starts = np.searchsorted(edges, np.arange(TENTHS) / TENTHS - 1e-12)
    rows = np.add.reduceat(came_true.sum(axis=-1), starts, axis=-1)
    true = np.add.reduceat(came_true[..., 1], starts, axis=-1)
    return rows, true, np.add.reduceat(score, starts, axis=-1)
