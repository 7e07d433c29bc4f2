"""What a case expects beside what came of it: a finding for everything that differs."""

from collections.abc import Iterable, Iterator

from console.playbooks.cases.course import Course
from console.playbooks.cases.document import UNKNOWN, Case, Expected
from console.playbooks.problem import Finding, Place

_NOTHING = "nothing"


def differences(case: Case, course: Course, place: Place) -> Iterator[Finding]:
    """Yield what came otherwise than a case expects; `place` is that of the case in its file."""
    if course.failure is not None:
        below, text = course.failure
        yield Finding((*place, *below), text)
        return
    for step in course.unused:
        yield Finding((*place, "answers", step), f"answers.{step}: nobody asked; the run went {_way(course.path)}")
    for where, wanted, got in _compared(case.expect, course):
        if wanted != got:
            told = ".".join(map(str, where))
            yield Finding((*place, "expect", *where), f"{told}: expected {wanted}; got {got}")


def _compared(expected: Expected, course: Course) -> Iterator[tuple[Place, str, str]]:
    """Yield everything that is expected: its place, and both sides in words."""
    if expected.path:
        yield ("path",), _way(expected.path), _way(course.path)
    if expected.end is not None:
        end = course.path[-1]
        why = f" ({course.blocked_by})" if course.blocked_by and end != expected.end else ""
        yield ("end",), expected.end, end if end == expected.end else f"{end}{why}, by {_way(course.path)}"
    for step, key in expected.suggested.items():
        got = course.suggested.get(step, "no such question")
        yield ("suggested", step), key or _NOTHING, got or _NOTHING
    for step, answer in expected.checks.items():
        is_made = step in course.state.checks
        yield ("checks", step), _truth(answer), _truth(course.state.checks[step]) if is_made else "no look at it"
    yield from _plans(expected, course)
    for step, outcome in expected.outcome.items():
        sent = [one.outcome.value for one in course.state.sent if one.step == step]
        yield ("outcome", step), outcome.value, sent[-1] if sent else "nothing was sent"
    if expected.blocked_by is not None:
        yield ("blocked_by",), *_contained(expected.blocked_by, course.blocked_by)
    for index, step in enumerate(expected.skipped):
        became = course.state.records[step].state
        yield ("skipped", index), f"{step} skipped", f"{step} {became.value}"
    for step, part in expected.notes.items():
        yield ("notes", step), *_contained(part, course.state.records[step].note)


def _plans(expected: Expected, course: Course) -> Iterator[tuple[Place, str, str]]:
    for step, wanted in expected.plan.items():
        plan = course.plans.get(step)
        changes = {change.field: change for change in plan.changes} if plan is not None else {}
        for name, after in wanted.after.items():
            change = changes.get(name)
            yield ("plan", step, "after", name), str(after), change.after if change else "no plan of it"
        for name, before in wanted.before.items():
            change = changes.get(name)
            yield ("plan", step, "before", name), str(before), change.before if change else "no plan of it"


def _contained(part: str, whole: str) -> tuple[str, str]:
    """Return both sides of an expectation of a part of a text; they are equal where the text contains it."""
    return (part, part) if part in whole else (f"'{part}'", f"'{whole}'" if whole else _NOTHING)


def _way(path: Iterable[str]) -> str:
    return " → ".join(path)


def _truth(answer: object) -> str:
    return UNKNOWN if answer is None or answer == UNKNOWN else "true" if answer else "false"
