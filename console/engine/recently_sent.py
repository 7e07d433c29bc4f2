"""What was sent to a target lately, in words for whoever plans the next action on it."""

from collections.abc import Iterable

from console.domain.label import harmless
from console.domain.moments import in_words
from console.journal.events import Event
from console.journal.intents import outcome_of, recent_intents

RECENT_SECONDS = 900.0
"""How far back earlier actions on a target are told to whoever plans the next one."""


def recently_sent(events: Iterable[Event], target_uid: str, now: float) -> list[str]:
    """Return a line for everything that was sent to a target lately, newest first (`now` in UTC seconds)."""
    events = tuple(events)
    return [
        f"{in_words(now - intent.at)} ago {harmless(intent.who.shown)}: {intent.plan.title}"
        f" ({outcome_of(events, intent.intent_id).value.replace('_', ' ')})"
        for intent in recent_intents(events, target_uid, since=now - RECENT_SECONDS)
    ]
