"""Which limits a metric breaks by now, and since when."""

import msgspec

from console.detect.quality.breach import find_quality_breach
from console.detect.quality.course import Allowed, MetricCourse
from console.detect.quality.hours import Buckets
from console.detect.quality.limits import Limit, Standard, less_floor
from console.detect.quality.sudden import dated_to_the_hour, sudden_breach
from console.detect.quality.usual import Usual
from console.domain.anomaly import Severity
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


def find_falls(course: MetricCourse, standard: Standard, usual: Usual | None, hours: MetricCourse | None) -> Falls:
    """Return what is broken: objective and training figure by their limits, the own past by the same hours.

    With `hours`, the same metric in single hours, a fall so large that two of them prove it is told, too.
    """
    metric = standard.metric
    level = usual.level if usual is not None else None
    from_usual = None
    if usual is not None and metric.bad is not Direction.NEITHER:
        allowed = [None if value is None else less_floor(metric, value) for value in usual.by_bucket]
        limit = Limit(next((value for value in reversed(allowed) if value is not None), usual.level), Severity.WARNING)
        from_usual = _fall(course, hours, allowed, limit, level)
    of_limits = (_fall(course, hours, [each.value] * course.buckets.count, each, level) for each in standard.limits)
    gravest = next((fall for fall in of_limits if fall is not None), from_usual)
    return Falls(gravest, from_usual)


def _fall(
    course: MetricCourse, hours: MetricCourse | None, allowed: Allowed, limit: Limit, usual: float | None
) -> Fall | None:
    buckets = course.buckets
    sudden = sudden_breach(hours, allowed, buckets) if hours is not None else None
    breach = find_quality_breach(course.proved_beyond(allowed))
    if breach is None:
        if sudden is None or not sudden.holds:
            return None
        return Fall(limit, 0, sudden.onset, sudden.is_earlier, usual).in_buckets_of(buckets)
    if hours is None:
        onset, is_earlier = course.dated(breach, allowed)
    else:
        onset, is_earlier = dated_to_the_hour(hours, breach, allowed, buckets)
    if sudden is not None and abs(sudden.onset - onset) < 2 * buckets.seconds:
        onset, is_earlier = sudden.onset, sudden.is_earlier  # it was told first, and an onset should stay
    return Fall(limit, 0, onset, is_earlier, usual).in_buckets_of(buckets)
