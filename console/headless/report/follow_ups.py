"""What is left to do after an incident: what people marked, and what the journal shows unfinished."""

from collections.abc import Iterable, Iterator

from console.domain.action import Outcome
from console.domain.run import StepKind, StepState
from console.headless.report.story import ActionTold, FollowUp, RunTold
from console.headless.report.words import day_and_time
from console.journal.incident_events import Noted

_LEFT_IN_PLACE = frozenset({Outcome.APPLIED, Outcome.VERIFIED, Outcome.NOT_VERIFIED, Outcome.WORSE})


def follow_ups_of(notes: Iterable[Noted], runs: Iterable[RunTold]) -> tuple[FollowUp, ...]:
    """Return work that is left: marked notes first, then what was left of each run; each once."""
    found = [
        FollowUp(note.text, f"noted by {note.who.shown} at {day_and_time(note.at)}") for note in notes if note.follow_up
    ]
    for run in runs:
        if not run.is_rehearsal:
            found += _of_run(run)
    return tuple(dict.fromkeys(found))


def left_in_place(action: ActionTold) -> bool:
    """Return whether the effect of an action is still there: it was applied, not taken back, and is no taking back."""
    return action.outcome in _LEFT_IN_PLACE and action.undone_at is None and action.undoes is None


def _of_run(run: RunTold) -> Iterator[FollowUp]:
    source = f"{run.playbook_id}, run {run.id}"
    if run.ended is None:
        where = f" at “{run.standing_at}”" if run.standing_at else ""
        yield FollowUp(f"The run is open{where}: end it or go on with it", source)
    for action in run.actions:
        if action.outcome is Outcome.UNKNOWN:
            yield FollowUp(f"Find out whether “{action.title}” was applied to {action.target}", source)
        elif left_in_place(action):
            changed = "; ".join(f"{each.field} {each.before} → {each.after}" for each in action.changes)
            yield FollowUp(f"Decide whether “{action.title}” stays ({changed} on {action.target})", source)
    for step in run.steps:
        # A step that the run went past on another way has no note; one that was left says so.
        if step.kind is StepKind.MANUAL and step.state is StepState.SKIPPED and step.note:
            yield FollowUp(f"Do, or decide against: {step.title}", f"{source}, not done")
