"""The area under the ROC curve from counts by score bin, its interval, and how far the bins can have moved it.

Rows of one bin count as ties, half a pair each, as in the Mann–Whitney statistic. Source of the variance: E. R. DeLong,
D. M. DeLong, D. L. Clarke-Pearson, "Comparing the areas under two or more correlated receiver operating characteristic
curves", Biometrics 44 (1988); its structural components are the same for all rows of one bin.
"""

import math
from typing import TYPE_CHECKING

from console.detect.quality.intervals import Interval, Z, wilson

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers


def roc_auc(came_true: "Numbers") -> "Numbers":
    """Return the area of counts shaped (…, bins, 2): bins by rising score, negatives first; NaN without both."""
    import numpy as np

    negatives, positives = came_true[..., 0], came_true[..., 1]
    pairs = negatives.sum(axis=-1) * positives.sum(axis=-1)
    below = np.cumsum(negatives, axis=-1) - negatives / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(pairs > 0, (below * positives).sum(axis=-1) / pairs, np.nan)


def roc_auc_error(came_true: "Numbers") -> float:
    """Return the most by which the area of the unbinned scores can differ: half the share of pairs within one bin."""
    pairs = float(came_true[:, 0].sum() * came_true[:, 1].sum())
    return float((came_true[:, 0] * came_true[:, 1]).sum()) / (2 * pairs) if pairs > 0 else 0.0


def roc_auc_interval(came_true: "Numbers") -> Interval | None:
    """Return DeLong's interval on the logit scale, widened by what the bins can have moved; None without both classes.

    Where the classes are parted without an error the variance is 0; then the interval is that of a proportion of as
    many trials as the rarer class has rows, which is wider.
    """
    import numpy as np

    negatives, positives = came_true[:, 0], came_true[:, 1]
    n, p = float(negatives.sum()), float(positives.sum())
    if n < 1 or p < 1:
        return None
    area = float(roc_auc(came_true))
    of_positive = (np.cumsum(negatives) - negatives / 2) / n
    of_negative = (p - np.cumsum(positives) + positives / 2) / p
    variance = _spread(of_positive, positives, area) / p + _spread(of_negative, negatives, area) / n
    moved = roc_auc_error(came_true)
    if variance <= 0 or not 0 < area < 1:
        ends = wilson(area * min(n, p), min(n, p))
        low, high = ends or (0.0, 1.0)
    else:
        half = Z * math.sqrt(variance) / (area * (1 - area))
        centre = math.log(area / (1 - area))
        low, high = _logistic(centre - half), _logistic(centre + half)
    return max(0.0, low - moved), min(1.0, high + moved)


def _spread(component: "Numbers", count: "Numbers", mean: float) -> float:
    """Return the sample variance of a component that each row of a bin shares."""
    rows = float(count.sum())
    return float((count * (component - mean) ** 2).sum()) / (rows - 1) if rows > 1 else 0.0


def _logistic(value: float) -> float:
    return 1 / (1 + math.exp(-value)) if value > -700 else 0.0
