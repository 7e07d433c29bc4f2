"""The versions that a way back has left, by the journal: "back" does not lead to them again by itself."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol, TypeVar

from console.actions.kubernetes.guarded_patch import Edit, GuardedPatch
from console.actions.kubernetes.pod_template import same_version
from console.actions.provider import ActionRefused
from console.domain.action import Plan

_MOST_TOLD = 4


class KeptRevision(Protocol):
    """One pod template that a controller keeps."""

    @property
    def template(self) -> dict[str, Any]:
        """Return the pod template."""
        ...

    @property
    def shown(self) -> str:
        """Return it as it is told: `v41 (revision 3)`."""
        ...


AnyRevision = TypeVar("AnyRevision", bound=KeptRevision)


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


def first_not_left(others: Sequence[AnyRevision], left: Sequence[Any]) -> AnyRevision | None:
    """Return the first of the revisions that run another version whose version was not left, None where there are none.

    Raises:
        ActionRefused: there are some, and all were left: a person must say which one is meant.
    """
    for revision in others:
        if not any(same_version(revision.template, each) for each in left):
            return revision
    if others:
        told = ", ".join(each.shown for each in others[:_MOST_TOLD])
        raise ActionRefused(f"all other versions that are kept were left before: {told}; say which revision is meant")
    return None


def _template_change(plan: Plan) -> Edit | None:
    try:
        edits = GuardedPatch.of(plan.request).edits
    except ValueError:
        return None
    return next(
        (each for each in edits if each.pointer.endswith("/template") and isinstance(each.before, dict)),
        None,
    )
