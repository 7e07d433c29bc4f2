"""What was sent to a target lately, in words for whoever plans the next action on it."""

from collections.abc import Iterable

from console.domain.action import Plan
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words
from console.journal.events import Event
from console.journal.intents import outcomes_of, recent_intents, taken_back_by

RECENT_SECONDS = 900.0
"""How far back earlier actions on a target are told to whoever plans the next one."""


def recently_sent(events: Iterable[Event], target_uid: str, now: float) -> list[str]:
    """Return a line for everything that was sent to a target lately, newest first (`now` in UTC seconds)."""
    events = tuple(events)
    recent = recent_intents(events, target_uid, since=now - RECENT_SECONDS)
    if not recent:
        return []
    outcomes = outcomes_of(events, (intent.intent_id for intent in recent))
    return [
        f"{in_words(now - intent.at)} ago {harmless(intent.who.shown)}: {intent.plan.title}"
        f" ({outcomes[intent.intent_id].value.replace('_', ' ')})"
        for intent in recent
    ]


def why_taken_back(events: Iterable[Event], undo: Plan) -> str | None:
    """Return that what an undo takes back was taken back already, and by whom; None where it was not."""
    earlier = taken_back_by(events, undo.undoes_intent) if undo.undoes_intent is not None else None
    if earlier is None:
        return None
    return f"{harmless(earlier.who.shown)} took it back already, at {clock_time(earlier.at)} UTC: nothing was sent"
