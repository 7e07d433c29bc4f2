"""Which limits a metric breaks by now, and since when."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from console.detect.quality.breach import find_quality_breach, is_beyond, reached_back
from console.detect.quality.hours import Buckets
from console.detect.quality.intervals import Interval
from console.detect.quality.limits import Limit, Standard, less_floor
from console.detect.quality.measure import interval_of
from console.detect.quality.usual import Usual
from console.domain.anomaly import Severity
from console.domain.quality import Task
from console.domain.signal import Direction

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers


class Fall(msgspec.Struct, frozen=True):
    """A limit that is broken now since a bucket, which begins at `onset` (UTC seconds).

    `usual` is what the metric was by its own past, None where that is not known.
    """

    limit: Limit
    bucket: int
    onset: float
    is_earlier: bool
    usual: float | None

    def in_buckets_of(self, buckets: Buckets) -> "Fall":
        """Return the same fall, its bucket being the one of others that holds its onset."""
        place = int((self.onset - buckets.start) // buckets.seconds)
        return msgspec.structs.replace(self, bucket=min(max(place, 0), buckets.count - 1))


class Falls(msgspec.Struct, frozen=True):
    """The gravest broken limit, and the fall below the model's own past, which may be younger."""

    gravest: Fall | None = None
    from_usual: Fall | None = None

    def in_buckets_of(self, buckets: Buckets) -> "Falls":
        """Return the same falls in other buckets."""
        told = (fall and fall.in_buckets_of(buckets) for fall in (self.gravest, self.from_usual))
        return Falls(*told)

    @property
    def newest(self) -> Fall | None:
        """Return the fall that began last."""
        told = [fall for fall in (self.gravest, self.from_usual) if fall is not None]
        return max(told, key=lambda fall: fall.bucket) if told else None


def find_falls(buckets: Buckets, standard: Standard, values: "Numbers", usual: Usual | None, task: Task) -> Falls:
    """Return what is broken: objective and training figure by their limits, the own past by the same hours.

    `values` are the metric of every bucket, NaN where it is no point of a curve.
    """
    metric = standard.metric
    judges_past = usual is not None and metric.bad is not Direction.NEITHER
    if not standard.limits and not judges_past:
        return Falls()
    intervals = [interval_of(buckets.tally.total(place, place + 1), task, metric) for place in range(buckets.count)]
    points = [None if value != value else (value, value) for value in values.tolist()]
    level = usual.level if usual is not None else None
    from_usual = None
    if usual is not None and judges_past:
        allowed = [None if value is None else less_floor(metric, value) for value in usual.by_bucket]
        limit = Limit(next((value for value in reversed(allowed) if value is not None), usual.level), Severity.WARNING)
        from_usual = _fall(buckets, intervals, points, allowed, limit, metric.bad, level)
    of_limits = (
        _fall(buckets, intervals, points, [limit.value] * buckets.count, limit, metric.bad, level)
        for limit in standard.limits
    )
    gravest = next((fall for fall in of_limits if fall is not None), from_usual)
    return Falls(gravest, from_usual)


def _fall(
    buckets: Buckets,
    intervals: Sequence[Interval | None],
    points: Sequence[Interval | None],
    allowed: Sequence[float | None],
    limit: Limit,
    bad: Direction,
    usual: float | None,
) -> Fall | None:
    def beyond(told: Sequence[Interval | None]) -> list[bool | None]:
        pairs = zip(told, allowed, strict=True)
        return [None if most is None else is_beyond(one, most, bad) for one, most in pairs]

    breach = find_quality_breach(beyond(intervals))
    if breach is None:
        return None
    breach = reached_back(breach, beyond(points))
    return Fall(limit, breach.bucket, buckets.starts_at(breach.bucket), breach.is_earlier, usual)
