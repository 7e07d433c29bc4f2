"""How far the plans of a playbook may go, whatever its parameters and arguments say."""

import math
from collections.abc import Iterable, Iterator

from console.domain.action import FieldChange
from console.domain.quantity import how_many, times
from console.playbooks.document import Limits

_REPLICAS = "replicas"


def most_replicas(replicas: int, max_factor: float) -> int:
    """Return how many replicas a factor allows at once; one more is always allowed."""
    return max(math.floor(replicas * max_factor), replicas + 1)


def beyond_limits(limits: Limits, changes: Iterable[FieldChange]) -> Iterator[str]:
    """Yield why the changes of a plan go further than its playbook may."""
    for change in changes:
        if change.field != _REPLICAS:
            continue
        before, after = int(change.before), int(change.after)
        if after > limits.max_replicas:
            asked = how_many(after, "replica is", "replicas are")
            yield f"{asked} over the limit of {limits.max_replicas} of this playbook (limits.max_replicas)"
        if after > most_replicas(before, limits.max_factor):
            factor = times(limits.max_factor)
            yield f"{after:,} replicas are more than {factor} the present {before} (limits.max_factor)"
