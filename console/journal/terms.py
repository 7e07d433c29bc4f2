"""Folds over events that tell whether an action may be sent now: cooldowns, how often, and who agreed."""

import math
from collections.abc import Iterable

import msgspec

from console.domain.label import harmless
from console.domain.model import Target
from console.domain.moments import clock_time, in_words
from console.journal.events import Approved, Event, Intent, RunReference
from console.journal.intents import recent_intents, unapplied_intents


class Terms(msgspec.Struct, frozen=True):
    """Under which terms a playbook may act; durations are seconds.

    `cooldown` is how long a target is left alone after another run of the playbook acted on it: the steps of one run
    follow each other as their author meant. At most `most_actions` are sent to a target `within` a time, those of the
    same run included. `approvals` people must agree to the plan, at most `approvals_last` before it is sent; whoever
    sends it is none of them, unless `sender_counts`. An undo is always allowed.
    """

    cooldown: float = 0.0
    most_actions: int | None = None
    within: float = 0.0
    approvals: int = 0
    approvals_last: float = math.inf
    sender_counts: bool = False


NO_TERMS = Terms()


class Cooldown(msgspec.Struct, frozen=True):
    """A target that is left alone until an instant (UTC seconds), because of what was sent to it."""

    until: float
    because: Intent


def actions_within(events: Iterable[Event], target_uid: str, playbook_id: str, since: float) -> tuple[Intent, ...]:
    """Return what a playbook sent to a target since an instant (UTC seconds), newest first.

    What is known not to have been applied does not count, what is unknown does; undos do not.
    """
    events = tuple(events)
    unapplied = unapplied_intents(events)
    return tuple(
        intent
        for intent in recent_intents(events, target_uid, since)
        if intent.reference.playbook_id == playbook_id
        and intent.plan.undoes is None
        and intent.intent_id not in unapplied
    )


def cooldown_until(
    events: Iterable[Event], target_uid: str, reference: RunReference, cooldown: float, now: float
) -> Cooldown | None:
    """Return until when a target is left alone by a run's playbook, None where it may act now."""
    for intent in actions_within(events, target_uid, reference.playbook_id, now - cooldown):
        if intent.reference.run_id != reference.run_id and intent.at + cooldown > now:
            return Cooldown(intent.at + cooldown, intent)
    return None


def approvals_of(
    events: Iterable[Event], plan_hash: str, run_id: str, *, since: float = -math.inf, sender: str | None = None
) -> tuple[Approved, ...]:
    """Return who agreed that a run sends the plan of a hash, since an instant (UTC seconds): each person once.

    A person is their user name, whatever terminal or host they use. `sender` is the one who does not count.
    """
    found: dict[str, Approved] = {}
    for event in events:
        if isinstance(event, Approved) and (event.plan_hash, event.run_id) == (plan_hash, run_id) and event.at >= since:
            found[event.who.user] = event
    return tuple(event for user, event in found.items() if user != sender)


def why_not_now(
    events: tuple[Event, ...], target: Target, reference: RunReference, terms: Terms, now: float
) -> tuple[str, ...]:
    """Return why a playbook may not act on a target now, and when it may again, in harmless words."""
    name, playbook = harmless(target.path), harmless(reference.playbook_id)
    reasons = []
    cooldown = cooldown_until(events, target.uid, reference, terms.cooldown, now) if terms.cooldown else None
    if cooldown is not None:
        reasons.append(
            f"{playbook} leaves {name} alone until {clock_time(cooldown.until)} UTC"
            f" (cooldown {in_words(terms.cooldown)}): {_told(cooldown.because)}"
        )
    if terms.most_actions is not None:
        sent = actions_within(events, target.uid, reference.playbook_id, now - terms.within)
        if len(sent) >= terms.most_actions:
            again = sent[terms.most_actions - 1].at + terms.within
            reasons.append(
                f"{playbook} may act on {name} at most {terms.most_actions} times within {in_words(terms.within)},"
                f" and did: again at {clock_time(again)} UTC; last {_told(sent[0])}"
            )
    return tuple(reasons)


def why_not_approved(
    events: Iterable[Event], plan_hash: str, run_id: str, terms: Terms, sender: str, now: float
) -> str | None:
    """Return which approvals a plan still lacks when a user sends it, None where it lacks none."""
    if not terms.approvals:
        return None
    not_counted = None if terms.sender_counts else sender
    agreed = approvals_of(events, plan_hash, run_id, since=now - terms.approvals_last, sender=not_counted)
    if len(agreed) >= terms.approvals:
        return None
    several = terms.approvals > 1
    needed = f"{terms.approvals} approvals" if several else "1 approval"
    others = "" if terms.sender_counts else " by other people" if several else " by another person"
    by = f", has that of {harmless(', '.join(event.who.shown for event in agreed))}" if agreed else ", has none"
    return f"plan {harmless(plan_hash)} needs {needed}{others}{by}"


def _told(intent: Intent) -> str:
    return f"{harmless(intent.who.shown)}, {clock_time(intent.at)} UTC: {harmless(intent.plan.title)}"
