"""What is far off its baseline: no promise is broken, but the model is not what it was.

One odd signal is a fact about a model and no anomaly; two that agree within minutes are a warning. Errors alone are
judged with their budget, by `detect.errors`.
"""

import math
from collections.abc import Iterable, Sequence

import msgspec

from console.detect.breach import Breach, find_breach
from console.detect.bursts import only_repeats_a_burst
from console.detect.case import Case
from console.detect.changes import new_versions
from console.detect.progress import with_breach
from console.detect.restarts import SECONDS_OF_A_ROLLOUT, only_repeats_a_restart
from console.detect.sudden_errors import limit_of_sudden_errors
from console.domain.anomaly import Anomaly, AnomalyKind, Severity
from console.domain.quantity import format_quantity
from console.domain.series import Values
from console.domain.signal import (
    ERROR_RATIO,
    KV_CACHE,
    LATENCY_BY_WORST_FIRST,
    QUEUE,
    SATURATION,
    SIGNALS,
    TIME_TO_FIRST_TOKEN,
    TOKENS,
    TRAFFIC,
    Direction,
    Signal,
)
from console.domain.snapshot import Oddity
from console.domain.usual import Usual

SECONDS_OF_AGREEMENT = 600.0
"""Seconds between the onsets of two signals that tell of one event."""
FEWEST_THAT_AGREE = 2
FEWEST_POINTS = 288
"""Five-minute points of a baseline that may accuse: a day."""
_SIGMAS = 5.0
"""Standard deviations (of a Poisson count) by which failures must exceed the usual ones."""


class _Margin(msgspec.Struct, frozen=True):
    """How far off a value must be at least, whatever its past says: as a ratio of the usual, and in its unit."""

    ratio: float
    distance: float = 0.0


_MARGINS = {
    **{signal.name: _Margin(1.5) for signal in (*LATENCY_BY_WORST_FIRST, TIME_TO_FIRST_TOKEN, TRAFFIC, TOKENS)},
    QUEUE.name: _Margin(2.0, 1.0),
    SATURATION.name: _Margin(1.2, 0.1),
    KV_CACHE.name: _Margin(1.2, 0.1),
}
"""Half more is what the bands of grafana/promql-anomaly-detection leave a series at least."""

_KINDS = {
    ERROR_RATIO.name: AnomalyKind.ERRORS,
    **{signal.name: AnomalyKind.LATENCY for signal in (*LATENCY_BY_WORST_FIRST, TIME_TO_FIRST_TOKEN)},
    **{signal.name: AnomalyKind.SATURATION for signal in (SATURATION, KV_CACHE, QUEUE)},
    **{signal.name: AnomalyKind.TRAFFIC for signal in (TOKENS, TRAFFIC)},
}
"""The kind of anomaly that each signal tells, in the order in which one speaks for all."""
_ORDER = {name: number for number, name in enumerate(_KINDS)}
_DEMAND = frozenset({TRAFFIC.name, TOKENS.name})
"""Signals that rise and fall with what is asked: alone they tell of the callers, not of the model.

Unless each request takes more tokens as well: no season does that, and somebody pays for it.
"""
_DEARER = 1.5
"""The factor over their usual from which the tokens of a request are more, as of each of both signals."""

_GAUGES = frozenset({QUEUE, SATURATION, KV_CACHE})
"""Signals that are as they are now: no window of a rate repeats what was."""


class _Odd(msgspec.Struct, frozen=True):
    """A signal that is, or lately was, beyond what is usual."""

    signal: Signal
    usual: Usual
    limit: float
    breach: Breach


def judge_unusual(case: Case, told: Iterable[Anomaly]) -> list[Anomaly]:
    """Return at most one warning, of the worst of the signals that agree; none of what is told already.

    `told` are the anomalies that the other judges found; while one of the same kind or event holds, nothing is added.
    """
    known = [each for each in told if not each.is_over]
    kinds, signals = {each.kind for each in known}, {each.signal for each in known}
    for group in _agreeing(case, _odd_signals(case)):
        worst = group[0]
        kind = _KINDS[worst.signal.name]
        if kind not in kinds and worst.signal.name not in signals and not _is_told(group, known):
            return [_anomaly(case, worst, kind, group[1:])]
    return []


def _is_told(group: list[_Odd], known: Iterable[Anomaly]) -> bool:
    """Return whether an anomaly that began with the group is of one of its signals: that is the same event."""
    signals = {each.signal.name for each in group}
    onset = group[0].breach.onset
    return any(each.signal in signals and abs(each.onset - onset) <= SECONDS_OF_AGREEMENT for each in known)


def since_unusual(case: Case, told: Iterable[Anomaly]) -> list[Anomaly]:
    """Return the anomalies, those that were a warning before they broke a limit since that warning.

    Else the onset, and with it the id of the incident, would move when it gets worse.
    """
    anomalies = list(told)
    if not any(each.severity is Severity.CRITICAL and not each.is_over for each in anomalies):
        return anomalies
    warned = {group[0].signal.name: group for group in _agreeing(case, _odd_signals(case))}
    return [_since(case, anomaly, warned.get(anomaly.signal or "", [])) for anomaly in anomalies]


def _since(case: Case, anomaly: Anomaly, group: list[_Odd]) -> Anomaly:
    """Return an anomaly since the warning of a group that it leads, if that was one before: one odd signal is none."""
    before = [each for each in group if each.breach.onset < anomaly.onset]
    if anomaly.is_over or before[:1] != group[:1] or not _is_event(case, before):
        return anomaly
    warned = group[0].breach
    if not 0 < anomaly.onset - warned.onset <= SECONDS_OF_AGREEMENT:
        return anomaly
    return msgspec.structs.replace(anomaly, onset=warned.onset, onset_is_earlier=warned.is_earlier)


def oddities_of(case: Case, anomalies: Iterable[Anomaly]) -> tuple[Oddity, ...]:
    """Return the signals that are beyond what is usual now and that no anomaly tells of."""
    told = {anomaly.signal for anomaly in anomalies if not anomaly.is_over}
    return tuple(
        Oddity(each.signal.name, each.breach.onset, _fact(case, each))
        for each in _odd_signals(case)
        if each.breach.ended is None and each.signal.name not in told
    )


def _odd_signals(case: Case) -> list[_Odd]:
    """Return what is odd, the worst first; nothing of a model that gets too few requests to tell."""
    usual_traffic = case.history.usual.get(TRAFFIC.name)
    if case.is_quiet or (usual_traffic is not None and usual_traffic.level < case.judgement.minimum_traffic):
        return []
    found = []
    for name, usual in case.history.usual.items():
        if usual.points < FEWEST_POINTS or name not in _KINDS:
            continue
        odd = _odd(case, SIGNALS[name], usual)
        if odd is not None:
            found.append(odd)
    return sorted(found, key=lambda each: _ORDER[each.signal.name])


def _odd(case: Case, signal: Signal, usual: Usual) -> _Odd | None:
    series = case.history.fine.get(signal.name)
    if series is None:
        return None
    low, high = _limits(case, signal, usual)
    first = max(0, math.floor((case.told_since - series.grid.start) / series.grid.step))
    if not _leaves(series.values[first:], low, high):
        return None
    for limit, breaks in ((high, high.__lt__), (low, low.__gt__)):
        breach = find_breach(series, case.history.as_far_back(signal.name), breaks, case.hysteresis)
        if breach is not None and not _only_repeats(case, signal, breach):
            return _Odd(signal, usual, limit, breach)
    return None


def _only_repeats(case: Case, signal: Signal, breach: Breach) -> bool:
    """Return whether a breach may be over, and goes on only in the window of the rate that tells it."""
    if signal in _GAUGES:
        return False
    is_latency = _KINDS[signal.name] is AnomalyKind.LATENCY
    return only_repeats_a_restart(case, breach) or (is_latency and only_repeats_a_burst(case, breach))


def _leaves(values: Values, low: float, high: float) -> bool:
    """Return whether any value is beyond the limits; so few are that this settles nearly all series."""
    import numpy  # which only weeks need

    numbers = numpy.asarray(memoryview(values))
    return bool(((numbers > high) | (numbers < low)).any())


def _limits(case: Case, signal: Signal, usual: Usual) -> tuple[float, float]:
    """Return below and above which a signal is odd."""
    if signal == ERROR_RATIO:
        return -math.inf, _limit_of_errors(case, usual)
    margin = _MARGINS[signal.name]
    high = max(usual.most, margin.ratio * usual.high, usual.high + margin.distance)
    low = min(usual.least, usual.low / margin.ratio) if signal.bad is Direction.NEITHER else -math.inf
    return low, high


def _limit_of_errors(case: Case, usual: Usual) -> float:
    """Return the ratio above which failures are too many for chance and for the budget."""
    requests = (case.last(TRAFFIC) or 0.0) * case.rate_window
    if requests <= 0:
        return math.inf
    expected = max(usual.high, 0.0) * requests
    by_chance = expected + _SIGMAS * math.sqrt(expected) + case.judgement.minimum_failed_requests
    return max(limit_of_sudden_errors(case), by_chance / requests)


def _agreeing(case: Case, odd: list[_Odd]) -> Iterable[list[_Odd]]:
    """Yield the signals that began together, each group led by its worst, that are an event; the worst group first."""
    for worst in odd:
        group = [each for each in odd if abs(each.breach.onset - worst.breach.onset) <= SECONDS_OF_AGREEMENT]
        group.remove(worst)
        group.insert(0, worst)
        if _is_event(case, group):
            yield group


def _is_event(case: Case, group: Sequence[_Odd]) -> bool:
    """Return whether odd signals that began together, the worst first, are more than one fact."""
    if not group:
        return False
    if all(each.signal.name in _DEMAND for each in group):
        return _runs_away(case, min(each.breach.onset for each in group))
    return len(group) >= FEWEST_THAT_AGREE or _follows_a_release(case, group[0])


def _follows_a_release(case: Case, odd: _Odd) -> bool:
    """Return whether a latency left its usual with a new version, for longer than its first, slow requests are told."""
    lasts_until = odd.breach.recovering_since or odd.breach.last_seen or case.at
    lasts = lasts_until - odd.breach.onset >= case.rate_window + case.judgement.confirm
    if not lasts or _KINDS[odd.signal.name] is not AnomalyKind.LATENCY:
        return False
    since = (odd.breach.onset - change.at for change in new_versions(case.history.traffic_by_version))
    return any(-case.judgement.confirm <= seconds <= SECONDS_OF_A_ROLLOUT for seconds in since)


def _runs_away(case: Case, onset: float) -> bool:
    """Return whether far more requests came since an onset (UTC seconds), each of which took far more tokens."""
    tokens, requests, usual = case.history.fine.get(TOKENS.name), case.traffic, _usual_size(case)
    if tokens is None or requests is None or usual is None:
        return False
    many = _MARGINS[TRAFFIC.name].ratio * case.history.usual[TRAFFIC.name].high
    first = max(0, round((onset - tokens.grid.start) / tokens.grid.step))
    pairs = zip(tokens.values[first:], requests.values[first:], strict=True)
    return any(asked >= many and taken >= _DEARER * usual * asked for taken, asked in pairs)


def _usual_size(case: Case) -> float | None:
    """Return the tokens that a request usually takes at this hour, None where that is not known."""
    tokens, requests = case.history.usual.get(TOKENS.name), case.history.usual.get(TRAFFIC.name)
    if tokens is None or requests is None or tokens.level <= 0 or requests.level <= 0:
        return None
    return tokens.level / requests.level


def _anomaly(case: Case, odd: _Odd, kind: AnomalyKind, others: list[_Odd]) -> Anomaly:
    signal = odd.signal
    anomaly = Anomaly(
        id=f"{case.model_id}/{signal.name}",
        kind=kind,
        signal=signal.name,
        severity=Severity.WARNING,
        onset=odd.breach.onset,
        summary=_fact(case, odd),
        unit=signal.unit,
        value=case.last(signal),
        expected=odd.usual.level,
        objective=case.objective.error_budget if signal == ERROR_RATIO else None,
        limit=odd.limit,
        at_least=case.history.is_at_the_end(signal.name, case.last_known(signal)),
        evidence=(*_size_in_words(case, signal), *(_fact(case, each) for each in others)),
    )
    return with_breach(anomaly, odd.breach, case.at)


def _size_in_words(case: Case, signal: Signal) -> tuple[str, ...]:
    tokens, requests, usual = case.last_known(TOKENS), case.last_known(TRAFFIC), _usual_size(case)
    if signal != TOKENS or not tokens or not requests or usual is None:
        return ()
    size, usually = (format_quantity(round(each), "1") for each in (tokens / requests, usual))
    return (f"each request takes {size} tokens, usually {usually}",)


def _fact(case: Case, odd: _Odd) -> str:
    signal, usual = odd.signal, odd.usual
    value = case.last_known(signal)
    at_least = case.history.is_at_the_end(signal.name, value)
    low, high = (format_quantity(max(edge, 0.0), signal.unit) for edge in (usual.low, usual.high))
    told = low if low == high else f"{low} to {high}"
    return f"{signal.title} {format_quantity(value, signal.unit, at_least=at_least)}, usual at this hour {told}"
