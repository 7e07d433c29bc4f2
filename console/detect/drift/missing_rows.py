"""Predictions that are not logged any more, or far fewer than at these hours of other days."""

import math
import warnings
from collections.abc import Sequence

import msgspec
import numpy

from console.detect.drift.distances import Counts, Flags, Numbers
from console.detect.drift.rule import DriftRule
from console.detect.drift.windows import DAY, DAYS_BACK, WEEK, WEEKS_BACK
from console.domain.moments import in_words, rfc3339
from console.domain.quantity import format_ratio
from console.history.predictions.past import HOUR, PredictionPast

_LEAST_EXPECTED = 20.0
"""Rows that must be expected for silence to be no chance: e^-20 is 2 in a thousand million."""
_LONGEST_TOLD = DAY
"""Buckets after which a model that logs nothing is taken as gone on purpose."""


class MissingRows(msgspec.Struct, frozen=True):
    """Since when (UTC seconds) rows are missing, which part of those expected (ratio), and words."""

    since: float
    share: float
    detail: str


def find_missing_rows(past: PredictionPast, rows: Counts, lateness: float, rule: DriftRule) -> MissingRows | None:
    """Return that rows are missing at the end of a past, against the same hours of earlier weeks or days.

    `rows` (buckets,) are those of all versions. Only hours of which nothing can come any more (`lateness` seconds after
    their end) are looked at, and the time since the newest row.
    """
    last = math.floor((past.at - lateness - past.grid.start) / HOUR) - 1
    if last < DAY:
        return None
    expected = _expected(rows, past.known)
    lost = past.known & _is_lost(rows, expected, rule)
    is_silent = bool(lost[last]) and rows[last] <= (1 - rule.silent_rows) * expected[last]
    if not (is_silent or lost[last - 1 : last + 1].all()):
        return _silence(past, rows, expected, lateness)
    first = _first_of_the_run(lost, expected, last)
    if last - first >= _LONGEST_TOLD:
        return None
    missed = slice(first, last + 1)
    share = 1 - float(rows[missed].sum()) / float(expected[missed].sum())
    since = past.grid.instant(first)
    if past.newest_row is not None and not rows[first:].any():
        since = past.newest_row
    per_hour = float(expected[last])
    detail = f"{format_ratio(share)} of the usual {per_hour:,.0f} rows an hour are missing"
    return MissingRows(since, share, detail)


def silence_by_chance(pasts: Sequence[PredictionPast]) -> float:
    """Return for how many seconds before `at` it may be chance that no row of any model of one log came.

    That is while fewer than 20 are usual, at these hours of earlier days of the log, or in the mean of one that is
    younger than a day. Infinite where so many were never usual.
    """
    hours = min((past.grid.count for past in pasts), default=0)
    if hours == 0:
        return math.inf
    rows = numpy.add.reduce([past.rows.sum(axis=0)[-hours:] for past in pasts])
    known = numpy.logical_and.reduce([past.known[-hours:] for past in pasts])
    known &= numpy.cumsum(rows) > 0  # before its first row a log expects nothing
    whole = rows[:-1][known[:-1]]
    usual = _expected(rows, known) if len(whole) >= DAY else numpy.full(hours, whole.mean() if len(whole) else 0.0)
    of_hour = pasts[0].at - pasts[0].grid.end
    silent, missed = 0.0, 0.0
    for per_hour in reversed(usual.tolist()):
        needed = (_LEAST_EXPECTED - missed) / per_hour * HOUR if per_hour > 0 else math.inf
        if needed <= of_hour:
            return silent + needed
        silent, missed, of_hour = silent + of_hour, missed + per_hour * of_hour / HOUR, HOUR
    return math.inf


def _is_lost(rows: Counts, expected: Numbers, rule: DriftRule) -> Flags:
    """Return in which hours far fewer rows came than usual, and fewer than chance explains."""
    from scipy import special

    by_chance = special.pdtr(rows, numpy.maximum(expected, 1.0))
    lost: Flags = (rows <= (1 - rule.lost_rows) * expected) & (by_chance <= rule.broken_significance)
    return lost


def _silence(past: PredictionPast, rows: Counts, expected: Numbers, lateness: float) -> MissingRows | None:
    """Return that the newest row is too old, before a whole hour is over."""
    if past.newest_row is None or past.at - past.newest_row <= lateness:
        return None
    quiet = past.at - lateness - past.newest_row
    per_hour = float(expected[-1])
    if quiet > 2 * HOUR or not per_hour * quiet / HOUR >= _LEAST_EXPECTED:
        return None
    detail = f"no row for {in_words(past.at - past.newest_row)}, {per_hour:,.0f} an hour are usual"
    return MissingRows(past.newest_row, 1.0, f"{detail} (the newest is of {rfc3339(past.newest_row)})")


def _first_of_the_run(lost: Flags, expected: Numbers, last: int) -> int:
    """Return where the run of lost hours begins; an hour that expects too little neither ends nor begins it."""
    first = last
    for index in range(last, -1, -1):
        if lost[index]:
            first = index
        elif expected[index] >= _LEAST_EXPECTED:
            break
    return first


def _expected(rows: Counts, known: Flags) -> Numbers:
    """Return the median of the rows at the same hour of up to four earlier weeks, else of seven earlier days."""
    held = numpy.where(known, rows.astype(numpy.float64), numpy.nan)
    weeks = numpy.stack([_earlier(held, WEEK * back) for back in range(1, WEEKS_BACK + 1)])
    days = numpy.stack([_earlier(held, DAY * back) for back in range(1, DAYS_BACK + 1)])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # hours before which nothing is known expect nothing
        of_weeks, of_days = numpy.nanmedian(weeks, axis=0), numpy.nanmedian(days, axis=0)
    enough_weeks = (~numpy.isnan(weeks)).sum(axis=0) >= 2
    expected: Numbers = numpy.nan_to_num(numpy.where(enough_weeks, of_weeks, of_days))
    return expected


def _earlier(values: Numbers, back: int) -> Numbers:
    shifted = numpy.full_like(values, numpy.nan)
    if back < len(values):
        shifted[back:] = values[:-back]
    return shifted
