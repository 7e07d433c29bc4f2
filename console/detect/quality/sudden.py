"""Falls so large that two hours prove them, where only buckets of more hours hold the labels that small ones need."""

import msgspec

from console.detect.quality.breach import find_sudden_breach, reached_back
from console.detect.quality.course import Allowed, MetricCourse
from console.detect.quality.hours import Buckets
from console.detect.quality.limits import less_floor

FLOORS_BEYOND = 4.0
"""By how many floors more than what is allowed a sudden fall is worse: with the one that is allowed, 0.1 of a share, a
quarter of an error or loss."""


class SuddenBreach(msgspec.Struct, frozen=True):
    """A limit that was suddenly broken at `onset` (UTC seconds), and whether it still is."""

    onset: float
    is_earlier: bool
    holds: bool


def sudden_breach(hours: MetricCourse, allowed: Allowed, buckets: Buckets) -> SuddenBreach | None:
    """Return the newest breach that single hours prove; `allowed` is what the metric must keep in each of `buckets`."""
    by_hour = [allowed[_place(buckets, hours.buckets.starts_at(hour))] for hour in range(hours.buckets.count)]
    far = [None if value is None else less_floor(hours.metric, value, FLOORS_BEYOND) for value in by_hour]
    found = find_sudden_breach(hours.proved_beyond(far), hours.beyond(by_hour))
    if found is None:
        return None
    breach, holds = found
    breach = reached_back(breach, hours.beyond(far))
    return SuddenBreach(hours.buckets.starts_at(breach.bucket), breach.is_earlier, holds)


def _place(buckets: Buckets, instant: float) -> int:
    return min(max(int((instant - buckets.start) // buckets.seconds), 0), buckets.count - 1)
