"""The course of an error ratio: since when it burns the budget, whether it is calm by now, how it burned before."""

from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from itertools import accumulate, pairwise

import msgspec

from console.detect.breach import LONGEST_GAP_POINTS, Breach
from console.detect.case import Case
from console.domain.objective import BurnRate
from console.domain.series import Series
from console.domain.signal import ERROR_RATIO, TRAFFIC

_LIKE_USUAL = 2.0
"""How many times its usual an error ratio may be while nothing has begun yet."""


class _Stretch(msgspec.Struct, frozen=True):
    """The error ratio up to an instant (UTC seconds), and the requests that it stands for."""

    instant: float
    ratio: float
    requests: float


class ErrorCourse:
    """The error ratio of one model over time: on the fine grid, and at five-minute points before that."""

    def __init__(self, case: Case) -> None:
        past = case.history
        fine, coarse = past.fine.get(ERROR_RATIO.name), past.as_far_back(ERROR_RATIO.name)
        older = list(_stretches(coarse, past.as_far_back(TRAFFIC.name))) if coarse is not None else []
        newer = list(_stretches(fine, case.traffic)) if fine is not None else []
        if newer:
            older = [each for each in older if each.instant < newer[0].instant]
        self._longest_gap = LONGEST_GAP_POINTS * coarse.grid.step if coarse is not None else float("inf")
        self._stretches = _after_the_last_gap([*older, *newer], self._longest_gap)

    @property
    def last_seen(self) -> float | None:
        """Return the instant of the newest ratio (UTC seconds), None when there is none."""
        return self._stretches[-1].instant if self._stretches else None

    def breach(self, limit: float, usual: float, longest_calm: float, drained: float, reach: float) -> Breach | None:
        """Return what broke a limit (ratio) newly, be it over or not; None when nothing did.

        What a calm of more than `longest_calm` seconds before `reach` (UTC seconds) separates is another breach; a calm
        of more than `drained` seconds is one from which it came back. The onset is where the failures beyond the limit,
        added up from there to now, are most: the estimate of the cumulative sum test (Page 1954, Biometrika 41), which
        a lone failed request long before does not move; from there it is followed down to where the ratio left what is
        `usual`, since a rate takes a part of its window to reach a limit.
        """
        over = [each.instant for each in self._stretches if each.ratio > limit]
        if not over:
            return None
        begins = over[0]
        for earlier, later in pairwise(over):
            if later - earlier > longest_calm and earlier < reach:
                begins = later
        onset = self._left(usual, self._most_beyond(limit, begins))
        calm = [each.instant for each in self._stretches if each.instant > over[-1]]
        returns = sum(earlier >= onset and later - earlier > drained for earlier, later in pairwise(over))
        return Breach(onset, onset == self._stretches[0].instant, calm[0] if calm else None, returns=returns)

    def burn(self, window: float, end: float) -> BurnRate | None:
        """Return how the budget burned in the seconds before an instant; None where less is known than that."""
        if not self._stretches or self._stretches[0].instant > end - window + self._longest_gap:
            return None
        instants, requests, failed = self._totals
        first, last = bisect_right(instants, end - window), bisect_right(instants, end)
        asked = requests[last] - requests[first]
        return BurnRate(window, (failed[last] - failed[first]) / asked, asked) if asked > 0 else None

    @cached_property
    def _totals(self) -> tuple[list[float], list[float], list[float]]:
        """Return the instants, and the requests and failures before each of them, added up."""
        requests = accumulate((each.requests for each in self._stretches), initial=0.0)
        failed = accumulate((each.ratio * each.requests for each in self._stretches), initial=0.0)
        return [each.instant for each in self._stretches], list(requests), list(failed)

    def _most_beyond(self, limit: float, begins: float) -> float:
        onset, beyond, most = begins, 0.0, float("-inf")
        for each in reversed(self._stretches):
            if each.instant < begins:
                break
            beyond += (each.ratio - limit) * each.requests
            if each.ratio > limit and beyond >= most:
                onset, most = each.instant, beyond
        return onset

    def _left(self, usual: float, onset: float) -> float:
        rises = [each for each in self._stretches if each.instant <= onset]
        for earlier, later in pairwise(reversed(rises)):
            if later.ratio >= earlier.ratio or later.ratio <= _LIKE_USUAL * usual:
                return earlier.instant
        return rises[0].instant


def _stretches(ratio: Series, traffic: Series | None) -> Iterator[_Stretch]:
    """Yield the points of a ratio; where no traffic is told all of them weigh the same. Both series end together."""
    step = ratio.grid.step
    for instant, value in ratio.points():
        index = -1 if traffic is None else round((instant - traffic.grid.start) / step)
        per_second = 1.0 if traffic is None else traffic.values[index] if index >= 0 else 0.0
        yield _Stretch(instant, value, (per_second if per_second == per_second else 0.0) * step)


def _after_the_last_gap(stretches: list[_Stretch], longest: float) -> list[_Stretch]:
    cut = max((n for n, (a, b) in enumerate(pairwise(stretches), 1) if b.instant - a.instant > longest), default=0)
    return stretches[cut:]
