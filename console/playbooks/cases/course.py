"""What came of a case: the way that the run took, and all that can be expected of it."""

import msgspec

from console.domain.action import Plan
from console.playbooks.state import RunState


class CannotFollow(Exception):
    """A case that does not say enough, or answers what is not asked; `place` is within the case."""

    def __init__(self, place: tuple[str, ...], text: str) -> None:
        super().__init__(text)
        self.place = place


class Course(msgspec.Struct, frozen=True):
    """A case that was followed until nothing more happened.

    `path` are the steps that the run reached, `suggested` the keys that decisions suggested, `plans` the last plan of
    each action, `blocked_by` why the action at which the run stands is not planned or sent, `unused` the steps with an
    answer which nobody asked for, `failure` why the case cannot be followed to its end, and where it says so.
    """

    state: RunState
    path: tuple[str, ...]
    suggested: dict[str, str | None]
    plans: dict[str, Plan]
    blocked_by: str = ""
    unused: tuple[str, ...] = ()
    failure: tuple[tuple[str, ...], str] | None = None

    @property
    def ways(self) -> tuple[tuple[str, str], ...]:
        """Return the ways that the run took from step to step."""
        return tuple(zip(self.path, self.path[1:], strict=False))
