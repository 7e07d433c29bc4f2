"""How an outcome comes into the journal."""

import asyncio
from collections.abc import Callable

import msgspec

from console.domain.action import Commitment
from console.journal.events import Intent, OutcomeRecorded
from console.journal.journal import Journal
from console.journal.who import Who


async def record_outcome(
    journal: Journal, who: Who, clock: Callable[[], float], intent: Intent, commitment: Commitment
) -> Commitment:
    """Record an outcome; what was done stays done when the journal fails, so that failure is told beside it."""
    commitment = msgspec.structs.replace(commitment, intent_id=intent.intent_id)
    event = OutcomeRecorded(
        at=clock(),
        who=who,
        intent_id=intent.intent_id,
        run_id=intent.reference.run_id,
        outcome=commitment.outcome,
        detail=commitment.detail,
    )
    try:
        await asyncio.to_thread(journal.append, event)
    except OSError as error:
        return msgspec.structs.replace(commitment, detail=f"{commitment.detail} (not journalled: {error})")
    return commitment
