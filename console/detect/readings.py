"""The state of every signal of a model, so that no data never reads as health."""

import math

from console.detect.case import Case
from console.detect.latency import latency_limits, promised_latencies
from console.domain.quantity import format_quantity
from console.domain.series import Series
from console.domain.signal import (
    ERROR_RATIO,
    KV_CACHE,
    LATENCY_BY_WORST_FIRST,
    SATURATION,
    SIGNALS,
    TIME_TO_FIRST_TOKEN,
    TRAFFIC,
    Reading,
    Signal,
    State,
)

_NEEDS_REQUESTS = frozenset(signal.name for signal in (ERROR_RATIO, TIME_TO_FIRST_TOKEN, *LATENCY_BY_WORST_FIRST))


def read_signals(case: Case, partial: str | None) -> dict[str, Reading]:
    """Return a reading for every signal that a source has, could not tell, or says that it does not export."""
    history = case.history
    objectives = {signal.name: seconds for signal, seconds in promised_latencies(case).items()}
    objectives[ERROR_RATIO.name] = case.objective.error_budget
    objectives[SATURATION.name] = objectives[KV_CACHE.name] = case.objective.saturation
    limits = {signal.name: limit for signal, limit in latency_limits(case).items()} | objectives
    readings = {}
    for name, signal in SIGNALS.items():
        if name in history.errors:
            readings[name] = _untold(case, signal, history.errors[name])
        elif name in history.fine:
            readings[name] = _read(case, signal, objectives.get(name), limits.get(name), partial)
        elif name in history.not_exported:
            readings[name] = Reading(signal, State.NOT_EXPORTED, detail=history.not_exported[name])
    return readings


def _untold(case: Case, signal: Signal, reason: str) -> Reading:
    """Return the reading of a signal whose query failed, with its last good value where there is one."""
    value, seen = _last_good(case.history.fine.get(signal.name))
    at_least = case.history.is_at_the_end(signal.name, value)
    return Reading(signal, State.ERROR, value, case.expected(signal), seen=seen, detail=reason, at_least=at_least)


def _last_good(series: Series | None) -> tuple[float | None, float | None]:
    """Return the newest number of a series and when it was (UTC seconds)."""
    return (None, None) if series is None else (series.last_value(), series.last_seen())


def _read(case: Case, signal: Signal, objective: float | None, limit: float | None, partial: str | None) -> Reading:
    series = case.history.fine[signal.name]
    value, seen = _last_good(series)
    state, detail = State.OK, None
    if math.isnan(series.last):
        state, detail = _absence(case, signal, seen)
        if state is State.NO_TRAFFIC:
            value = None
    elif case.history.dead_targets.last > 0:
        state, detail = State.PARTIAL, f"{case.history.dead_targets.last:.0f} of its scrape targets down"
    elif partial is not None:
        state, detail = State.PARTIAL, partial
    elif signal in LATENCY_BY_WORST_FIRST and _is_quiet(case):
        state = State.NOT_ENOUGH_DATA
        detail = f"too few requests to judge: under {format_quantity(case.judgement.minimum_traffic, TRAFFIC.unit)}"
    at_least = case.history.is_at_the_end(signal.name, value)
    return Reading(signal, state, value, case.expected(signal), objective, seen, detail, limit, at_least)


def _absence(case: Case, signal: Signal, seen: float | None) -> tuple[State, str | None]:
    if case.history.live_targets.last > 0 and signal.name in _NEEDS_REQUESTS and case.last(TRAFFIC) == 0:
        return State.NO_TRAFFIC, "no requests"
    if seen is None:
        return State.NO_DATA, "never seen"
    return State.STALE, "had data, has none now"


def _is_quiet(case: Case) -> bool:
    requests = case.last(TRAFFIC)
    return requests is not None and requests < case.judgement.minimum_traffic
