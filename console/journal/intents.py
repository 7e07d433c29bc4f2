"""Folds over events that tell what became of each intent."""

from collections.abc import Iterable

from console.domain.action import Outcome
from console.journal.events import Event, Intent, OutcomeRecorded, Verification

_WORDS = OutcomeRecorded, Verification


def unfinished_intents(events: Iterable[Event]) -> tuple[Intent, ...]:
    """Return the intents of which nobody knows whether their request was applied, oldest first.

    They have no outcome, which is what a crash leaves behind and what another console is doing right now, or none but
    `unknown`.
    """
    pending: dict[str, Intent] = {}
    for event in events:
        if isinstance(event, Intent):
            pending[event.intent_id] = event
        elif isinstance(event, OutcomeRecorded) and event.outcome is not Outcome.UNKNOWN:
            pending.pop(event.intent_id, None)
    return tuple(pending.values())


def recorded_outcome(events: Iterable[Event], intent_id: str) -> OutcomeRecorded | None:
    """Return the newest outcome of an intent, None while there is none."""
    newest = None
    for event in events:
        if isinstance(event, OutcomeRecorded) and event.intent_id == intent_id:
            newest = event
    return newest


def last_intent_id(events: Iterable[Event], plan_hash: str, run_id: str) -> str | None:
    """Return the newest intent of a run to send the plan of a hash, None when the run never sent it."""
    found = None
    for event in events:
        if isinstance(event, Intent) and (event.plan_hash, event.reference.run_id) == (plan_hash, run_id):
            found = event.intent_id
    return found


def taken_back_by(events: Iterable[Event], intent_id: str) -> Intent | None:
    """Return the intent that took another one back, as far as it is known to have been applied; None without one."""
    undoing: dict[str, Intent] = {}
    found = None
    for event in events:
        if isinstance(event, Intent) and event.undoes == intent_id:
            undoing[event.intent_id] = event
        elif isinstance(event, OutcomeRecorded) and event.outcome is Outcome.APPLIED:
            found = undoing.get(event.intent_id, found)
    return found


def outcomes_of(events: Iterable[Event], intent_ids: Iterable[str]) -> dict[str, Outcome]:
    """Return the newest word on each of these intents: its verification, else its outcome, else `unknown`."""
    newest = dict.fromkeys(intent_ids, Outcome.UNKNOWN)
    for event in events:
        if isinstance(event, _WORDS) and event.intent_id in newest:
            newest[event.intent_id] = event.outcome
    return newest


def recent_intents(events: Iterable[Event], target_uid: str, since: float) -> tuple[Intent, ...]:
    """Return what was sent to a target since an instant (UTC seconds), newest first."""
    found = [
        event
        for event in events
        if isinstance(event, Intent) and event.plan.target.uid == target_uid and event.at >= since
    ]
    return tuple(reversed(found))


def unapplied_intents(events: Iterable[Event]) -> frozenset[str]:
    """Return the ids of the intents of which it is known that their request was not applied."""
    newest = {event.intent_id: event.outcome for event in events if isinstance(event, OutcomeRecorded)}
    return frozenset(intent_id for intent_id, outcome in newest.items() if outcome is Outcome.NOT_APPLIED)
