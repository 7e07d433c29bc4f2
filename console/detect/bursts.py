"""A burst of slow requests that a rate repeats: for a whole window nothing in it tells whether slow ones still come."""

from collections.abc import Sequence
from statistics import median

import msgspec

from console.detect.breach import Breach
from console.detect.case import Case
from console.domain.series import Series
from console.domain.signal import LATENCY_MEAN

_LEAST_EXCESS = 0.1
"""The ratio by which requests must take longer on average: a twentieth of slow ones tells a quantile alone.

Half a minute of requests that take twice as long is a tenth more in a window of five minutes.
"""
_NEWLY_SLOW = 0.3
"""The share of the additional seconds in a rate window that must be newer than *confirm* for slow requests to go on.

A rate repeats a burst for as long as its window is, and does not grow by it; of what goes on, half is newer than a
minute two minutes after it began, and a third after three.
"""


class _Point(msgspec.Struct, frozen=True):
    """The seconds that requests took longer than usual (per second, over a rate window), and whether that is much."""

    instant: float
    longer: float
    is_longer: bool


def only_repeats_a_burst(case: Case, breach: Breach) -> bool:
    """Return whether a breach of a latency may be no more than a burst that ended, which its rate still repeats.

    It is more once it outlasts the rate window, or once requests take longer on average for twice *confirm*, and those
    that came last do as well; that holds until it is over. Where no mean is told, nobody can say.
    """
    confirm, window = case.judgement.confirm, case.rate_window
    lasts_until = breach.recovering_since or breach.last_seen or case.at
    if breach.is_earlier or breach.returns or lasts_until - breach.onset >= window + confirm:
        return False
    mean, traffic = case.history.fine.get(LATENCY_MEAN.name), case.traffic
    if mean is None or traffic is None:
        return False
    since = breach.onset - window
    before = [value for instant, value in mean.points() if since - window <= instant < since]
    if not before:
        return False
    points = _points(mean, traffic, median(before), since)
    began = _began(points, breach.onset)
    return began is None or not any(_goes_on(points, number, began, confirm) for number in range(len(points)))


def _began(points: Sequence[_Point], onset: float) -> float | None:
    """Return since when requests take longer on average, at the onset or after it; None where they do not."""
    began: float | None = None
    for point in points:
        if not point.is_longer:
            began = None if point.instant <= onset else began
        elif began is None:
            began = point.instant
    return began


def _goes_on(points: Sequence[_Point], number: int, began: float, confirm: float) -> bool:
    point = points[number]
    if point.instant - began < 2 * confirm or not point.is_longer:
        return False
    earlier = [each.longer for each in points[:number] if each.instant <= point.instant - confirm]
    return point.longer - max(earlier[-1] if earlier else 0.0, 0.0) >= _NEWLY_SLOW * point.longer


def _points(mean: Series, traffic: Series, usual: float, start: float) -> list[_Point]:
    """Return the points from an instant (UTC seconds) on; both series are on the fine grid."""
    first = max(0, int((start - mean.grid.start) // mean.grid.step))
    return [
        _Point(mean.grid.instant(index), (seconds - usual) * requests, seconds >= (1 + _LEAST_EXCESS) * usual)
        for index in range(first, mean.grid.count)
        if (seconds := mean.values[index]) == seconds and (requests := traffic.values[index]) == requests
    ]
