"""When a series broke a limit, whether it still does, and how often it came back: a fold over the grid."""

from collections.abc import Callable, Iterable, Iterator
from math import inf

import msgspec

from console.domain.series import Series

LONGEST_GAP_POINTS = 3

Breaks = Callable[[float], bool]
"""Whether a value breaks the limit; never asked of NaN."""


class Hysteresis(msgspec.Struct, frozen=True):
    """How long (seconds) a limit must be broken until that counts, and be kept until it is over.

    What comes back within `remember` seconds of its end is the same breach, as is all that ended at `joined_since` or
    later. What ended before `told_since` is forgotten. Both are UTC seconds; by default only what holds now is told.
    """

    confirm: float
    recover: float
    remember: float = 0.0
    told_since: float = inf
    joined_since: float = inf


class Breach(msgspec.Struct, frozen=True):
    """A limit that is broken at the end of a series, or was until a while ago; instants are UTC seconds.

    `onset` is the first instant that broke it; `is_earlier` says that the oldest value that was looked at did already.
    `recovering_since` is the first of the newest values that keep it again, `ended` the same once that lasted long
    enough. `returns` is how often it came back. `last_seen` is the newest value where the series ends without one.
    """

    onset: float
    is_earlier: bool
    recovering_since: float | None = None
    ended: float | None = None
    returns: int = 0
    last_seen: float | None = None


class _Run(msgspec.Struct, frozen=True):
    """One time of breaking a limit, `ended` where it is over.

    A lone point of a coarse grid is not confirmed: it stands for minutes of which nothing else is known, so it belongs
    to what is near it and says nothing alone.
    """

    onset: float
    recovering_since: float | None = None
    ended: float | None = None
    is_confirmed: bool = True


_Point = tuple[float, float, bool]
"""UTC seconds, value, and whether it is of the coarse grid."""


def find_breach(fine: Series, coarse: Series | None, breaks: Breaks, hysteresis: Hysteresis) -> Breach | None:
    """Return the breach that holds at the end of the fine grid or ended lately, None when there is none.

    A breach is confirmed when every value of `confirm` seconds breaks the limit, and over when every value of `recover`
    seconds keeps it. NaN is unknown: it neither confirms a breach nor ends one. What may have begun before the fine
    grid is looked for on the coarse one, back to a gap in it: what happened in that is not known.
    """
    newest = fine.last_seen()
    if newest is None:
        if coarse is None:
            return None
        points = _followed(coarse, inf)
        return _told(points, breaks, hysteresis, _last_of(points))
    if _is_settled(fine, breaks, hysteresis, newest):
        return None
    last_seen = newest if newest < fine.grid.end else None
    points = [(instant, value, False) for instant, value in fine.points()]
    found = _told(points, breaks, hysteresis, last_seen)
    oldest = points[0][0]
    begins = hysteresis.told_since if found is None else found.onset - hysteresis.remember
    if coarse is None or min(begins, hysteresis.joined_since) > oldest:
        return found
    return _told([*_followed(coarse, oldest), *points], breaks, hysteresis, last_seen)


def _is_settled(fine: Series, breaks: Breaks, hysteresis: Hysteresis, newest: float) -> bool:
    """Return whether the newest values keep the limit for longer than anything is told; so do nearly all series."""
    told_since = min(hysteresis.told_since, newest - hysteresis.recover)
    for index in range(fine.grid.count - 1, -1, -1):
        value = fine.values[index]
        if value != value:
            continue
        if breaks(value):
            return False
        if fine.grid.instant(index) < told_since:
            return True
    return False


def _followed(coarse: Series, end: float) -> list[_Point]:
    """Return the coarse points before an instant (UTC seconds) that no gap separates from it."""
    longest = LONGEST_GAP_POINTS * coarse.grid.step
    points = [(instant, value, True) for instant, value in coarse.points() if instant < end]
    if not points or (end != inf and end - points[-1][0] > longest):
        return []
    first = len(points) - 1
    while first > 0 and points[first][0] - points[first - 1][0] <= longest:
        first -= 1
    return points[first:]


def _last_of(points: list[_Point]) -> float | None:
    return points[-1][0] if points else None


def _told(points: list[_Point], breaks: Breaks, hysteresis: Hysteresis, last_seen: float | None) -> Breach | None:
    """Return the newest run of these points together with those that it is the return of."""
    runs = list(_runs(points, breaks, hysteresis))
    while runs and not runs[-1].is_confirmed:
        runs.pop()
    if not runs:
        return None
    newest = first = runs.pop()
    if newest.ended is not None and newest.ended < hysteresis.told_since:
        return None
    returns = 0
    for run in reversed(runs):
        ended = run.ended if run.ended is not None else run.onset
        if first.onset - ended > hysteresis.remember and ended < hysteresis.joined_since:
            break
        first = run
        returns += 1
    is_earlier = first.onset == points[0][0]
    return Breach(first.onset, is_earlier, newest.recovering_since, newest.ended, returns, last_seen)


def _runs(points: Iterable[_Point], breaks: Breaks, hysteresis: Hysteresis) -> Iterator[_Run]:
    """Yield each time that the limit was broken, oldest first; only the last one may not be over."""
    onset: float | None = None
    keeps_since: float | None = None
    is_confirmed = began_coarse = False
    for instant, value, is_coarse in points:
        if breaks(value):
            if onset is None:
                onset, began_coarse = instant, is_coarse
            keeps_since = None
            is_confirmed = is_confirmed or instant - onset >= hysteresis.confirm
            continue
        if onset is None:
            continue
        if keeps_since is None:
            keeps_since = instant
        lasts = is_coarse or instant - keeps_since >= hysteresis.recover
        if is_confirmed and not lasts:
            continue
        if is_confirmed or began_coarse:
            yield _Run(onset, keeps_since, keeps_since, is_confirmed)
        onset, keeps_since, is_confirmed = None, None, False
    if onset is not None and is_confirmed:
        yield _Run(onset, keeps_since)
