"""What a person says of a run, on its way into the journal: a note, or that they agree to a plan."""

from console.domain.command import AddNote, ApprovePlan
from console.domain.redaction import redacted
from console.domain.run import Run
from console.engine.run_commands import CHANGED
from console.engine.run_journal import RunJournal
from console.engine.run_present import Present
from console.journal.events import Approved
from console.journal.incident_events import Noted
from console.journal.who import Who
from console.playbooks.state import NOTHING_WAITS


class RunSaying:
    """Writes down what the person at this terminal says of runs."""

    def __init__(self, journal: RunJournal, present: Present, who: Who) -> None:
        self._journal = journal
        self._present = present
        self._who = who

    async def say(self, command: AddNote | ApprovePlan, run: Run) -> str | None:
        """Write down what was said of a run; return why that failed, None when it is written."""
        if not self._present.is_live:
            return "the past is shown (--at): nothing is written down"
        return await (self._note(command, run) if isinstance(command, AddNote) else self._approve(command, run))

    async def _note(self, command: AddNote, run: Run) -> str | None:
        if not command.text.strip():
            return "a note needs a text"
        return await self._journal.add(
            Noted(
                at=self._present.now(),
                who=self._who,
                text=redacted(command.text),  # what is in the journal cannot be taken out again
                incident_id=command.incident_id or run.incident_id,
                run_id=run.id,
                step_id=run.active,
                follow_up=command.follow_up,
            )
        )

    async def _approve(self, command: ApprovePlan, run: Run) -> str | None:
        if run.plan is None:
            return NOTHING_WAITS
        if run.plan.hash != command.plan_hash:
            return CHANGED
        if not run.approvals_needed:
            return "this plan needs nobody's approval"
        return await self._journal.add(
            Approved(
                at=self._present.now(),
                who=self._who,
                run_id=run.id,
                step_id=run.active or "",
                plan_hash=command.plan_hash,
            )
        )
