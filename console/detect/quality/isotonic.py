"""What really comes true at a score: frequencies of labelled history by score bin, made to rise with the score.

Source: M. Ayer, H. D. Brunk, G. M. Ewing, W. T. Reid, E. Silverman, "An empirical distribution function for sampling
with incomplete information", Annals of Mathematical Statistics 26 (1955): pool adjacent violators.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers


def rising(values: "Numbers", weights: "Numbers") -> "Numbers":
    """Return the values closest (weighted squares) to the given ones that never fall; every weight must be positive."""
    import numpy as np

    means: list[float] = []
    masses: list[float] = []
    sizes: list[int] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, mass, size = value, weight, 1
        while means and means[-1] >= mean:
            mean = (means[-1] * masses[-1] + mean * mass) / (masses[-1] + mass)
            mass += masses.pop()
            size += sizes.pop()
            means.pop()
        means.append(mean)
        masses.append(mass)
        sizes.append(size)
    return np.repeat(np.array(means, dtype=np.float64), sizes)


def frequency_by_bin(came_true: "Numbers") -> "Numbers | None":
    """Return the frequency at each score bin from counts shaped (bins, 2), None without any.

    A bin that no label fell into has what lies on the line between its neighbours.
    """
    import numpy as np

    rows = came_true.sum(axis=1)
    held = np.flatnonzero(rows)
    if len(held) == 0:
        return None
    fitted = rising(came_true[held, 1] / rows[held], rows[held])
    return np.asarray(np.interp(np.arange(len(rows)), held, fitted), dtype=np.float64)
