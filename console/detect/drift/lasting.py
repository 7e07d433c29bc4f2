"""What lasts: a verdict that was reached once holds until the data says otherwise, and no data says nothing."""

import msgspec

from console.detect.drift.breakage import Broken, find_breakage
from console.detect.drift.distances import Counts
from console.detect.drift.rule import DriftRule
from console.detect.drift.windows import DAY, Windows, cut
from console.domain.bins import Bins
from console.domain.series import Grid
from console.history.predictions.past import PredictionPast

_WINDOWS_BACK = 24
_AS_LIKELY_AS_NOT = 0.5


def still_broken(bins: Bins, counts: Counts, windows: Windows, rule: DriftRule) -> Broken | None:
    """Return how a column is broken that a window before found so and none since found whole; None where it is not.

    `counts` are by bucket (buckets, codes). A column begins to be broken beyond all doubt and ends when less than half
    of the share that matters is left: with one threshold for both, one near it would come and go with every refresh.
    """
    half = msgspec.structs.replace(rule, broken_share=rule.broken_share / 2, broken_significance=_AS_LIKELY_AS_NOT)
    found = find_breakage(bins, windows.steady(counts.sum(axis=-1)).summed(counts)[0], half)
    if found is None:
        return None
    for window in reversed(windows.newest(_WINDOWS_BACK).summed(counts)[:-1]):
        if find_breakage(bins, window, rule) is not None:
            return found
        if window.sum() >= rule.minimum_rows and find_breakage(bins, window, half) is None:
            return None
    return None


def last_told(past: PredictionPast, rule: DriftRule) -> PredictionPast | None:
    """Return the past up to the end of the newest hour of the last day that rows enough tell of; None without any."""
    rows = past.rows.sum(axis=0)
    for count in range(past.grid.count - 1, max(0, past.grid.count - 1 - DAY), -1):
        grid = Grid(past.grid.start, past.grid.step, count)
        windows = cut(grid, grid.end, rows[:count], rule)
        if rows[windows.bounds[-2] : count].sum() >= rule.minimum_rows:
            return _until(past, grid)
    return None


def _until(past: PredictionPast, grid: Grid) -> PredictionPast:
    return msgspec.structs.replace(
        past,
        at=grid.end + grid.step,
        grid=grid,
        rows=past.rows[:, : grid.count],
        counts={name: counts[:, : grid.count] for name, counts in past.counts.items()},
        known=past.known[: grid.count],
        errors=None,
        latency=None,
    )
