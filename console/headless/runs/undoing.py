"""What to do next with the undo of a run that nobody sits before."""

from console.domain.action_words import END_OF_AN_UNDO
from console.domain.command import CommitPlan
from console.domain.run import Run
from console.headless.exit_codes import ExitCode, code_of
from console.headless.runs.consent import Confirmation, Consent
from console.headless.runs.stop import Stop


class UndoDecider:
    """Has the plan of the undo sent that was agreed to, and waits until it is known what became of it."""

    def __init__(self, consent: Consent) -> None:
        self._confirmation = Confirmation(consent)

    def on_snapshot(self, run: Run) -> None:
        """Take note of nothing: an undo looks at no guards."""

    def next(self, run: Run) -> CommitPlan | Stop | None:
        """Return what to do now; None is to wait on."""
        if run.plan is not None and run.plan.undoes is not None:
            return self._confirmation.of_plan(run)
        undoing = run.undoing
        if undoing is None:
            return Stop(ExitCode.REFUSED, run.message or "nothing was taken back")
        if undoing.outcome is not None:
            return Stop(code_of(undoing.outcome), END_OF_AN_UNDO[undoing.outcome])
        return None if undoing.is_under_way else Stop(ExitCode.REFUSED, f"nothing was taken back: {undoing.why_not}")
