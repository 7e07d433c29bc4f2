"""When each revision of a workload was the only one asked for, as far as the kept ones tell."""

from collections.abc import Sequence

import msgspec

from console.domain.served import Span
from console.sources.cluster.objects import instant
from console.sources.cluster.pod_objects import LivingMetadata
from console.sources.cluster.writers import LiveObject

_EARLIER_REVISIONS = "deployment.kubernetes.io/revision-history"
SETTLING_SECONDS = 600.0
"""How long after its start a rollout may still have pods of the version before: where nothing else is set, Kubernetes
itself says after so long that one has failed (`progressDeadlineSeconds`)."""
_DEADLINE = "/spec/progressDeadlineSeconds"


class DatedRevision(msgspec.Struct, frozen=True):
    """When a pod template was rolled out: the numbers of its rollouts, and the time of the first.

    `number` is that of the newest, `earlier` are those before, None where the controller does not note them. `created`
    is when it was made (UTC seconds), at its first rollout: a template that comes back is kept.
    """

    number: int
    created: float | None = None
    earlier: tuple[int, ...] | None = None

    @property
    def rollouts(self) -> tuple[int, ...]:
        """Return the numbers of its rollouts, as far as they are noted, the first of them first."""
        return tuple(sorted((*(self.earlier or ()), self.number)))


def dated(number: int, metadata: LivingMetadata) -> DatedRevision:
    """Return when the template of a ReplicaSet was rolled out, by its marks."""
    noted = (metadata.annotations or {}).get(_EARLIER_REVISIONS, "").split(",")
    return DatedRevision(
        number, instant(metadata.creation_timestamp), tuple(int(each) for each in noted if each.isdecimal())
    )


def settled_after(live: LiveObject) -> float:
    """Return how long (seconds) after its start a rollout of an object may still have pods of the version before.

    Large models take their time to load: whoever expects that lets rollouts take longer.

    Raises:
        MalformedAnswer: the object has another shape.
    """
    deadline = live.at(_DEADLINE)
    return max(SETTLING_SECONDS, deadline) if isinstance(deadline, int) else SETTLING_SECONDS


def times_alone(
    revisions: Sequence[DatedRevision], at: float, settling: float = SETTLING_SECONDS
) -> dict[int, tuple[Span, ...]]:
    """Return when each revision, by its number, was the only one asked for.

    A rollout lasts until the next one, so both their times must be known: that of a template that came back is not,
    nor that of one that is not kept any more. Where it is not noted which came back, only an unbroken row of templates
    that were made one after the other, from the very first on, tells that none of them did.

    Args:
        revisions: those that are kept.
        at: now (UTC seconds), until when the newest has been asked for.
        settling: how long (seconds) after its start a rollout is not counted.
    """
    owners = {number: each.number for each in revisions for number in each.rollouts}
    began = _began(revisions)
    found: dict[int, tuple[Span, ...]] = {each.number: () for each in revisions}
    newest = max(owners, default=0)
    for number, owner in sorted(owners.items()):
        since, until = began.get(number), at if number == newest else began.get(number + 1)
        if since is not None and until is not None and since + settling < until:
            found[owner] += ((since + settling, until),)
    return found


def _began(revisions: Sequence[DatedRevision]) -> dict[int, float]:
    """Return when rollouts began (UTC seconds) by their numbers, as far as that is when their templates were made."""
    began: dict[int, float] = {}
    for each in sorted(revisions, key=lambda revision: revision.rollouts[0]):
        number = each.rollouts[0]
        is_first = each.earlier is not None or number == 1 or number - 1 in began
        if is_first and each.created is not None and each.created >= max(began.values(), default=0.0):
            began[number] = each.created  # what is older than those before it came back
    return began
