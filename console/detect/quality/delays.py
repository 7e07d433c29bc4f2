"""How long labels take, from counts by delay."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers


def delay_quantile(within: "Numbers", labelled: float, bounds: tuple[float, ...], share: float) -> float | None:
    """Return the delay (seconds) within which a share of the labels came, from cumulative counts up to each bound.

    Between two bounds the logarithm of the delay is taken to be even. None where no delay is known, or where the
    delay is beyond the last bound.
    """
    if labelled <= 0 or not bounds or len(within) == 0:
        return None
    wanted = share * labelled
    below, lower = 0.0, bounds[0] / 2
    for bound, count in zip(bounds, within.tolist(), strict=True):
        if count >= wanted:
            part = (wanted - below) / (count - below) if count > below else 1.0
            return lower * math.exp(part * math.log(bound / lower))
        below, lower = count, bound
    return None
