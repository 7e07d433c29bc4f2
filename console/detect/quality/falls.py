"""Which limits a metric breaks by now, and since when."""

from collections.abc import Sequence

import msgspec

from console.detect.quality.breach import find_quality_breach, is_beyond
from console.detect.quality.hours import Buckets
from console.detect.quality.intervals import Interval
from console.detect.quality.limits import Limit, Standard, less_floor
from console.detect.quality.measure import interval_of
from console.detect.quality.usual import Usual
from console.domain.anomaly import Severity
from console.domain.quality import Task
from console.domain.signal import Direction


class Fall(msgspec.Struct, frozen=True):
    """A limit that is broken now since a bucket, which begins at `onset` (UTC seconds).

    `usual` is what the metric was by its own past, None where that is not known.
    """

    limit: Limit
    bucket: int
    onset: float
    is_earlier: bool
    usual: float | None


class Falls(msgspec.Struct, frozen=True):
    """The gravest broken limit, and the fall below the model's own past, which may be younger."""

    gravest: Fall | None = None
    from_usual: Fall | None = None

    @property
    def newest(self) -> Fall | None:
        """Return the fall that began last."""
        told = [fall for fall in (self.gravest, self.from_usual) if fall is not None]
        return max(told, key=lambda fall: fall.bucket) if told else None


def find_falls(buckets: Buckets, standard: Standard, usual: Usual | None, task: Task) -> Falls:
    """Return what is broken: objective and training figure by their limits, the own past by the same hours."""
    metric = standard.metric
    judges_past = usual is not None and metric.bad is not Direction.NEITHER
    if not standard.limits and not judges_past:
        return Falls()
    intervals = [interval_of(buckets.tally.total(place, place + 1), task, metric) for place in range(buckets.count)]
    level = usual.level if usual is not None else None
    from_usual = None
    if usual is not None and judges_past:
        allowed = [None if value is None else less_floor(metric, value) for value in usual.by_bucket]
        limit = Limit(next((value for value in reversed(allowed) if value is not None), usual.level), Severity.WARNING)
        breaks = [
            None if value is None else is_beyond(interval, value, metric.bad)
            for interval, value in zip(intervals, allowed, strict=True)
        ]
        from_usual = _fall(buckets, breaks, limit, level)
    of_limits = (_fall(buckets, _beyond(intervals, limit, metric.bad), limit, level) for limit in standard.limits)
    gravest = next((fall for fall in of_limits if fall is not None), from_usual)
    return Falls(gravest, from_usual)


def _beyond(intervals: Sequence[Interval | None], limit: Limit, bad: Direction) -> list[bool | None]:
    return [is_beyond(interval, limit.value, bad) for interval in intervals]


def _fall(buckets: Buckets, breaks: Sequence[bool | None], limit: Limit, usual: float | None) -> Fall | None:
    breach = find_quality_breach(breaks)
    if breach is None:
        return None
    return Fall(limit, breach.bucket, buckets.starts_at(breach.bucket), breach.is_earlier, usual)
