"""Falls so large that two hours prove them, where only buckets of more hours hold the labels that small ones need."""

import msgspec

from console.detect.quality.breach import BUCKETS_THAT_BREAK, QualityBreach, find_sudden_breach
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
    by_hour = _by_hour(hours, allowed, buckets)
    far = [None if value is None else less_floor(hours.metric, value, FLOORS_BEYOND) for value in by_hour]
    found = find_sudden_breach(hours.proved_beyond(far), hours.beyond(by_hour))
    if found is None:
        return None
    breach, holds = found
    return SuddenBreach(*hours.dated(breach, by_hour), holds)


def dated_to_the_hour(
    hours: MetricCourse, breach: QualityBreach, allowed: Allowed, buckets: Buckets
) -> tuple[float, bool]:
    """Return since when (UTC seconds) a breach of `buckets` most likely is, and whether it may be longer."""
    size = round(buckets.seconds / hours.buckets.seconds)
    ends = buckets.starts_at(breach.bucket + 1)
    last = min(round((ends - hours.buckets.start) / hours.buckets.seconds), hours.buckets.count) - 1
    in_hours = QualityBreach(last, breach.is_earlier)
    return hours.dated(in_hours, _by_hour(hours, allowed, buckets), settled=BUCKETS_THAT_BREAK * size)


def _by_hour(hours: MetricCourse, allowed: Allowed, buckets: Buckets) -> list[float | None]:
    starts = (hours.buckets.starts_at(hour) for hour in range(hours.buckets.count))
    places = (int((start - buckets.start) // buckets.seconds) for start in starts)
    return [allowed[min(max(place, 0), buckets.count - 1)] for place in places]
