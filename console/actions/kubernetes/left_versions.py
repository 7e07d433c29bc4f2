"""The versions that a way back has left, by the journal: "back" does not lead to them again by itself."""

from collections.abc import Iterable
from typing import Any

from console.actions.kubernetes.guarded_patch import Edit, GuardedPatch
from console.actions.kubernetes.pod_template import same_version
from console.domain.action import Plan


def left_templates(past: Iterable[Plan], ways_back: frozenset[str]) -> tuple[Any, ...]:
    """Return the pod templates that somebody went back from and nobody asked for since.

    Args:
        past: what was sent to the workload, newest first.
        ways_back: the names of the actions that leave a version because it is bad.
    """
    left: list[Any] = []
    for plan in reversed(tuple(past)):
        change = _template_change(plan) if plan.action in ways_back else None
        if change is None:
            continue
        left = [template for template in left if not same_version(template, change.after)]
        if plan.undoes is None:
            left.append(change.before)
    return tuple(left)


def _template_change(plan: Plan) -> Edit | None:
    try:
        edits = GuardedPatch.of(plan.request).edits
    except ValueError:
        return None
    return next(
        (each for each in edits if each.pointer.endswith("/template") and isinstance(each.before, dict)),
        None,
    )
