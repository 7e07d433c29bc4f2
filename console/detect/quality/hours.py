"""Which hours are judged, and how they are put together so that each part holds enough labels."""

import math

import msgspec

from console.detect.quality import metrics
from console.detect.quality.tally import Tally
from console.domain.quality import Metric
from console.history.predictions.outcome_past import OutcomePast
from console.history.predictions.past import HOUR

FEWEST_LABELS = 50
"""Labelled rows below which no figure is given."""
ENOUGH_LABELS = 200
"""Labelled rows that a bucket should hold."""
COMPLETE = 0.8
"""The part of the usual coverage that an hour needs to count as complete, where labels have no time."""
OF_ONE_CLASS = frozenset({metrics.ROC_AUC, metrics.F1, metrics.PRECISION, metrics.RECALL})
BUCKET_HOURS = (1, 2, 3, 4, 6, 8, 12, 24)


class JudgedHours(msgspec.Struct, frozen=True):
    """The hours of a past from `first` to before `last` (places on its grid): those whose labels had their time."""

    first: int
    last: int

    @property
    def count(self) -> int:
        """Return how many there are."""
        return max(0, self.last - self.first)


def judged_hours(past: OutcomePast) -> JudgedHours:
    """Return the hours that are known and whose every row has had its horizon by the time up to which labels count."""
    import numpy as np

    known = np.flatnonzero(past.known)
    if len(known) == 0:
        return JudgedHours(0, 0)
    passed = math.floor((past.cutoff - past.plan.horizon) / (HOUR * past.plan.step)) * past.plan.step
    passed -= round(past.grid.start / HOUR)
    return JudgedHours(int(known[0]), min(passed, past.grid.count, int(known[-1]) + 1))


def without_unlabelled_end(hours: JudgedHours, tally: Tally, past: OutcomePast) -> JudgedHours:
    """Return the hours without the newest ones of which labels are plainly missing yet, where no horizon tells so.

    That is where their coverage is less than 0.8 of the usual hour's: who gets a label first is no fair sample.
    """
    import numpy as np

    if past.knows_label_times or past.plan.horizon > 0 or hours.count == 0:
        return hours
    rows, labelled = (values[hours.first : hours.last] for values in (tally.rows, tally.labelled))
    held = rows > 0
    usual = float(np.median(labelled[held] / rows[held])) if held.any() else 0.0
    complete = np.flatnonzero(held & (labelled >= COMPLETE * usual * rows))
    return JudgedHours(hours.first, hours.first + int(complete[-1]) + 1) if usual > 0 and len(complete) else hours


def bucket_hours(tally: Tally, hours: JudgedHours, metric: Metric, step: int = 1) -> int:
    """Return the size of buckets, in hours: the smallest multiple of `step` whose usual bucket holds enough labels.

    Where a metric tells of one class of two, the rarer one must hold a quarter of enough.
    """
    if hours.count <= 0:
        return step
    judged = tally.total(hours.first, hours.last)
    labelled = float(judged.labelled)
    if metric in OF_ONE_CLASS:
        labelled = min(labelled, 4 * float(judged.confusion.sum(axis=0).min()))
    sizes = [size for size in BUCKET_HOURS if size % step == 0]
    return next((size for size in sizes if labelled / hours.count * size >= ENOUGH_LABELS), sizes[-1])


class Buckets(msgspec.Struct, frozen=True):
    """Judged hours put together: `tally` has a bucket in each place of its first axis, the first begins at `start`.

    Buckets begin at multiples of their `seconds` (UTC), so that an hour more moves no border; the last one may be cut
    off at `end`.
    """

    tally: Tally
    start: float
    end: float
    seconds: float

    @property
    def count(self) -> int:
        """Return how many there are."""
        return len(self.tally.rows)

    def starts_at(self, bucket: int) -> float:
        """Return when a bucket begins (UTC seconds)."""
        return self.start + self.seconds * bucket


def in_buckets(tally: Tally, past: OutcomePast, hours: JudgedHours, size: int) -> Buckets:
    """Return the judged hours in buckets of so many hours."""
    start_hour = round(past.grid.start / HOUR)
    first, last = start_hour + hours.first, start_hour + max(hours.last, hours.first)
    lead, trail = first % size, -last % size
    tally = tally.part(hours.first, max(hours.last, hours.first)).padded(lead, trail).merged(size)
    return Buckets(tally, (first - lead) * HOUR, last * HOUR, size * HOUR)
