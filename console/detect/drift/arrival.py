"""How a column's change came: from one window to the next, or step by step."""

import numpy

from console.detect.drift.column import change_of, windows_since_onset
from console.domain.drift import ColumnDrift, DriftView
from console.domain.moments import clock_time, rfc3339

_ALL_AT_ONCE = 0.7
"""The part of its present change that a column must have made in its first two windows to have moved at once."""
_DAY = 86_400.0
_WINDOWS_BESIDE = 4
"""Windows before the onset, and newest ones, that are looked at for that."""


def came_at_once(column: ColumnDrift, view: DriftView) -> bool | None:
    """Return whether a column made its change from one window to the next.

    None where its onset is out of sight, or the windows on one side of it hold too few rows to tell.
    """
    after = windows_since_onset(column, view)
    if after is None:
        return None
    since = numpy.array(column.psi_over_time[-after:])
    before = numpy.array(column.psi_over_time[:-after])[-_WINDOWS_BESIDE:]
    if numpy.isnan(since[:2]).all() or (len(before) and numpy.isnan(before).all()):
        return None
    told = since[-_WINDOWS_BESIDE:]
    level = float(numpy.median(told[~numpy.isnan(told)])) if not numpy.isnan(told).all() else change_of(column)
    was_elsewhere = bool((numpy.nan_to_num(before) <= (1 - _ALL_AT_ONCE) * level).all())
    # A change seldom waits for the hour: the window that it falls into is still a mixture.
    return was_elsewhere and bool((numpy.nan_to_num(since[:2]) >= _ALL_AT_ONCE * level).any())


def arrival_in_words(column: ColumnDrift, view: DriftView) -> str:
    """Return how and when a column's change came."""
    if column.onset is None or windows_since_onset(column, view) is None:
        return "began before the windows that are looked at closely"
    is_of_today = view.end - column.onset < _DAY
    when = f"{clock_time(column.onset)} UTC" if is_of_today else rfc3339(column.onset)
    at_once = came_at_once(column, view)
    if at_once is None:
        return f"came about {when}, beside windows without enough rows"
    return f"came within one window, at {when}" if at_once else f"came step by step, about {when}"
