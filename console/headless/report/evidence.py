"""Which signals a report shows over which range, and what it points at in them."""

import math

import msgspec

from console.domain.signal import SIGNALS
from console.headless.report.impact import end_of, points_of
from console.headless.report.story import IncidentStory
from console.headless.report.text_chart import Mark
from console.headless.report.words import shown
from console.journal.incident_events import Course

_AROUND = 0.1
"""How much of an incident's length is shown behind its last moment, and twice as much before its first …"""
_LEAST_AROUND_SECONDS = 120.0
"""… and at least."""


class Panel(msgspec.Struct, frozen=True):
    """One chart: all that was recorded of a signal as one course, over a range (UTC seconds) that all charts share."""

    title: str
    course: Course
    start: float
    end: float


def panels_of(story: IncidentStory) -> tuple[Panel, ...]:
    """Return a chart per recorded signal, that of the worst anomaly first."""
    worst_first = [impact.signal for impact in story.impacts]
    known = {course.signal for course in story.courses}
    signals = dict.fromkeys((*(each for each in worst_first if each in known), *(c.signal for c in story.courses)))
    recorded = [msgspec.structs.replace(course, unit=shown(course.unit)) for course in story.courses]
    joined = {signal: _joined([course for course in recorded if course.signal == signal]) for signal in signals}
    if not joined:
        return ()
    start, end = _range(story)
    return tuple(Panel(_title(signal), course, start, end) for signal, course in joined.items())


def marks_of(story: IncidentStory) -> tuple[Mark, ...]:
    """Return the instants that the charts point at, in order: the onset, who took care, actions, the recovery."""
    times = story.times
    marks = [Mark(times.onset, "▲", "onset")]
    if times.acknowledged is not None:
        marks.append(Mark(times.acknowledged, "a", "acknowledged"))
    actions = [action for run in story.runs if not run.is_rehearsal for action in run.actions]
    marks += [Mark(action.at, str(number % 10), shown(action.title)) for number, action in enumerate(actions, 1)]
    if times.recovered is not None:
        marks.append(Mark(times.recovered, "▼", "recovered"))
    return tuple(sorted(marks, key=lambda mark: mark.at))


def _range(story: IncidentStory) -> tuple[float, float]:
    first = min(course.start for course in story.courses)
    last = max(end_of(course) for course in story.courses)
    end = story.times.recovered if story.times.recovered is not None else min(last, story.written)
    around = max(_LEAST_AROUND_SECONDS, (end - story.times.onset) * _AROUND)
    start = max(first, story.times.onset - 2 * around)
    return start, max(end, min(last, end + around))


def _joined(courses: list[Course]) -> Course:
    """Return courses of one signal as one, with the finest spacing among them; where none tells there is no data."""
    if len(courses) == 1:
        return courses[0]
    step = min(course.step for course in courses)
    start, end = min(course.start for course in courses), max(end_of(course) for course in courses)
    values: list[float | None] = [None] * (round((end - start) / step) + 1)
    for at, value, lasts in points_of(courses, courses[0].signal):
        first, behind = math.floor((at - start) / step), math.ceil((at + lasts - start) / step)
        for index in range(first, min(len(values), behind)):
            values[index] = value
    limit = next((course.limit for course in reversed(courses) if course.limit is not None), None)
    return Course(courses[0].signal, courses[0].unit, start, step, tuple(values), limit)


def _title(signal: str) -> str:
    known = SIGNALS.get(signal)
    return known.title if known is not None else shown(signal.replace("_", " "))
