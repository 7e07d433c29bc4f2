"""What a metric usually is by the model's own past: the median of the same hours of the days before."""

import math
from typing import TYPE_CHECKING

import msgspec

from console.detect.quality.hours import Buckets
from console.domain.moments import SECONDS_OF_UNIT

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers

FEWEST_DAYS = 3
"""Values of the same hours that a median needs."""


class Usual(msgspec.Struct, frozen=True):
    """The usual value at each bucket (None where too little is known), and `level`, that of all hours together."""

    by_bucket: tuple[float | None, ...]
    level: float


def usual_of(values: "Numbers", buckets: Buckets, window: float) -> Usual | None:
    """Return what the buckets before the newest `window` (seconds) say, None where they are too few.

    Errors of many models rise and fall with the hour of the day, so only the same hours are compared.
    """
    import numpy as np

    day = SECONDS_OF_UNIT["d"]
    old = values.copy()
    old[max(0, len(old) - math.ceil(window / buckets.seconds)) :] = np.nan
    per_day = round(day / buckets.seconds)
    places = (np.arange(len(old)) + round(buckets.start / buckets.seconds)) % per_day
    by_place: dict[int, float] = {}
    for place in range(per_day):
        held = old[(places == place) & np.isfinite(old)]
        if len(held) >= FEWEST_DAYS:
            by_place[place] = float(np.median(held))
    if not by_place:
        return None
    return Usual(tuple(by_place.get(int(place)) for place in places), float(np.median(old[np.isfinite(old)])))
