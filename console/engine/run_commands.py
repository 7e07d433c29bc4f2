"""What a person asks of a run, as an event of its step machine."""

from console.domain.command import Answer, CancelPlan, EndRun, PlanUndo
from console.playbooks.choices import SEND_KEY
from console.playbooks.events import Chosen, Ended, MachineEvent, PlanDropped, UndoAsked
from console.playbooks.state import NOTHING_WAITS, NotNow, RunState, droppable, undoable

CHANGED = "the plan has changed since it was shown"
OTHER_MESSAGE = "the message is not the one that was shown: read it again"


def event_of(command: Answer | CancelPlan | EndRun | PlanUndo, state: RunState, now: float) -> MachineEvent:
    """Return the event that a command is for a run, at a time (UTC seconds).

    Raises:
        NotNow: the run has nothing that the command is about.
    """
    match command:
        case Answer():
            _refuse_other_message(command, state)
            return Chosen(at=now, step=command.step_id, key=command.key, reason=command.reason)
        case EndRun():
            return Ended(at=now)
        case PlanUndo():
            found = undoable(state)
            if found is None:
                raise NotNow("there is nothing to undo")
            return UndoAsked(at=now, step=found[1].step)
        case CancelPlan():
            return _dropped(command, state, now)


def _refuse_other_message(command: Answer, state: RunState) -> None:
    notices = state.notices
    if notices is not None and notices.may_be_sent and command.key == SEND_KEY and command.notice_hash != notices.hash:
        raise NotNow(OTHER_MESSAGE)


def _dropped(command: CancelPlan, state: RunState, now: float) -> PlanDropped:
    found = droppable(state)
    if found is None:
        raise NotNow(NOTHING_WAITS)
    attempt, undo = found
    shown = attempt.plan or attempt.confirmed
    if command.plan_hash is not None and shown is not None and command.plan_hash != shown.hash:
        raise NotNow(CHANGED)
    return PlanDropped(at=now, step=attempt.step, undo=undo)
