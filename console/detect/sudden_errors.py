"""Errors that came suddenly: the hour that a burn rule looks at would tell of them only after a good part of it."""

from collections.abc import Sequence

import msgspec

from console.detect.case import Case
from console.domain.series import Series
from console.domain.signal import ERROR_RATIO

_TIMES_BUDGET = 3.0
"""How fast errors must burn the budget: as the first rule of the burn rates that opens a ticket asks."""
_TIMES_USUAL = 5.0
"""How many times their usual they must be."""
_NEWLY_FAILED = 0.15
"""The share of the failures in a rate window that must be newer than *confirm* for errors to go on.

A rate repeats a burst for as long as its window is, and does not grow by it; errors that go on are 20 % newer than a
minute at the end of a window of five.
"""
_FEWEST_NEWLY_FAILED = 2.0


class _Point(msgspec.Struct, frozen=True):
    """The failures (requests) within the rate window that ends at an instant (UTC seconds), and their ratio."""

    instant: float
    ratio: float
    failed: float


def limit_of_sudden_errors(case: Case) -> float:
    """Return the ratio above which errors are too many for their budget, their usual and this hour of their past."""
    usual = case.history.usual.get(ERROR_RATIO.name)
    far_above_usual = _TIMES_USUAL * (case.expected(ERROR_RATIO) or 0.0)
    return max(_TIMES_BUDGET * case.objective.error_budget, far_above_usual, usual.most if usual is not None else 0.0)


def goes_on(case: Case, onset: float, limit: float) -> bool:
    """Return whether errors over a limit (ratio) that began at an onset (UTC seconds) are more than a burst.

    They are once they have lasted for twice *confirm* and new ones come, or once they outlast all that a rate window
    repeats; that holds until they are over. A model without a known traffic is not judged: one of two requests may
    have failed.
    """
    ratio, traffic = case.history.fine.get(ERROR_RATIO.name), case.traffic
    if ratio is None or traffic is None:
        return False
    points = _points(ratio, traffic, case.rate_window, onset - case.judgement.confirm)
    return any(_is_sustained(points, number, case, onset, limit) for number in range(len(points)))


def _is_sustained(points: Sequence[_Point], number: int, case: Case, onset: float, limit: float) -> bool:
    point, confirm = points[number], case.judgement.confirm
    lasted = point.instant - onset
    if point.ratio <= limit or lasted < 2 * confirm or point.failed < case.judgement.minimum_failed_requests:
        return False
    if lasted >= case.rate_window + confirm:
        return True
    earlier = [each.failed for each in points[:number] if each.instant <= point.instant - confirm]
    newly_failed = point.failed - (earlier[-1] if earlier else 0.0)
    return newly_failed >= max(_FEWEST_NEWLY_FAILED, _NEWLY_FAILED * point.failed)


def _points(ratio: Series, traffic: Series, window: float, start: float) -> list[_Point]:
    """Return the points from an instant (UTC seconds) on; both series are on the fine grid."""
    first = max(0, int((start - ratio.grid.start) // ratio.grid.step))
    return [
        _Point(ratio.grid.instant(index), ratio.values[index], ratio.values[index] * traffic.values[index] * window)
        for index in range(first, ratio.grid.count)
        if ratio.values[index] == ratio.values[index] and traffic.values[index] == traffic.values[index]
    ]
