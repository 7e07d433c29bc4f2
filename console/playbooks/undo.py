"""The undo of an action within a run: asked for, and what came of it once it was sent.

A plan counts as taken back once that is known: the request was applied, or the cluster is seen to be back.
"""

from typing import Any

import msgspec

from console.domain.action import Outcome
from console.domain.run import StepState
from console.playbooks.document import Playbook
from console.playbooks.events import RolloutSeen, TimedOut, UndoAsked
from console.playbooks.moves import finish_step
from console.playbooks.state import (
    WATCHING,
    Attempt,
    NotNow,
    Phase,
    RunState,
    is_undoing,
    undo_deadline,
    undoable,
)
from console.playbooks.steps import ActionStep


def ask(state: RunState, event: UndoAsked) -> RunState:
    """Begin to plan the undo of the newest plan that was sent and not taken back."""
    found = undoable(state)
    if found is None or found[1].step != event.step:
        raise NotNow("there is nothing to undo")
    if is_undoing(state):
        raise NotNow("the undo is under way")
    return msgspec.structs.replace(state, undo=Attempt(event.step, Phase.PLANNING, index=found[0]))


def is_sent(state: RunState) -> bool:
    """Return whether an undo may be changing the system: nothing that is seen now speaks for what it takes back."""
    return state.undo is not None and state.undo.phase in WATCHING | {Phase.COMMITTING}


def take_back(playbook: Playbook, state: RunState, at: float) -> RunState:
    """Return the state once it is known that the undo was applied: what it takes back is not watched any more."""
    undo = state.undo
    if undo is None:
        raise NotNow("no undo is under way")
    state = note_sent(state, undo.index, undone=True)
    step, watched = playbook.step(undo.step), state.attempt
    is_watched = watched is not None and watched.phase in WATCHING and watched.index == undo.index
    if not is_watched or not isinstance(step, ActionStep):
        return state
    return finish_step(playbook, state, StepState.FAILED, "taken back before it was verified", step.on_worse, at)


def rolled_out(playbook: Playbook, state: RunState, undo: Attempt, event: RolloutSeen) -> RunState:
    """Take what the cluster says of the undo; one that failed can be asked for again."""
    if event.failed is not None:
        state = note_sent(state, undo.index, undone=False)
        return _ended(state, undo, f"taking it back failed: {event.failed}", Outcome.NOT_VERIFIED)
    if event.done is True:
        return _ended(take_back(playbook, state, event.at), undo, "taken back", Outcome.VERIFIED)
    return msgspec.structs.replace(state, undo=msgspec.structs.replace(undo, reason=event.text))


def time_out(playbook: Playbook, state: RunState, event: TimedOut) -> RunState:
    """End the watch of an undo whose end was not seen in time; what is not known to be undone can be undone again."""
    undo, until = state.undo, undo_deadline(playbook, state)
    if undo is None or until is None or undo.step != event.step:
        raise NotNow(f"no undo of step {event.step} is being watched")
    if event.at < until:
        raise NotNow(f"the undo of step {event.step} has time left")
    is_known = state.sent[undo.index].undone
    told = "taken back, its rollout was not seen to end in time" if is_known else "unknown whether it was taken back"
    return _ended(state, undo, told, Outcome.NOT_VERIFIED if is_known else Outcome.UNKNOWN)


def note_sent(state: RunState, index: int, **known: Any) -> RunState:
    """Return the state in which something new is known of a plan that was sent."""
    became = msgspec.structs.replace(state.sent[index], **known)
    return msgspec.structs.replace(state, sent=(*state.sent[:index], became, *state.sent[index + 1 :]))


def _ended(state: RunState, undo: Attempt, told: str, outcome: Outcome) -> RunState:
    state = note_sent(state, undo.index, undo_outcome=outcome)
    record = state.records[undo.step]
    noted = msgspec.structs.replace(record, note=f"{record.note}; {told}" if record.note else told)
    records = {**state.records, undo.step: noted}
    return msgspec.structs.replace(state, undo=None, undone_last=undo.index, records=records)
