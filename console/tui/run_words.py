"""What a run waits for, in words, and whether it needs a person."""

import msgspec

from console.domain.label import harmless
from console.domain.quantity import how_many
from console.domain.run import Run, StepKind
from console.tui.drafts import NoteSubject

_LONGEST_PROGRESS = 400
_PERSON_DOES = {
    StepKind.DECIDE: "a decision",
    StepKind.MANUAL: "what a person does",
    StepKind.NOTIFY: "people to be told",
}
"""Steps that go on with a person only."""


class Wait(msgspec.Struct, frozen=True):
    """What a run waits for; `needs_a_person` says that it does not go on by itself."""

    text: str
    needs_a_person: bool = False


def is_resting(run: Run) -> bool:
    """Return whether nobody follows a run that has not ended."""
    return run.ended is None and not run.is_mine and run.followed_by is None


def missing_approvals(run: Run) -> int:
    """Return how many people must still agree to the plan that waits."""
    return 0 if run.plan is None else max(0, run.approvals_needed - len(run.approved_by))


def needs_me(run: Run) -> bool:
    """Return whether a run goes on only when the person at this console does something."""
    if run.ended is not None:
        return False
    if not run.is_mine:
        return is_resting(run) or missing_approvals(run) > 0
    return missing_approvals(run) == 0 and wait_of(run).needs_a_person


def wait_of(run: Run) -> Wait:
    """Return what a run waits for."""
    if run.ended is not None:
        return Wait("over")
    if is_resting(run):
        return Wait("somebody to take it up", needs_a_person=True)
    if run.plan is not None:
        return _of_plan(run)
    step = run.active_step
    if step is not None and step.kind in _PERSON_DOES:
        return Wait(_PERSON_DOES[step.kind], needs_a_person=True)
    if any(not asked.present for asked in run.asked):
        return Wait(f"a value: {harmless(run.asked[0].title)}", needs_a_person=True)
    if run.progress:
        return Wait(harmless(run.progress, _LONGEST_PROGRESS))
    if run.is_planning:
        return Wait("its plan")
    if step is not None and step.kind is StepKind.ACTION and run.is_mine and run.choices:
        return Wait(f"an answer: {harmless(step.note)}" if step.note else "an answer", needs_a_person=True)
    return Wait("what is measured")


def _of_plan(run: Run) -> Wait:
    missing = missing_approvals(run)
    if run.plan is None or run.plan.refusals:
        return Wait("an answer: its plan is refused", needs_a_person=True)
    if missing:
        return Wait(f"the approval of {how_many(missing, 'other person', 'other people')}", needs_a_person=True)
    return Wait(f"its key: {harmless(run.plan.confirm)}", needs_a_person=True)


def subject_of(run: Run) -> NoteSubject:
    """Return what a note is about that is written while a run is looked at: the run and its incident."""
    return NoteSubject(f"{harmless(run.playbook_id)} for {harmless(run.model_id)}", run.incident_id, run.id)
