"""The step machine: (playbook, state, event) to state, pure; a journal of events explains a run.

Nothing here acts: a state says what it waits for (`console.playbooks.state`), the engine does it and reports an event.
"""

import msgspec

from console.domain.run import StepState
from console.playbooks import answers, attempt, notices, undo
from console.playbooks.condition import hold, truth
from console.playbooks.document import Playbook
from console.playbooks.events import (
    AttemptEvent,
    Chosen,
    CommitRefused,
    Committed,
    Committing,
    Ended,
    EvidenceSeen,
    MachineEvent,
    NoticesReady,
    NoticesSent,
    ParameterGiven,
    PlanDropped,
    PlanFailed,
    PlanOutdated,
    PlanReady,
    Rehearsed,
    RolloutSeen,
    Started,
    TakenOver,
    TimedOut,
    UndoAsked,
)
from console.playbooks.moves import enter, finish_step, known_in_part, note_of
from console.playbooks.state import (
    WATCHING,
    NotNow,
    RunState,
    StepRecord,
    active_step,
    deadline,
    is_over,
    is_sending,
    scope_of,
    undoable,
)
from console.playbooks.steps import ActionStep, CheckStep, DecideStep, ManualStep, NotifyStep, WaitStep


def begin(playbook: Playbook, started: Started) -> RunState:
    """Return the state of a run that has just begun."""
    state = RunState(
        started=started,
        followed_by=started.by,
        active=None,
        entered=started.at,
        records={step.id: StepRecord() for step in playbook.steps},
    )
    return enter(playbook, state, playbook.steps[0].id, started.at)


def advance(playbook: Playbook, state: RunState, event: MachineEvent) -> RunState:
    """Return the state after an event.

    Raises:
        NotNow: the state does not allow the event; it is unchanged.
    """
    match event:
        case Started():
            raise NotNow("the run has begun already")
        case Ended():
            return _leave(state, event)
        case TakenOver():
            return _take_over(state, event)
        case EvidenceSeen():
            return _see(playbook, state, event)
        case Chosen() | ParameterGiven():
            return answers.take(playbook, state, event)
        case TimedOut():
            return _time_out(playbook, state, event)
        case UndoAsked():
            return undo.ask(state, event)
        case NoticesReady():
            return notices.ready(playbook, state, event)
        case NoticesSent():
            return notices.sent(playbook, state, event)
        case _:
            return _advance_attempt(playbook, state, event)


def _advance_attempt(playbook: Playbook, state: RunState, event: AttemptEvent) -> RunState:
    match event:
        case PlanReady() | PlanFailed() | PlanDropped():
            return attempt.planned(state, event)
        case PlanOutdated() | Committing() | Rehearsed():
            return attempt.confirmed(state, event)
        case CommitRefused():
            return attempt.refused(state, event)
        case Committed():
            return attempt.committed(playbook, state, event)
        case RolloutSeen():
            return attempt.rolled_out(playbook, state, event)


def replay(playbook: Playbook, events: tuple[MachineEvent, ...]) -> RunState:
    """Return the state that a run's events explain; the first must be its start.

    This is how a run is taken up again, and how a journal is proven to tell all of it.

    Raises:
        NotNow: the events are not those of one run of this playbook.
    """
    if not events or not isinstance(events[0], Started):
        raise NotNow("the events of a run begin with its start")
    state = begin(playbook, events[0])
    for event in events[1:]:
        state = advance(playbook, state, event)
    return state


def _take_over(state: RunState, event: TakenOver) -> RunState:
    """Go on with another person: what only they can confirm is planned anew, what was sent is watched on.

    Of a run that is over, what it sent can still be taken back.
    """
    if is_over(state) and undoable(state) is None:
        raise NotNow("the run is over")
    return msgspec.structs.replace(
        state,
        followed_by=event.by,
        taken_over=event.at,
        attempt=attempt.anew(state.attempt, undo=False),
        undo=attempt.anew(state.undo, undo=True),
        notices=notices.anew(state.notices),
    )


def _leave(state: RunState, event: Ended) -> RunState:
    if state.ended is not None:
        raise NotNow("the run has ended already")
    if is_sending(state):
        raise NotNow("a request is on its way: the run can be left when its outcome is known")
    records = {
        step_id: record
        if record.state not in (StepState.PENDING, StepState.ACTIVE)
        else StepRecord(StepState.SKIPPED, record.note or "the run was left", event.at)
        for step_id, record in state.records.items()
    }
    watched = state.undo if state.undo is not None and state.undo.phase in WATCHING else None
    return msgspec.structs.replace(
        state, active=None, attempt=None, notices=None, undo=watched, records=records, held={}, ended=event.at
    )


def _see(playbook: Playbook, state: RunState, event: EvidenceSeen) -> RunState:
    step = active_step(playbook, state)
    if step is None:
        raise NotNow("the run has ended")
    if state.seen_at is not None and event.at < state.seen_at:
        raise NotNow("evidence that is older than what was seen")
    is_gap = state.seen_at is not None and event.at - state.seen_at > event.fresh_for
    state = msgspec.structs.replace(
        state, values=event.values, seen_at=event.at, partial=event.partial, held={} if is_gap else state.held
    )
    match step:
        case CheckStep():
            return _check(playbook, state, step, event.at)
        case WaitStep():
            return _wait(playbook, state, step, event.at)
        case ActionStep():
            return attempt.see(playbook, state, step, event.at)
        case DecideStep() | ManualStep() | NotifyStep():
            return state


def _check(playbook: Playbook, state: RunState, step: CheckStep, at: float) -> RunState:
    result = truth(step.check, scope_of(state, state.values, at))
    state = msgspec.structs.replace(state, checks={**state.checks, step.id: result})
    target = step.on_unknown if result is None else step.on_true if result else step.on_false
    word = "unknown" if result is None else "yes" if result else "no"
    told = note_of(playbook, state, step.say)
    note = (f"{word}: {told}" if told else word) + known_in_part(state, step.check)
    return finish_step(playbook, state, StepState.DONE, note, target, at)


def _wait(playbook: Playbook, state: RunState, step: WaitStep, at: float) -> RunState:
    scope = scope_of(state, state.values, at)
    held = hold(step.wait.until, scope)
    state = msgspec.structs.replace(state, held=held)
    if truth(step.wait.until, msgspec.structs.replace(scope, held=held)) is not True:
        return state
    told = note_of(playbook, state, step.say) + known_in_part(state, step.wait.until)
    return finish_step(playbook, state, StepState.DONE, told.strip(), step.on_true, at)


def _time_out(playbook: Playbook, state: RunState, event: TimedOut) -> RunState:
    if event.undo:
        return undo.time_out(playbook, state, event)
    step, until = active_step(playbook, state), deadline(playbook, state)
    if step is None or step.id != event.step or until is None:
        raise NotNow(f"step {event.step} is not waiting")
    if event.at < until:
        raise NotNow(f"step {event.step} has time left")
    match step:
        case ActionStep():
            return attempt.time_out(playbook, state, step, event.at)
        case WaitStep():
            return finish_step(playbook, state, StepState.UNKNOWN, "not seen in time", step.on_timeout, event.at)
        case CheckStep() | DecideStep() | ManualStep() | NotifyStep():
            raise NotNow(f"step {event.step} is not waiting")
