"""Errors as burn rates of the error budget over several windows.

Source: Google SRE workbook, chapter 5, "Multiwindow, Multi-Burn-Rate Alerts" (table 5-8), for a period of 30 days.
"""

import msgspec

from console.detect.breach import newest_run, reach_back
from console.detect.case import Case
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.moments import SECONDS_OF_UNIT, floor_to_step, in_words
from console.domain.objective import SECONDS_OF_BUDGET_PERIOD, BurnRate
from console.domain.quantity import format_quantity, times
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
BURN_WINDOWS = tuple(sorted({window for rule in BURN_RULES for window in (rule.long, rule.short)}))
"""Every window that the rules read, in seconds."""


def judge_errors(case: Case) -> list[Anomaly]:
    """Return the anomaly of the first burn rule that holds, worst rule first."""
    by_window = {burn.window: burn for burn in case.history.burn_rates}
    for rule in BURN_RULES:
        long, short = by_window.get(rule.long), by_window.get(rule.short)
        if long is not None and short is not None and _holds(rule, long, short, case):
            return [_anomaly(case, rule, long)]
    return []


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


def _anomaly(case: Case, rule: BurnRule, long: BurnRate) -> Anomaly:
    budget = case.objective.error_budget
    value = case.last(ERROR_RATIO)
    onset, is_earlier = _onset(case, rule.factor * budget)
    rate = long.rate(budget)
    goes = (
        f"burns its error budget at {times(rate)}: 30 days' worth gone in {in_words(SECONDS_OF_BUDGET_PERIOD / rate)}"
    )
    failed = f"{format_quantity(round(long.failed_requests), '1')} of {format_quantity(round(long.requests), '1')}"
    return Anomaly(
        id=f"{case.model_id}/{ERROR_RATIO.name}",
        kind=AnomalyKind.ERRORS,
        signal=ERROR_RATIO.name,
        severity=rule.severity,
        onset=onset,
        onset_is_earlier=is_earlier,
        summary=_summary(value, budget, long),
        unit=ERROR_RATIO.unit,
        value=value,
        expected=case.expected(ERROR_RATIO),
        objective=budget,
        limit=budget,
        evidence=(goes, f"{failed} requests failed within {in_words(long.window)}"),
    )


def _summary(value: float | None, budget: float, long: BurnRate) -> str:
    """Return what fails now, or within the window where now is calm again."""
    told = f"objective {format_quantity(budget, 'ratio')}"
    if value is not None and value > budget:
        return f"errors {format_quantity(value, 'ratio')}, {told}"
    now = "unknown now" if value is None else f"{format_quantity(value, 'ratio')} now"
    return f"errors {format_quantity(long.error_ratio, 'ratio')} within {in_words(long.window)}, {now}, {told}"


def _onset(case: Case, limit: float) -> tuple[float, bool]:
    """Return when the newest run of the error ratio over a limit began, and whether that is only the latest it can be.

    The windows still burn for a while after the ratio has come down, so the run may be over. A run within the short
    window is what made it burn, so one is found unless the grids have gaps; then the full hour stands for it.
    """

    def breaks(ratio: float) -> bool:
        return ratio > limit

    past, recover = case.history, case.judgement.recover
    fine, coarse = past.fine.get(ERROR_RATIO.name), past.as_far_back(ERROR_RATIO.name)
    run = newest_run(fine.grid, fine.values, breaks, recover) if fine is not None else None
    if run is not None:
        run = reach_back(run, coarse, breaks)
    elif coarse is not None:
        run = newest_run(coarse.grid, coarse.values, breaks, recover)
    if run is None:
        return floor_to_step(case.at, SECONDS_OF_UNIT["h"]), True
    return run.onset, run.is_earlier
