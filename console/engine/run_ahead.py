"""What the next plans of runs will need is read while a person decides: at a decision, and again while it stands."""

import asyncio

from console.engine.acting import Asked, ReadingForPlans
from console.engine.kept_run import KeptRun
from console.engine.run_evidence import RunEvidence
from console.engine.run_present import Present
from console.engine.run_tasks import RunTasks
from console.playbooks.document import Playbook
from console.playbooks.foresight import PlansAhead, plans_ahead, waits_for_a_person
from console.playbooks.state import is_over
from console.playbooks.steps import ActionStep
from console.transport.kubernetes.remembering_transport import REMEMBERED_SECONDS

AGAIN_SECONDS = REMEMBERED_SECONDS - 0.5
"""After so long what was read is read once more; the reading itself takes less than the rest."""
_WHAT = "what plans will need"


class RunsAhead:
    """Has read ahead for runs; with no `reading` nothing is.

    What was read at a decision, and with each refresh after it, is read once more before it counts no more: refreshes
    come too seldom for a key at any time to find it fresh.
    """

    def __init__(
        self, present: Present, evidence: RunEvidence, tasks: RunTasks, reading: ReadingForPlans | None
    ) -> None:
        self._present = present
        self._evidence = evidence
        self._tasks = tasks
        self._reading = reading

    def look(self, kept: KeptRun) -> None:
        """Begin to read ahead for a run that waits for an answer, once for what is known now; read no more for others.

        A run that goes on leaves what is being read to end by itself: cutting it would cost its connection.
        """
        if self._reading is None:
            return
        if is_over(kept.state) or kept.is_lost or self._tasks.closing:
            kept.give_up(_WHAT)
            return
        ahead = self._ahead_of(kept)
        if ahead is None or kept.is_asked(_WHAT, ahead) or kept.is_reading(_WHAT):
            return
        kept.asked[_WHAT] = ahead, self._tasks.read(self._read(kept, self._reading, ahead))
        kept.read_later(asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._read_again, kept, self._reading))

    def _read_again(self, kept: KeptRun, reading: ReadingForPlans) -> None:
        """Read the same once more for a run that still stands there."""
        ahead = self._ahead_of(kept)
        if ahead is not None and kept.is_asked(_WHAT, ahead) and not (kept.is_reading(_WHAT) or self._tasks.closing):
            kept.asked[_WHAT] = ahead, self._tasks.read(self._read(kept, reading, ahead))

    def _ahead_of(self, kept: KeptRun) -> PlansAhead | None:
        if not self._present.is_live or not waits_for_a_person(kept.playbook, kept.state):
            return None
        if self._evidence.is_awaited(kept.playbook, kept.state):
            return None
        return plans_ahead(kept.playbook, kept.state, self._evidence.seen(kept.playbook, kept.state))

    async def _read(self, kept: KeptRun, reading: ReadingForPlans, ahead: PlansAhead) -> None:
        """Read until nothing else is wanted: a person may give another value while one is being read for."""
        wanted: PlansAhead | None = ahead
        while wanted is not None:
            read, view = wanted, self._present.find(kept.state.started.model_id)
            if view is None:
                return
            await reading.read(view, _asked(kept.playbook, read))
            wanted = self._ahead_of(kept)
            if wanted == read or is_over(kept.state):
                return
            if wanted is not None:
                kept.note_asked(_WHAT, wanted)


def _asked(playbook: Playbook, ahead: PlansAhead) -> tuple[Asked, ...]:
    steps = ((playbook.step(attempt.step), attempt) for attempt in ahead.attempts)
    return tuple((step.action, attempt.arguments) for step, attempt in steps if isinstance(step, ActionStep))
