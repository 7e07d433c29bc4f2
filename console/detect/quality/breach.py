"""Whether a metric broke a limit and still does: k of the last n buckets, each by its whole interval."""

import statistics
from collections import deque
from collections.abc import Sequence

import msgspec

from console.detect.quality.intervals import Interval
from console.domain.signal import Direction

BUCKETS_THAT_BREAK, BUCKETS_LOOKED_AT = 2, 3


class QualityBreach(msgspec.Struct, frozen=True):
    """A broken limit; `bucket` is the first of those that broke it, `is_earlier` that it is the first told at all."""

    bucket: int
    is_earlier: bool


def is_beyond(interval: Interval | None, limit: float, bad: Direction) -> bool | None:
    """Return whether a whole interval is on the bad side of a limit, None without an interval.

    A metric whose both sides are bad must stay within the limit on either side of 0.
    """
    if interval is None:
        return None
    low, high = interval
    if bad is Direction.HIGH:
        return low > limit
    if bad is Direction.LOW:
        return high < limit
    return low > abs(limit) or high < -abs(limit)


def likeliest_onset(
    breach: QualityBreach,
    values: Sequence[float | None],
    allowed: Sequence[float | None],
    labels: Sequence[float],
    bad: Direction,
    settled: int = BUCKETS_THAT_BREAK,
) -> QualityBreach:
    """Return a breach that begins where its values most likely left those before it for good (Page 1954).

    What they are since then is the mean of the first `settled` from the breach's bucket on.

    An interval of few labels leaves a limit later than its value does: it proves the breach, and does not date it; nor
    does a value that is beyond the limit by chance. So what counts is by how much the values, each as often as it has
    labels, are beyond the middle between before and after, or beyond the limit where that is worse.
    """
    beyond = [
        None if value is None or most is None else _shortfall(value, most, bad)
        for value, most in zip(values, allowed, strict=True)
    ]
    told = [place for place, one in enumerate(beyond) if one is not None]
    fallen = [one for one in beyond[breach.bucket :] if one is not None][:settled]
    before = sorted(one for one in beyond[: breach.bucket] if one is not None)
    if not fallen:
        return breach
    usual = statistics.median(before) if before else 0.0
    # Of a short past most may be the fall itself: its better quarter is not.
    well = usual if usual < 0.0 or not before else min(0.0, before[len(before) // 4])
    middle = max(0.0, (statistics.fmean(fallen) + well) / 2)
    onset, most_so_far, summed = breach.bucket, 0.0, 0.0
    for place in reversed([place for place in told if place < breach.bucket]):
        summed += labels[place] * ((beyond[place] or 0.0) - middle)
        if summed > most_so_far:
            onset, most_so_far = place, summed
    return QualityBreach(onset, onset == told[0])


def _shortfall(value: float, allowed: float, bad: Direction) -> float:
    """Return by how much a value is worse than what is allowed; negative where it is better."""
    if bad is Direction.NEITHER:
        return abs(value) - abs(allowed)
    return allowed - value if bad is Direction.LOW else value - allowed


def find_quality_breach(breaks: Sequence[bool | None]) -> QualityBreach | None:
    """Return the breach that holds at the end of some buckets, None when there is none.

    It begins when two of three buckets in a row that could be told broke the limit, and ends when two of three did not.
    A bucket that cannot be told (None) neither confirms nor ends one.
    """
    recent: deque[tuple[int, bool]] = deque(maxlen=BUCKETS_LOOKED_AT)
    first_told: int | None = None
    breach: QualityBreach | None = None
    for bucket, broke in enumerate(breaks):
        if broke is None:
            continue
        first_told = bucket if first_told is None else first_told
        recent.append((bucket, broke))
        broken = [place for place, one in recent if one]
        if breach is None and len(broken) >= BUCKETS_THAT_BREAK:
            breach = QualityBreach(broken[0], broken[0] == first_told)
        elif breach is not None and len(recent) - len(broken) >= BUCKETS_THAT_BREAK:
            breach = None
    return breach


def find_sudden_breach(
    far_beyond: Sequence[bool | None], values_break: Sequence[bool | None]
) -> tuple[QualityBreach, bool] | None:
    """Return the newest breach that began with two buckets in a row far beyond a limit, and whether it still holds.

    It ends when the values of two of three buckets in a row are within the limit: an interval of few labels may reach
    into it all the while. A bucket that cannot be told (None) neither confirms nor ends one.
    """
    recent: deque[tuple[int, bool, bool]] = deque(maxlen=BUCKETS_LOOKED_AT)
    first_told: int | None = None
    breach: QualityBreach | None = None
    holds = False
    for bucket, (far, broke) in enumerate(zip(far_beyond, values_break, strict=True)):
        if far is None or broke is None:
            continue
        first_told = bucket if first_told is None else first_told
        recent.append((bucket, far, broke))
        newest = [place for place, is_far, _ in list(recent)[-BUCKETS_THAT_BREAK:] if is_far]
        if not holds and len(newest) == BUCKETS_THAT_BREAK:
            breach, holds = QualityBreach(newest[0], newest[0] == first_told), True
        elif holds and sum(not one for *_, one in recent) >= BUCKETS_THAT_BREAK:
            holds = False
    return (breach, holds) if breach is not None else None
