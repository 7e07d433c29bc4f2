"""What the replicas, as they are read now, tell of a scale request that was sent."""

from console.actions.kubernetes.scale_request import seen_and_wanted
from console.domain.action import Outcome, Plan
from console.sources.cluster.objects import Scalable
from console.sources.cluster.writers import replicas_writer
from console.transport.kubernetes import FIELD_MANAGER

LAST_ARRIVAL_SECONDS = 75.0
"""A request that was sent so long ago changes nothing any more: API servers end requests after 60 s by default."""


def set_by(live: Scalable) -> str:
    """Return ` (by kubectl at 03:21:05 UTC)`, or nothing where the server does not say who set the replicas."""
    writer = replicas_writer(live.metadata)
    return f" (by {writer.shown})" if writer is not None else ""


def set_by_others(live: Scalable) -> bool:
    """Tell whether the server says that somebody other than this program set the replicas."""
    writer = replicas_writer(live.metadata)
    return writer is not None and writer.manager != FIELD_MANAGER


def moved(live: Scalable, expected: int) -> str:
    """Return in words that the replicas are not as expected, and who set them."""
    return f"replicas are {live.spec.replicas} now, not {expected}{set_by(live)}"


def is_another(live: Scalable, plan: Plan) -> bool:
    """Tell whether the object of this name is not the one that was planned for."""
    return live.metadata.uid != plan.target.uid


def outcome_by_reading(live: Scalable, plan: Plan, sent_at: float, *, ended: bool) -> tuple[Outcome, str]:
    """Return whether the request of a plan was applied, as far as its object tells, and why.

    The count that was asked for is credited to the request only where the server says that this program set it. The
    count of before means `not applied` only once the request cannot arrive any more, and unless somebody set it since.

    Args:
        live: the object as it is now.
        plan: what was sent.
        sent_at: when (UTC seconds).
        ended: whether the request is known to have ended, so that it cannot arrive any more.
    """
    seen, wanted = seen_and_wanted(plan.request)
    writer = replicas_writer(live.metadata)
    if is_another(live, plan):
        return Outcome.UNKNOWN, f"{plan.target.name} was deleted and made anew: whether it was applied is unknown"
    if live.spec.replicas == wanted:
        told = f"replicas are {wanted} now{set_by(live)}"
        if writer is not None and writer.manager == FIELD_MANAGER:
            return Outcome.APPLIED, f"{told}: it was applied"
        return Outcome.UNKNOWN, f"{told}: whether this request set them is unknown"
    if live.spec.replicas != seen:
        return Outcome.UNKNOWN, f"{moved(live, wanted)}: somebody else changed them since"
    if writer is not None and writer.at is not None and writer.at >= sent_at:
        return Outcome.UNKNOWN, f"replicas are {seen}{set_by(live)}: somebody set them since"
    if not ended:
        return Outcome.UNKNOWN, f"replicas are still {seen}: the request may arrive yet"
    return Outcome.NOT_APPLIED, f"replicas are still {seen}: it was not applied"
