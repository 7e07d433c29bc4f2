"""What is usual at these hours: a pattern of the day or the week is neither drift nor broken data."""

from collections.abc import Iterable, Mapping

import msgspec
import numpy

from console.detect.drift.breakage import find_breakage
from console.detect.drift.distances import Counts, Flags
from console.detect.drift.rule import DriftRule
from console.detect.drift.stack import Comparison, compared, stacks_of
from console.detect.drift.windows import Windows
from console.domain.bins import Bins


def unusual_windows(
    columns: Iterable[Bins], counts: Mapping[str, Counts], rows: Counts, windows: Windows, rule: DriftRule
) -> dict[str, Flags]:
    """Return by column which of the windows differ from what their hours usually look like.

    A daily or weekly pattern is no drift: such a window looks like the same hours of earlier weeks. But so does one of
    a shift that has stood for weeks, and that is told by whole days: a pattern is gone from them, a standing shift is
    not. A window without earlier hours to look at is unusual.
    """
    unusual: dict[str, Flags] = {}
    for stack in stacks_of(columns):
        own = {bins.column: counts[bins.column] for bins in stack.bins}
        window = stack.windows({name: windows.summed(of_column) for name, of_column in own.items()})
        usual = stack.windows({name: windows.same_hours_before(of_column, rows) for name, of_column in own.items()})
        days = stack.windows({name: windows.whole_days_before(of_column) for name, of_column in own.items()})
        has_usual = (usual.sum(axis=-1) >= rule.minimum_rows) & (days.sum(axis=-1) >= rule.minimum_rows)
        differs = _differs(compared(usual, window, stack.kind), rule.false_discoveries, rule)
        stands = _differs(stack.compared(days), rule.false_alarms, rule)
        unusual.update(zip(own, ~has_usual | differs | stands, strict=True))
    return unusual


def _differs(comparison: Comparison, significance: float, rule: DriftRule) -> Flags:
    found: Flags = (comparison.p_value <= significance) & (comparison.effect >= rule.least_effect)
    return found


def is_broken_as_usual(bins: Bins, counts: Counts, rows: Counts, windows: Windows, rule: DriftRule) -> bool:
    """Return whether what looks broken in the newest window looks so at these hours always, and whole days do not."""
    days = windows.newest(1).whole_days_before(counts)[0]
    if days.sum() < rule.minimum_rows or find_breakage(bins, days, rule) is not None:
        return False
    doubtful = msgspec.structs.replace(rule, broken_significance=rule.broken_unlike_usual)
    for window in (windows.newest(1), windows.steady(rows)):
        usual = window.same_hours_before(counts, rows)[0]
        as_usual = msgspec.structs.replace(bins, reference=tuple(usual.tolist()))
        if usual.sum() < rule.minimum_rows or find_breakage(as_usual, window.summed(counts)[0], doubtful) is not None:
            return False
    return True


def broken_windows(bins: Bins, counts: Counts, windows: Windows, rule: DriftRule) -> Flags:
    """Return in which of the windows a column was broken: these say nothing of drift."""
    found = [find_breakage(bins, window, rule) is not None for window in windows.summed(counts)]
    return numpy.array(found, dtype=numpy.bool_)
