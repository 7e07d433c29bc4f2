"""The course of a step that notifies: messages are prepared, sent when a person wants it, and told of.

Each function returns the state after an event, or raises `NotNow` where the state does not allow it. Nothing waits for
the preparation: a person can send the message by other means at any time.
"""

import msgspec

from console.domain.action import Outcome
from console.domain.run import StepState
from console.playbooks.document import Playbook
from console.playbooks.events import NoticesReady, NoticesSent
from console.playbooks.moves import finish_step
from console.playbooks.state import NoticePhase, Notices, NotNow, RunState, active_step
from console.playbooks.steps import NotifyStep


def ready(playbook: Playbook, state: RunState, event: NoticesReady) -> RunState:
    """Take the messages that were prepared, or the reason for which the console cannot send them."""
    notices = _notices(playbook, state, event.step)
    if notices.phase is not NoticePhase.PREPARING:
        raise NotNow("no message was asked for")
    shown = msgspec.structs.replace(
        notices, phase=NoticePhase.READY, message=event.message, plans=event.plans, why_not=event.why_not
    )
    return msgspec.structs.replace(state, notices=shown)


def send(state: RunState) -> RunState:
    """Send the messages that were shown."""
    notices = state.notices
    if notices is None or not notices.may_be_sent or state.started.rehearsal:
        raise NotNow("there is no message to send")
    return msgspec.structs.replace(state, notices=msgspec.structs.replace(notices, phase=NoticePhase.SENDING))


def again(state: RunState) -> RunState:
    """Prepare anew what is known not to have arrived."""
    notices = state.notices
    if notices is None or not notices.failed:
        raise NotNow("there is nothing to send again")
    anew = msgspec.structs.replace(notices, phase=NoticePhase.PREPARING, channels=notices.failed, plans=(), why_not="")
    return msgspec.structs.replace(state, notices=anew)


def sent(playbook: Playbook, state: RunState, event: NoticesSent) -> RunState:
    """Take what became of the messages; where all arrived, the run goes on."""
    notices, step = _notices(playbook, state, event.step), active_step(playbook, state)
    if notices.phase is not NoticePhase.SENDING or not isinstance(step, NotifyStep):
        raise NotNow("no message was being sent")
    known = {delivery.channel: delivery for delivery in (*notices.deliveries, *event.deliveries)}
    told = msgspec.structs.replace(notices, phase=NoticePhase.TOLD, deliveries=tuple(known.values()))
    state = msgspec.structs.replace(state, notices=told)
    if any(delivery.outcome is not Outcome.APPLIED for delivery in told.deliveries):
        return state
    return finish_step(playbook, state, StepState.DONE, f"sent to {', '.join(known)}", step.next, event.at)


def anew(notices: Notices | None) -> Notices | None:
    """Return what becomes of messages that another person takes over: only what may have been sent stays as it is."""
    if notices is None or notices.phase is not NoticePhase.READY:
        return notices
    return msgspec.structs.replace(notices, phase=NoticePhase.PREPARING, plans=(), why_not="")


def _notices(playbook: Playbook, state: RunState, step_id: str) -> Notices:
    step = active_step(playbook, state)
    if state.notices is None or step is None or step.id != step_id:
        raise NotNow(f"step {step_id} tells nobody now")
    return state.notices
