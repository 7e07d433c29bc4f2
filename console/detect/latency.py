"""Latency against its objective, or against three times the model's own median where nobody promised one."""

import math
from array import array

from console.detect.breach import Breach, find_breach
from console.detect.bursts import only_repeats_a_burst
from console.detect.case import Case
from console.detect.progress import with_breach
from console.detect.restarts import only_repeats_a_restart
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.quantity import format_quantity
from console.domain.series import Series
from console.domain.signal import LATENCY_MEAN, SIGNALS, TRAFFIC, Signal


def promised_latencies(case: Case) -> dict[Signal, float]:
    """Return the seconds that were promised of each signal that there is, time to first token included."""
    promised = case.objective.latency.items()
    return {SIGNALS[name]: seconds for name, seconds in promised if name in case.history.fine}


def latency_limits(case: Case) -> dict[Signal, float]:
    """Return the seconds that each judged latency signal must stay under; what speaks for the model comes first.

    These are the promised ones. Without a promise it is an expectation times the configured factor, or more where the
    past of the signal says more: of the headline, and of the mean, which still moves when a quantile stands at the end
    of its histogram; nothing where nothing is expected.
    """
    promised = promised_latencies(case)
    if promised:
        return promised
    headline = case.headline()
    judged = () if headline is None else dict.fromkeys((headline, LATENCY_MEAN))
    expected = {signal: case.expected(signal) for signal in judged if signal.name in case.history.fine}
    return {signal: _unpromised_limit(case, signal, usual) for signal, usual in expected.items() if usual}


def _unpromised_limit(case: Case, signal: Signal, expected: float) -> float:
    """Return a limit (seconds) that what is usual of the signal itself keeps."""
    told, times_expected = case.history.usual.get(signal.name), expected * case.judgement.latency_factor
    return max(times_expected, told.most) if told is not None else times_expected


def judge_latency(case: Case) -> list[Anomaly]:
    """Return an anomaly per latency signal that breaks its limit while the model has enough traffic to tell.

    Without a promise one is enough: the mean speaks only while the headline keeps its limit.
    """
    promised = promised_latencies(case)
    found: list[Anomaly] = []
    for signal, limit in latency_limits(case).items():
        breach = _breach(case, signal, limit)
        if breach is not None and (promised or all(each.is_over for each in found)):
            found.append(_anomaly(case, signal, limit, breach, promised.get(signal)))
    return found


def _breach(case: Case, signal: Signal, limit: float) -> Breach | None:
    def breaks(seconds: float) -> bool:
        return seconds > limit

    past, minimum = case.history, case.judgement.minimum_traffic
    fine = _where_traffic_suffices(past.fine[signal.name], case.traffic, minimum)
    coarse = past.as_far_back(signal.name)
    if fine.last_seen() is None and case.is_quiet:
        return None  # nobody asks it any more, so that after an hour nothing is to be said of it
    if coarse is not None:
        coarse = _where_traffic_suffices(coarse, past.as_far_back(TRAFFIC.name), minimum)
    breach = find_breach(fine, coarse, breaks, case.hysteresis)
    if breach is None or only_repeats_a_restart(case, breach) or only_repeats_a_burst(case, breach):
        return None
    return breach


def _where_traffic_suffices(series: Series, traffic: Series | None, minimum: float) -> Series:
    """Return the series, NaN where the traffic is below the guard; all of it where traffic is not exported.

    Both end at the same instant; where the traffic is known for less long, nobody can tell whether it sufficed.
    """
    if traffic is None:
        return series
    lacking = series.grid.count - traffic.grid.count
    requests = array("d", [math.nan]) * max(0, lacking) + array("d", traffic.values[max(0, -lacking) :])
    pairs = zip(series.values, requests, strict=True)
    return Series(series.grid, array("d", [value if asked >= minimum else math.nan for value, asked in pairs]))


def _anomaly(case: Case, signal: Signal, limit: float, breach: Breach, promised: float | None) -> Anomaly:
    known = case.last_known(signal)
    expected = case.expected(signal)
    name = signal.title.removesuffix(" latency")
    at_least = case.history.is_at_the_end(signal.name, known)
    told = f"expected {format_quantity(expected, 's')}" if expected else f"objective {format_quantity(limit, 's')}"
    anomaly = Anomaly(
        id=f"{case.model_id}/{signal.name}",
        kind=AnomalyKind.LATENCY,
        signal=signal.name,
        severity=Severity.CRITICAL,
        onset=breach.onset,
        summary=f"{name} {format_quantity(known, 's', at_least=at_least)}, {told}",
        unit=signal.unit,
        value=case.last(signal),
        expected=expected,
        objective=promised,
        limit=limit,
        at_least=at_least,
    )
    return with_breach(anomaly, breach, case.at)
