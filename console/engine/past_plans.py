"""What the journal tells of earlier plans, for actions whose object keeps no history."""

import asyncio
import contextlib
from collections.abc import Sequence

from console.actions.provider import ActionRefused, PastPlans
from console.domain.action import Plan
from console.journal.intents import recent_intents, unapplied_intents
from console.journal.journal import Journal, JournalUnavailable


def past_plans(journal: Journal) -> PastPlans:
    """Return what asks a journal for what was sent to a target; others may have sent it, where they share it.

    A shared journal that cannot be asked now is read as far as it is known.
    """

    def read(target_uid: str) -> Sequence[Plan]:
        with contextlib.suppress(JournalUnavailable):  # nothing is committed meanwhile: the executor sees to that
            journal.refresh()
        events = journal.read()
        unapplied = unapplied_intents(events)
        sent = recent_intents(events, target_uid, since=0.0)
        return [intent.plan for intent in sent if intent.intent_id not in unapplied]

    async def past(target_uid: str) -> Sequence[Plan]:
        try:
            return await asyncio.to_thread(read, target_uid)
        except OSError as error:
            raise ActionRefused(f"the journal cannot be read: {error}") from error

    return past
