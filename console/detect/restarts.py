"""What a restart or a scrape gap leaves in rates: for one window they repeat slow first requests, and miss others."""

import math

from console.detect.breach import Breach
from console.detect.case import Case
from console.detect.changes import new_versions
from console.domain.series import Series

SECONDS_OF_A_ROLLOUT = 900.0
"""For how long before an onset a new version makes the restarts beside it a release, which is judged at once."""


def only_repeats_a_restart(case: Case, breach: Breach) -> bool:
    """Return whether a breach of a rate began with replicas that came back, and has not outlasted what that leaves.

    Whether replicas came back is settled when the breach is confirmed: what was told is not taken back. Replicas that
    stay away, or go again, are no restart, nor is a new version.
    """
    confirm, window = case.judgement.confirm, case.rate_window
    lasts_until = breach.recovering_since or breach.last_seen or case.at
    if breach.is_earlier or lasts_until - breach.onset >= window + confirm:
        return False
    start, end = breach.onset - window, breach.onset + confirm
    returns = [_returns(count, start, lasts_until) for count in (case.history.replicas, case.history.live_targets)]
    if not any(returns) or any(len(each) > 1 or each[0] > end for each in returns if each):
        return False
    released = (change.at for change in new_versions(case.history.traffic_by_version))
    return not any(breach.onset - SECONDS_OF_A_ROLLOUT <= instant <= end for instant in released)


def _returns(count: Series, start: float, end: float) -> list[float]:
    """Return when a count that was less than usual, or not known, was as usual again between two UTC seconds.

    One that is still less at the end returns then at the earliest: at infinity.
    """
    before = sorted(value for instant, value in count.points() if instant < start)
    if not before:
        return []
    usual = before[len(before) // 2]
    found: list[float] = []
    is_less = False
    for index, value in enumerate(count.values):
        instant = count.grid.instant(index)
        if instant > end:
            break
        if is_less and value >= usual and instant >= start:
            found.append(instant)
        is_less = not value >= usual
    return [*found, math.inf] if is_less else found
