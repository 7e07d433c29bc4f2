"""Whether a metric broke a limit and still does: k of the last n buckets, each by its whole interval."""

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


def reached_back(breach: QualityBreach, values_break: Sequence[bool | None]) -> QualityBreach:
    """Return a breach that begins where the values themselves began to be beyond the limit, for most of the time.

    An interval of few labels leaves a limit later than its value does: it proves the breach, and does not date it.
    """
    first_told = next((place for place, broke in enumerate(values_break) if broke is not None), breach.bucket)
    onset = breach.bucket
    for place in range(breach.bucket - 1, -1, -1):
        if values_break[place]:
            onset = place
        elif (values_break[place] is False and not all(values_break[max(0, place - 2) : place])) or place < 2:
            break
    return QualityBreach(onset, onset == first_told)


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
