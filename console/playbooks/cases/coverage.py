"""Which steps and ways of a playbook no case has taken."""

from collections.abc import Iterable

import msgspec

from console.playbooks.cases.course import Course
from console.playbooks.document import Playbook
from console.playbooks.steps import targets_of


class Coverage(msgspec.Struct, frozen=True):
    """How much of a playbook its cases went through; a way leads from a step to another, however it is chosen."""

    steps: int
    ways: int
    steps_missed: tuple[str, ...]
    ways_missed: tuple[tuple[str, str], ...]


def coverage_of(playbook: Playbook, courses: Iterable[Course]) -> Coverage:
    """Return what some cases of a playbook went through."""
    reached: set[str] = set()
    taken: set[tuple[str, str]] = set()
    for course in courses:
        reached.update(course.path)
        taken.update(course.ways)
    ways = dict.fromkeys((step.id, target) for step in playbook.steps for _, target in targets_of(step))
    return Coverage(
        len(playbook.steps),
        len(ways),
        tuple(step.id for step in playbook.steps if step.id not in reached),
        tuple(way for way in ways if way not in taken),
    )
