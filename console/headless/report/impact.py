"""What an incident came to in numbers, from the signals that were kept with it."""

from collections.abc import Iterable, Sequence

from console.domain.anomaly import Anomaly
from console.domain.objective import SECONDS_OF_BUDGET_PERIOD
from console.domain.signal import ERROR_RATIO, SIGNALS, TRAFFIC, Direction
from console.headless.report.story import Impact, Requests
from console.journal.incident_events import Course
from console.journal.incidents import RecordedIncident

FEWEST_POINTS = 3
"""Below these, a course tells no total."""


def courses_of(record: RecordedIncident) -> tuple[Course, ...]:
    """Return the courses of an incident, the last of each signal last; none that another covers with finer points."""
    kept: dict[str, list[Course]] = {}
    for course in (*record.opened.courses, *(course for closing in record.closings for course in closing.courses)):
        others = kept.setdefault(course.signal, [])
        others[:] = [each for each in others if not _covers(course, each)]
        if not any(_covers(each, course) for each in others):
            others.append(course)
    return tuple(course for courses in kept.values() for course in courses)


def end_of(course: Course) -> float:
    """Return the last instant of a course (UTC seconds)."""
    return course.start + course.step * max(0, len(course.values) - 1)


def points_of(courses: Iterable[Course], signal: str) -> list[tuple[float, float, float]]:
    """Return (UTC seconds, value, seconds that it speaks for) of a signal, each instant once, in order."""
    points: list[tuple[float, float, float]] = []
    for course in sorted((each for each in courses if each.signal == signal), key=lambda each: each.start):
        last = points[-1][0] if points else float("-inf")
        points += [
            (instant, value, course.step)
            for index, value in enumerate(course.values)
            if value is not None and (instant := course.start + index * course.step) > last
        ]
    return points


def impacts_of(record: RecordedIncident, courses: Sequence[Course], end: float) -> tuple[Impact, ...]:
    """Return what each broken signal came to from the onset to an instant (UTC seconds), the worst anomaly first."""
    worst: dict[str, list[Anomaly]] = {
        anomaly.signal: [] for anomaly in record.every_anomaly if anomaly.signal is not None
    }
    for _, anomalies in record.tellings:
        for anomaly in anomalies:
            if anomaly.signal is not None:
                worst[anomaly.signal].append(anomaly)
    return tuple(_impact(signal, told, courses, record.opened.onset, end) for signal, told in worst.items())


def requests_of(record: RecordedIncident, courses: Sequence[Course], end: float) -> Requests | None:
    """Return how many requests came and failed, None where traffic or errors were not recorded.

    The budget of 30 days is what the objective allows of the traffic that was seen: share spent = failed / (allowed
    ratio × mean rate × 30 d), as in the Google SRE workbook, chapter 5.
    """
    onset = record.opened.onset
    traffic = [(at, value, step) for at, value, step in points_of(courses, TRAFFIC.name) if onset <= at <= end]
    errors = [(at, value) for at, value, _ in points_of(courses, ERROR_RATIO.name) if onset <= at <= end]
    if len(traffic) < FEWEST_POINTS or len(errors) < FEWEST_POINTS:
        return None
    served = sum(rate * step for _, rate, step in traffic)
    failed = sum(rate * step * _nearest(errors, at) for at, rate, step in traffic)
    allowed = next((a.objective for a in record.every_anomaly if a.signal == ERROR_RATIO.name and a.objective), None)
    mean_rate = served / sum(step for _, _, step in traffic)
    budget = allowed * mean_rate * SECONDS_OF_BUDGET_PERIOD if allowed else 0.0
    return Requests(served, failed, failed / budget if budget else None)


def _impact(signal: str, told: Sequence[Anomaly], courses: Sequence[Course], onset: float, end: float) -> Impact:
    known = SIGNALS.get(signal)
    newest = told[-1]
    limit = next((each.limit for each in reversed(told) if each.limit is not None), None)
    bad = known.bad if known is not None else Direction.NEITHER
    is_low = bad is not Direction.HIGH and _was_below(told, otherwise=bad is Direction.LOW)
    pick = min if is_low else max
    points = [point for point in points_of(courses, signal) if onset <= point[0] <= end]
    found: list[tuple[float, float | None]] = [(value, at) for at, value, _ in points]
    found += [(each.value, None) for each in told if each.value is not None]
    value, at = pick(found, key=lambda pair: pair[0]) if found else (None, None)
    beyond = None
    if limit is not None and len(points) >= FEWEST_POINTS:
        beyond = sum(step for _, each, step in points if (each < limit if is_low else each > limit))
    return Impact(
        signal=signal,
        title=known.title if known is not None else signal.replace("_", " "),
        unit=newest.unit or (known.unit if known is not None else "1"),
        worst=value,
        worst_at=at,
        limit=limit,
        expected=told[0].expected,
        objective=newest.objective,
        beyond=beyond,
        at_least=any(each.at_least for each in told),
    )


def _was_below(told: Sequence[Anomaly], *, otherwise: bool) -> bool:
    """Return whether a signal that may break either way was below its limit when it was first told with both."""
    pairs = ((each.value, each.limit) for each in told)
    return next((value < limit for value, limit in pairs if value is not None and limit is not None), otherwise)


def _covers(one: Course, other: Course) -> bool:
    return (
        one.signal == other.signal
        and one.step <= other.step
        and one.start <= other.start
        and end_of(one) >= end_of(other)
    )


def _nearest(points: Sequence[tuple[float, float]], at: float) -> float:
    return min(points, key=lambda point: abs(point[0] - at))[1]
