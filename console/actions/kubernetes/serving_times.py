"""When each revision of a workload was the only one asked for, as far as the kept ones tell."""

from collections.abc import Sequence

import msgspec

from console.domain.served import Span
from console.sources.cluster.objects import instant
from console.sources.cluster.pod_objects import LivingMetadata

_EARLIER_REVISIONS = "deployment.kubernetes.io/revision-history"
SETTLING_SECONDS = 600.0
"""How long after its start a rollout may still have pods of the version before: where nothing else is set, Kubernetes
itself says after so long that one has failed (`progressDeadlineSeconds`)."""


class DatedRevision(msgspec.Struct, frozen=True):
    """When a pod template was rolled out: the numbers of its rollouts, and the time of the first.

    `number` is that of the newest, `earlier` are those before, where the controller notes them. `created` is when it
    was made (UTC seconds), at its first rollout: a template that comes back is kept.
    """

    number: int
    earlier: tuple[int, ...] = ()
    created: float | None = None


def dated(number: int, metadata: LivingMetadata) -> DatedRevision:
    """Return when a template was rolled out, by the marks of what keeps it."""
    noted = (metadata.annotations or {}).get(_EARLIER_REVISIONS, "").split(",")
    return DatedRevision(
        number, tuple(int(each) for each in noted if each.isdecimal()), instant(metadata.creation_timestamp)
    )


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
