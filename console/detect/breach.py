"""When a series broke a limit, and whether it still does: a fold over the grid with hysteresis."""

from collections.abc import Callable, Sequence

import msgspec

from console.domain.series import Grid, Series

LONGEST_GAP_POINTS = 3


class Breach(msgspec.Struct, frozen=True):
    """A limit that is broken at the end of a series.

    `onset` is the first instant of the unbroken run (UTC seconds); `is_earlier` says that the run already held at the
    oldest value that was looked at. `recovering_since` is the first of the newest values that keep the limit again.
    """

    onset: float
    is_earlier: bool
    recovering_since: float | None = None


def find_breach(
    grid: Grid, values: Sequence[float], breaks: Callable[[float], bool], confirm: float, recover: float
) -> Breach | None:
    """Return the breach that holds at the end of the values, None when there is none.

    A breach is confirmed when every value of `confirm` seconds breaks the limit and is over when every value of
    `recover` seconds keeps it. NaN is unknown: it neither confirms a breach nor ends one.
    """
    if _keeps_by_now(grid, values, breaks, recover):
        return None
    run_start: float | None = None
    first_value: float | None = None
    keeps_since: float | None = None
    confirmed = False
    for index, value in enumerate(values):
        if value != value:
            continue
        instant = grid.start + grid.step * index
        if first_value is None:
            first_value = instant
        if breaks(value):
            keeps_since = None
            if run_start is None:
                run_start = instant
            confirmed = confirmed or instant - run_start >= confirm
            continue
        if keeps_since is None:
            keeps_since = instant
        if not confirmed or instant - keeps_since >= recover:
            run_start, confirmed = None, False
    if run_start is None or not confirmed:
        return None
    return Breach(run_start, run_start == first_value, keeps_since)


def _keeps_by_now(grid: Grid, values: Sequence[float], breaks: Callable[[float], bool], recover: float) -> bool:
    """Return whether the newest values of `recover` seconds keep the limit; that settles nearly every series."""
    newest: float | None = None
    for index in range(grid.count - 1, -1, -1):
        value = values[index]
        if value != value:
            continue
        if breaks(value):
            return False
        instant = grid.start + grid.step * index
        if newest is None:
            newest = instant
        if newest - instant >= recover:
            return True
    return True


def newest_run(grid: Grid, values: Sequence[float], breaks: Callable[[float], bool], recover: float) -> Breach | None:
    """Return the newest run of values that break the limit, also one that is over; None where none does.

    Runs that are not more than `recover` seconds, or neighbouring points, apart are one.
    """
    run: Breach | None = None
    first_value: float | None = None
    last_break: float | None = None
    for index, value in enumerate(values):
        if value != value:
            continue
        instant = grid.instant(index)
        if first_value is None:
            first_value = instant
        if not breaks(value):
            continue
        if last_break is None or instant - last_break > max(recover, grid.step):
            run = Breach(instant, instant == first_value)
        last_break = instant
    return run


def reach_back(breach: Breach, coarse: Series | None, breaks: Callable[[float], bool]) -> Breach:
    """Return a breach whose onset, when it lies before the fine grid, is looked for on the coarse one.

    A gap in the coarse data ends the search: what happened in it is not known, and the onset is earlier than told.
    """
    if not breach.is_earlier or coarse is None:
        return breach
    onset: float | None = None
    is_earlier = False
    previous: float | None = None
    for instant, value in coarse.points():
        if instant > breach.onset:
            break
        starts_anew = previous is None or instant - previous > LONGEST_GAP_POINTS * coarse.grid.step
        if not breaks(value):
            onset, is_earlier = None, False
        elif onset is None or starts_anew:
            onset, is_earlier = instant, starts_anew
        previous = instant
    if previous is None or breach.onset - previous > LONGEST_GAP_POINTS * coarse.grid.step:
        return breach
    if onset is None:
        return Breach(breach.onset, False, breach.recovering_since)
    return Breach(onset, is_earlier, breach.recovering_since)
