"""Where events change runs: each one is recorded, and what a verification came to is told to the executor."""

import logging
from collections.abc import Callable

from console.engine.kept_run import KeptRun
from console.engine.run_calls import ExecutorCalls
from console.engine.run_present import Present
from console.engine.run_record import RunRecorder
from console.engine.run_tasks import RunTasks
from console.playbooks.events import MachineEvent
from console.playbooks.machine import advance
from console.playbooks.state import NotNow, SentPlan, goes_on_otherwise

_log = logging.getLogger(__name__)


class RunCourse:
    """Takes events of runs; `say` gets the id of a run and what its person must know."""

    def __init__(
        self,
        present: Present,
        recorder: RunRecorder,
        calls: ExecutorCalls,
        tasks: RunTasks,
        say: Callable[[str, str], None],
    ) -> None:
        self._present = present
        self._recorder = recorder
        self._calls = calls
        self._tasks = tasks
        self._say = say

    def begin(self, kept: KeptRun) -> None:
        """Record the start of a run."""
        self._record(kept.state.started, kept)

    def apply(self, kept: KeptRun, event: MachineEvent) -> bool:
        """Take an event; return whether the run allowed it."""
        try:
            self.advance(kept, event)
        except NotNow as reason:
            _log.debug("run %s: %s", kept.id, reason)
            return False
        return True

    def advance(self, kept: KeptRun, event: MachineEvent) -> None:
        """Take an event.

        Raises:
            NotNow: the run does not allow it; nothing has changed.
        """
        before = kept.state
        kept.state = advance(kept.playbook, before, event)
        self._record(event, kept, changed=goes_on_otherwise(before, kept.state))
        for was, became in zip(before.sent, kept.state.sent, strict=False):
            if became.outcome is not was.outcome:
                self._tasks.send(self._keep_outcome(kept, became))

    async def why_not_written(self, kept: KeptRun) -> str | None:
        """Wait until everything that happened to a run is on disk; return why that failed, None when it is."""
        return await self._recorder.why_not_written(kept.id) if self._present.is_live else None

    def _record(self, event: MachineEvent, kept: KeptRun, *, changed: bool = True) -> None:
        if self._present.is_live:
            self._recorder.write(event, kept.id, kept.playbook, changed=changed)

    async def _keep_outcome(self, kept: KeptRun, sent: SentPlan) -> None:
        note = kept.state.records[sent.step].note
        failure = await self._calls.record(sent, note, kept.reference(sent.step))
        if failure is not None:
            self._say(kept.id, failure)
