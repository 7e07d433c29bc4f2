"""Whether the versions of a model met its objectives while they served, as far as metrics tell.

What was promised is compared with all that a version served within what was read: its failed requests against the
error budget, and its latency by the share of requests that came while the latency was over the promise.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate

import msgspec

from console.detect.errors import BURN_RULES
from console.domain.moments import in_words, period
from console.domain.objective import SECONDS_OF_BUDGET_PERIOD
from console.domain.quantity import format_quantity
from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.domain.served import KeptVersion, MeasuredVersion, ServedPast, Span, Verdict, VersionRecord
from console.domain.signal import ERROR_RATIO, SIGNALS

FEWEST_POINTS = 3
"""Points with traffic, five minutes each, below which nothing is said.

Rates need one to fill and cold starts spoil another; of three, one odd point is not the most.
"""
LARGEST_SHARE_OVER = 0.1
"""Share of its requests that may come while its latency is over the promise: pods start, nodes are drained."""
FEWEST_POINTS_OVER = 2
"""One point alone over the promise is a start or a stall, not how the version serves."""
FEWEST_EXPECTED_FAILURES = 3.0
"""How many failures the budget must allow before their lack proves anything.

The rule of three: none among n requests says with 95 % confidence that fewer than 3/n fail (Hanley and Lippman-Hand
1983, JAMA 249).
"""
FACTOR_WITHOUT_PROMISE = BURN_RULES[0].factor
"""How many times the default budget may be spent where nobody promised anything: what is critical in any window."""


class _Point(msgspec.Struct, frozen=True):
    """A step that ended at an instant (UTC seconds); NaN where something was not measured."""

    instant: float
    traffic: float
    error_ratio: float
    latencies: tuple[float, ...]


class _Finding(msgspec.Struct, frozen=True):
    """What one promise comes to: whose it is (`error`, `latency`), and the measured value beside the promised one."""

    objective: str
    verdict: Verdict
    text: str


def version_records(kept: Sequence[KeptVersion], past: ServedPast) -> tuple[VersionRecord, ...]:
    """Return what is known of each version, in the same order.

    Args:
        kept: all versions of which the names or the times are known, the one of now included.
        past: what was measured of the model.
    """
    if past.unknown is not None:
        return (_unknown(past.unknown),) * len(kept)
    measured = {each.name: each for each in past.versions if each.name}
    if any(name in measured for each in kept for name in each.names):
        return tuple(_by_name(each, kept, measured, past) for each in kept)
    return tuple(_by_time(each, past) for each in kept)


def _by_name(
    kept: KeptVersion, all_kept: Sequence[KeptVersion], measured: dict[str, MeasuredVersion], past: ServedPast
) -> VersionRecord:
    name = next((name for name in kept.names if name in measured), None)
    if name is None:
        return _unknown(f"no metrics of it are left within the last {in_words(past.reach)}")
    namesakes = sum(name in other.names for other in all_kept)
    if namesakes > 1 and not kept.alone:
        return _unknown(f"{namesakes} kept revisions have the name by which metrics know it")
    return _record(_points(measured[name], past, kept.alone if namesakes > 1 else None), past)


def _by_time(kept: KeptVersion, past: ServedPast) -> VersionRecord:
    if not past.versions:
        return _unknown(f"no requests were measured within the last {in_words(past.reach)}")
    if not kept.alone:
        return _unknown("metrics do not name its version, nor does the cluster tell when it served alone")
    return _record(_where_one_serves(past, kept.alone), past)


def _where_one_serves(past: ServedPast, spans: Iterable[Span]) -> list[_Point]:
    """Return the points within some spans in which no two versions that metrics do name had traffic."""
    by_instant: dict[float, list[_Point]] = {}
    for version in past.versions:
        for point in _points(version, past, spans):
            by_instant.setdefault(point.instant, []).append(point)
    return [points[0] for _, points in sorted(by_instant.items()) if len(points) == 1]


def _points(version: MeasuredVersion, past: ServedPast, spans: Iterable[Span] | None) -> list[_Point]:
    """Return the points with traffic, of all times or of those that lie within some spans as a whole."""
    grid, traffic = version.traffic.grid, version.traffic.values
    return [
        _Point(
            grid.instant(index),
            traffic[index],
            _value(version.error_ratio, index),
            tuple(_value(version.latencies.get(name), index) for name in past.objective.latency),
        )
        for index in (range(grid.count) if spans is None else _within(grid, spans))
        if 0 < traffic[index] < math.inf
    ]


def _within(grid: Grid, spans: Iterable[Span]) -> Iterator[int]:
    """Yield the places of the points whose steps lie within some spans, which do not overlap."""
    for since, until in sorted(spans):
        first = max(0, math.ceil((since - grid.start) / grid.step) + 1)
        last = min(grid.count - 1, math.floor((until - grid.start) / grid.step))
        yield from range(first, last + 1)


def _value(series: Series | None, index: int) -> float:
    return NOT_A_NUMBER if series is None else series.values[index]


def _record(points: Sequence[_Point], past: ServedPast) -> VersionRecord:
    grid = past.versions[0].traffic.grid
    served = len(points) * grid.step
    if len(points) < FEWEST_POINTS:
        told = f"it served for no more than {in_words(served)}" if points else "it had no requests"
        return _unknown(f"{told} within the last {in_words(past.reach)}")
    since, until = points[0].instant - grid.step, points[-1].instant
    when = period(since, until, grid.end)
    if served < until - since:
        when += f", {in_words(served)} of it"
    findings = tuple(_findings(points, past, grid.step))
    missed = [each for each in findings if each.verdict is Verdict.MISSED]
    met = [each for each in findings if each.verdict is Verdict.MET]
    if missed and past.is_promised:
        return VersionRecord(Verdict.MISSED, f"missed {_named(missed)} while it served, {when}: {_told(missed)}")
    if missed:
        return VersionRecord(Verdict.MISSED, f"failed too often while it served, {when}: {_told(missed)}")
    if not past.is_promised:
        return _unknown(f"nobody promised any; while it served, {when}: {_told(findings)}")
    lacking = [each for each in findings if each.verdict is Verdict.UNKNOWN]
    if not met:
        return _unknown(f"{_told(lacking)} while it served, {when}")
    if lacking:
        told = f"met {_named(met)} while it served, {when}: {_told(met)}; not known: {_told(lacking)}"
        return VersionRecord(Verdict.UNKNOWN, told)
    return VersionRecord(Verdict.MET, f"met its objectives while it served, {when}: {_told(met)}")


def _findings(points: Sequence[_Point], past: ServedPast, step: float) -> Iterator[_Finding]:
    for place, (name, promised) in enumerate(past.objective.latency.items()):
        yield _of_latency(name, promised, [(each.latencies[place], each.traffic) for each in points], past)
    yield _of_errors(points, past, step)


def _of_errors(points: Sequence[_Point], past: ServedPast, step: float) -> _Finding:
    told = [each for each in points if math.isfinite(each.error_ratio)]
    if not told:
        return _Finding("error", Verdict.UNKNOWN, "no error ratio was measured")
    budget, factor = past.objective.error_budget, 1.0 if past.is_promised else FACTOR_WITHOUT_PROMISE
    most = min(1.0, factor * budget)
    asked = sum(each.traffic for each in told) * step
    failed = sum(each.traffic * each.error_ratio for each in told) * step
    ratio = failed / asked
    text = f"errors {_ratio(ratio)}, {'objective' if past.is_promised else 'limit'} {_ratio(most)}"
    if ratio > most and failed >= past.minimum_failed_requests:
        spent = ratio / budget * len(told) * step / SECONDS_OF_BUDGET_PERIOD
        return _Finding("error", Verdict.MISSED, f"{text}, {_ratio(spent)} of the budget of 30 days")
    if ratio <= most and asked * most >= FEWEST_EXPECTED_FAILURES:
        return _Finding("error", Verdict.MET, text)
    few = f"{format_quantity(round(failed), '1')} of {format_quantity(round(asked), '1')} requests failed"
    return _Finding("error", Verdict.UNKNOWN, f"{few}, too few to tell")


def _of_latency(name: str, promised: float, values: Iterable[tuple[float, float]], past: ServedPast) -> _Finding:
    """Return what a promised latency (seconds) comes to; `values` are seconds and the traffic at that time."""
    title = SIGNALS[name].title.removesuffix(" latency")
    told = [pair for pair in values if not math.isnan(pair[0]) and pair[1] >= past.minimum_traffic]
    if len(told) < FEWEST_POINTS:
        return _Finding("latency", Verdict.UNKNOWN, f"{title} was measured too seldom")
    over = [pair for pair in told if pair[0] > promised]
    share = sum(traffic for _, traffic in over) / sum(traffic for _, traffic in told)
    objective = f"objective {format_quantity(promised, 's')}"
    if len(over) >= FEWEST_POINTS_OVER and share > LARGEST_SHARE_OVER:
        often = "" if len(over) == len(told) else f", over it for {_ratio(share)} of its requests"
        return _Finding("latency", Verdict.MISSED, f"{title} {_middle(over)}, {objective}{often}")
    seldom = f", over it for {_ratio(share)} of its requests" if over else ""
    return _Finding("latency", Verdict.MET, f"{title} {_middle(told)}, {objective}{seldom}")


def _middle(values: Iterable[tuple[float, float]]) -> str:
    """Return the median of seconds that are weighed by the traffic at their time."""
    ascending = sorted(values)
    passed = tuple(accumulate(traffic for _, traffic in ascending))
    return format_quantity(ascending[bisect_left(passed, passed[-1] / 2)][0], "s")


def _named(findings: Iterable[_Finding]) -> str:
    """Return whose promises these are: `its latency objective`, `its latency and error objectives`."""
    names = tuple(dict.fromkeys(each.objective for each in findings))
    return f"its {' and '.join(names)} objective{'s' if len(names) > 1 else ''}"


def _told(findings: Iterable[_Finding]) -> str:
    return "; ".join(each.text for each in findings)


def _ratio(value: float) -> str:
    return format_quantity(value, ERROR_RATIO.unit)


def _unknown(reason: str) -> VersionRecord:
    return VersionRecord(Verdict.UNKNOWN, f"is not known to have met its objectives: {reason}")
