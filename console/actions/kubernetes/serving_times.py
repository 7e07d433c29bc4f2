"""When each revision of a workload was the only one asked for, as far as the kept ones tell."""

from collections.abc import Sequence
from typing import Protocol

from console.domain.served import Span

SETTLING_SECONDS = 600.0
"""How long after its start a rollout may still have pods of the version before: where nothing else is set, Kubernetes
itself says after so long that one has failed (`progressDeadlineSeconds`)."""


class DatedRevision(Protocol):
    """A pod template that a controller keeps, with the rollouts that asked for it."""

    @property
    def number(self) -> int:
        """Return the number of the newest rollout of it."""
        ...

    @property
    def earlier(self) -> tuple[int, ...]:
        """Return the numbers of the rollouts of it before, where the controller notes them."""
        ...

    @property
    def created(self) -> float | None:
        """Return when it was made (UTC seconds): at its first rollout, for a template that comes back is kept."""
        ...


def times_alone(revisions: Sequence[DatedRevision], at: float) -> dict[int, tuple[Span, ...]]:
    """Return when each revision, by its number, was the only one asked for.

    A rollout lasts until the next one, so both their times must be known: that of a template that came back is not,
    nor that of one that is not kept any more.

    Args:
        revisions: those that are kept.
        at: now (UTC seconds), until when the newest has been asked for.
    """
    owners = {number: each.number for each in revisions for number in (*each.earlier, each.number)}
    made = {min((*each.earlier, each.number)): each.created for each in revisions if each.created is not None}
    began: dict[int, float] = {}
    for number in sorted(made):
        if made[number] >= max(began.values(), default=0.0):  # else it is older than its number: it came back
            began[number] = made[number]
    found: dict[int, tuple[Span, ...]] = {each.number: () for each in revisions}
    newest = max(owners, default=0)
    for number, owner in sorted(owners.items()):
        since, until = began.get(number), at if number == newest else began.get(number + 1)
        if since is not None and until is not None and since + SETTLING_SECONDS < until:
            found[owner] += ((since + SETTLING_SECONDS, until),)
    return found
