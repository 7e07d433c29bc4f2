"""What the newest word of all consoles has against sending a plan, looked at under the lock of its target."""

from console.domain.action import Plan
from console.domain.label import harmless
from console.engine.recently_sent import why_taken_back
from console.journal.events import Event, RunReference
from console.journal.terms import Terms, why_not_approved, why_not_now
from console.journal.who import Who
from console.playbooks.story import taken_from


def why_not_any_more(
    events: tuple[Event, ...], plan: Plan, reference: RunReference, terms: Terms, who: Who, now: float
) -> str | None:
    """Return why a person may not send a plan any more (`now` in UTC seconds), None where they may.

    Somebody took up the run, or took back what it would take back; or the terms of its playbook do not allow it.
    """
    follower = taken_from(events, reference.run_id, who)
    if follower is not None:
        return f"{harmless(follower.shown)} took up this run meanwhile: nothing was sent"
    if plan.undoes is not None:
        return why_taken_back(events, plan)
    lacking = why_not_approved(events, plan.hash, reference.run_id, terms, who.user, now)
    return next(iter(why_not_now(events, plan.target, reference, terms, now)), lacking)
