"""Errors as burn rates of the error budget over several windows.

Source: Google SRE workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts" (table 5-8), for a period of 30 days.
"""

from itertools import pairwise

import msgspec

from console.detect.breach import Breach
from console.detect.burning import ErrorCourse
from console.detect.case import Case
from console.detect.progress import with_breach
from console.detect.sudden_errors import goes_on, limit_of_sudden_errors
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.moments import SECONDS_OF_UNIT, floor_to_step, in_words
from console.domain.objective import SECONDS_OF_BUDGET_PERIOD, BurnRate
from console.domain.quantity import format_quantity, times
from console.domain.series import Series
from console.domain.signal import ERROR_RATIO


class BurnRule(msgspec.Struct, frozen=True):
    """Both windows (seconds) must burn faster than `factor`: the long one proves it, the short one shows it lasts."""

    long: float
    short: float
    factor: float
    severity: Severity


BURN_RULES = (
    BurnRule(3_600, 300, 14.4, Severity.CRITICAL),
    BurnRule(21_600, 1_800, 6.0, Severity.CRITICAL),
    BurnRule(86_400, 7_200, 3.0, Severity.WARNING),
    BurnRule(259_200, 21_600, 1.0, Severity.WARNING),
)
_PAGE_RULES = tuple(rule for rule in BURN_RULES if rule.severity is Severity.CRITICAL)
"""The rules that are also looked for in the past; the windows of the others reach back further than what is read."""
_SECONDS_BETWEEN_LOOKS = 300.0
BURN_WINDOWS = tuple(sorted({window for rule in BURN_RULES for window in (rule.long, rule.short)}))
"""Every window that the rules read, in seconds."""


def judge_errors(case: Case) -> list[Anomaly]:
    """Return the anomaly of the first burn rule that holds, worst rule first; else of one that held a while ago.

    Where none does, errors far above their usual and their budget are a warning once they go on. A rule that nothing
    tells any more has not recovered: it is told as it was when the ratio was seen last.
    """
    by_window = {burn.window: burn for burn in case.history.burn_rates}
    for rule in BURN_RULES:
        long, short = by_window.get(rule.long), by_window.get(rule.short)
        if long is not None and short is not None and _holds(rule, long, short, case):
            course = ErrorCourse(case)
            return [_anomaly(case, rule.severity, long, _since_sudden(case, course, _breach_of(case, course, rule)))]
    return _judge_before(case) or _judge_sudden(case)


def _judge_before(case: Case) -> list[Anomaly]:
    """Return the anomaly of a page rule that held when the ratio was seen last, or that has recovered lately."""
    ratio = case.history.fine.get(ERROR_RATIO.name)
    if ratio is None or not _may_have_burned(case, ratio):
        return []
    course = ErrorCourse(case)
    seen = course.last_seen
    is_lost = seen is not None and seen < ratio.grid.end
    for instant in _looks(case, seen if is_lost and seen is not None else None):
        for rule in _PAGE_RULES:
            long, short = course.burn(rule.long, instant), course.burn(rule.short, instant)
            if long is None or short is None or not _holds(rule, long, short, case):
                continue
            breach = _since_sudden(case, course, _breach_of(case, course, rule))
            if is_lost:
                breach = msgspec.structs.replace(breach, last_seen=seen)
            elif breach.recovering_since is None:
                return []  # the ratio is where it was: its windows were measured apart from it
            else:
                breach = msgspec.structs.replace(breach, ended=breach.recovering_since)
            return [_anomaly(case, rule.severity, long, breach)]
    return []


def _judge_sudden(case: Case) -> list[Anomaly]:
    """Return the anomaly of errors that break the budget and are far above their usual, too new for any long window."""
    if not _may_be_sudden(case):
        return []
    course = ErrorCourse(case)
    breach = _sudden_breach(case, course)
    if breach is None:
        return []
    over_since = breach.recovering_since
    if over_since is not None:
        if over_since < case.told_since:
            return []
        breach = msgspec.structs.replace(breach, ended=over_since)
    burned = course.burn(BURN_RULES[0].short, over_since if over_since is not None else case.at)
    return [_anomaly(case, Severity.WARNING, burned, breach)] if burned is not None else []


def _may_be_sudden(case: Case) -> bool:
    """Return whether any ratio of the last hour is over the limit: of nearly all models that look says no."""
    ratio, limit = case.history.fine.get(ERROR_RATIO.name), limit_of_sudden_errors(case)
    return ratio is not None and any(value > limit for value in ratio.values)


def _sudden_breach(case: Case, course: ErrorCourse) -> Breach | None:
    if not _may_be_sudden(case):
        return None
    limit = limit_of_sudden_errors(case)
    breach = _breach(case, course, limit, BURN_RULES[0].short)
    return None if breach.is_earlier or not goes_on(case, breach.onset, limit) else breach


def _since_sudden(case: Case, course: ErrorCourse, breach: Breach) -> Breach:
    """Return the breach of a rule, since the warning that it was before, if that never was calm in between.

    Else the onset would move as it gets worse, and with it the id of the incident.
    """
    sudden = _sudden_breach(case, course)
    if sudden is None or sudden.onset >= breach.onset:
        return breach
    points, limit = case.history.fine[ERROR_RATIO.name].points(), limit_of_sudden_errors(case)
    over = [instant for instant, value in points if value > limit and sudden.onset <= instant < breach.onset]
    if any(later - earlier > case.judgement.recover for earlier, later in pairwise([*over, breach.onset])):
        return breach
    return msgspec.structs.replace(breach, onset=sudden.onset, is_earlier=sudden.is_earlier)


def _may_have_burned(case: Case, ratio: Series) -> bool:
    """Return whether a page rule may have held lately: of nearly all models one look at the ratio says no."""
    lowest = min(rule.factor for rule in _PAGE_RULES) * case.objective.error_budget
    if any(value > lowest for value in ratio.values):
        return True
    coarse = case.history.as_far_back(ERROR_RATIO.name)
    reaches_further = case.reach < ratio.grid.start or (ratio.last_seen() is None and not case.is_quiet)
    return reaches_further and coarse is not None and any(value > lowest for value in coarse.values)


def _looks(case: Case, lost_at: float | None) -> list[float]:
    """Return the instants (UTC seconds) at which the rules are looked at again, the newest first."""
    if lost_at is not None:
        return [lost_at]
    newest = floor_to_step(case.at - 1, _SECONDS_BETWEEN_LOOKS)
    count = int((newest - case.told_since) // _SECONDS_BETWEEN_LOOKS) + 1
    return [newest - _SECONDS_BETWEEN_LOOKS * number for number in range(count)]


def budget_in_words(case: Case) -> str | None:
    """Return how fast the 30-day error budget goes at the rate of the last hour, None while it lasts its 30 days."""
    hour = next((burn for burn in case.history.burn_rates if burn.window == BURN_RULES[0].long), None)
    if hour is None or hour.failed_requests < case.judgement.minimum_failed_requests:
        return None
    rate = hour.rate(case.objective.error_budget)
    return f"budget for 30 days gone in {in_words(SECONDS_OF_BUDGET_PERIOD / rate)}" if rate > 1 else None


def _holds(rule: BurnRule, long: BurnRate, short: BurnRate, case: Case) -> bool:
    budget = case.objective.error_budget
    enough = long.failed_requests >= case.judgement.minimum_failed_requests
    return enough and long.rate(budget) > rule.factor and short.rate(budget) > rule.factor


def _anomaly(case: Case, severity: Severity, long: BurnRate, breach: Breach) -> Anomaly:
    budget = case.objective.error_budget
    value = case.last(ERROR_RATIO)
    rate = long.rate(budget)
    goes = (
        f"burns its error budget at {times(rate)}: 30 days' worth gone in {in_words(SECONDS_OF_BUDGET_PERIOD / rate)}"
    )
    failed = f"{format_quantity(round(long.failed_requests), '1')} of {format_quantity(round(long.requests), '1')}"
    anomaly = Anomaly(
        id=f"{case.model_id}/{ERROR_RATIO.name}",
        kind=AnomalyKind.ERRORS,
        signal=ERROR_RATIO.name,
        severity=severity,
        onset=breach.onset,
        summary=_summary(value, budget, long),
        unit=ERROR_RATIO.unit,
        value=value,
        expected=case.expected(ERROR_RATIO),
        objective=budget,
        limit=budget,
        evidence=() if breach.ended is not None else (goes, f"{failed} requests failed within {in_words(long.window)}"),
    )
    return with_breach(anomaly, breach, case.at)


def _summary(value: float | None, budget: float, long: BurnRate) -> str:
    """Return what fails now, or within the window where now is calm again."""
    told = f"objective {format_quantity(budget, 'ratio')}"
    if value is not None and value > budget:
        return f"errors {format_quantity(value, 'ratio')}, {told}"
    now = "unknown now" if value is None else f"{format_quantity(value, 'ratio')} now"
    return f"errors {format_quantity(long.error_ratio, 'ratio')} within {in_words(long.window)}, {now}, {told}"


def _breach_of(case: Case, course: ErrorCourse, rule: BurnRule) -> Breach:
    return _breach(case, course, rule.factor * case.objective.error_budget, rule.short)


def _breach(case: Case, course: ErrorCourse, limit: float, short: float) -> Breach:
    """Return how the error ratio broke a limit (ratio), which is judged over a short window (seconds).

    It is calm once it has been so for long enough. A run within the short window is what made it burn, so one is found
    unless the grids have gaps; then the full hour stands for it.
    """
    judgement = case.judgement
    longest_calm = max(judgement.remember, short)
    usual = case.expected(ERROR_RATIO) or 0.0
    breach = course.breach(limit, usual, longest_calm, short, case.reach)
    if breach is None:
        return Breach(floor_to_step(case.at, SECONDS_OF_UNIT["h"]), True)
    calm_since = breach.recovering_since
    if calm_since is not None and case.at - calm_since < judgement.recover:
        return msgspec.structs.replace(breach, recovering_since=None)
    return breach
