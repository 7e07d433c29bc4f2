"""One metric bucket by bucket, and where it was beyond what is allowed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import msgspec

from console.detect.quality.breach import BUCKETS_THAT_BREAK, QualityBreach, is_beyond, likeliest_onset
from console.detect.quality.hours import Buckets
from console.detect.quality.intervals import Interval
from console.detect.quality.measure import interval_of
from console.domain.quality import Metric, Task

if TYPE_CHECKING:
    from console.history.predictions.outcome_past import Numbers

Allowed = Sequence[float | None]
"""What a metric must keep in each bucket, None where that is not known."""


class MetricCourse(msgspec.Struct, frozen=True):
    """A metric over buckets: its intervals, and its values, each None where the labels are too few for it."""

    metric: Metric
    buckets: Buckets
    intervals: tuple[Interval | None, ...]
    values: tuple[float | None, ...]

    def proved_beyond(self, allowed: Allowed) -> list[bool | None]:
        """Return in which buckets the whole interval is on the bad side of what is allowed."""
        return self._beyond(self.intervals, allowed)

    def beyond(self, allowed: Allowed) -> list[bool | None]:
        """Return in which buckets the value is on the bad side of what is allowed."""
        return self._beyond([None if value is None else (value, value) for value in self.values], allowed)

    def dated(self, breach: QualityBreach, allowed: Allowed, settled: int = BUCKETS_THAT_BREAK) -> tuple[float, bool]:
        """Return since when (UTC seconds) a breach most likely is, and whether it may be longer."""
        labels = self.buckets.tally.labelled.tolist()
        found = likeliest_onset(breach, self.values, allowed, labels, self.metric.bad, settled)
        return self.buckets.starts_at(found.bucket), found.is_earlier

    def _beyond(self, told: Sequence[Interval | None], allowed: Allowed) -> list[bool | None]:
        pairs = zip(told, allowed, strict=True)
        return [None if most is None else is_beyond(one, most, self.metric.bad) for one, most in pairs]


def course_of(buckets: Buckets, metric: Metric, values: "Numbers", task: Task) -> MetricCourse:
    """Return the course of a metric; `values` are those of every bucket, NaN where it is no point of a curve."""
    intervals = [interval_of(buckets.tally.total(place, place + 1), task, metric) for place in range(buckets.count)]
    points = [None if value != value else value for value in values.tolist()]
    return MetricCourse(metric, buckets, tuple(intervals), tuple(points))
