"""The course of an action within a run: guards, plan, commit, rollout, metrics.

Each function returns the state after an event, or raises `NotNow` where the state does not allow it. What happens to
the plan of an undo until it is sent is the same as for an action; what comes of it then stands in
`console.playbooks.undo`.
"""

import msgspec

from console.domain.action import Outcome
from console.domain.run import Choice, StepState
from console.playbooks import undo
from console.playbooks.choices import TIMEOUT_KEY, VERIFIED_KEY, WORSE_KEY
from console.playbooks.condition import Condition, Truth, duration_of, hold, truth
from console.playbooks.document import Playbook
from console.playbooks.events import (
    Chosen,
    CommitRefused,
    Committed,
    Committing,
    PlanDropped,
    PlanFailed,
    PlanOutdated,
    PlanReady,
    Rehearsed,
    RolloutSeen,
)
from console.playbooks.moves import finish_step, known_in_part, note_of
from console.playbooks.parameters import arguments_of
from console.playbooks.state import (
    NOTHING_WAITS,
    WATCHING,
    Attempt,
    NotNow,
    Phase,
    RunState,
    SentPlan,
    StepRecord,
    is_undoing,
    scope_of,
)
from console.playbooks.steps import ActionStep

REHEARSED_ENDS = {VERIFIED_KEY: StepState.DONE, WORSE_KEY: StepState.FAILED, TIMEOUT_KEY: StepState.UNKNOWN}
"""What becomes of an action in a rehearsal, by the key of the end that a person wants to walk on from."""
_AFTER_VERIFICATION = {
    Outcome.VERIFIED: StepState.DONE,
    Outcome.WORSE: StepState.FAILED,
    Outcome.NOT_VERIFIED: StepState.UNKNOWN,
}


def see(playbook: Playbook, state: RunState, step: ActionStep, at: float) -> RunState:
    """Look at new evidence: guards before the commit, `worse` and `better` after it."""
    attempt = _attempt(state, step.id, undo=False)
    if attempt.phase is Phase.GUARDING or (attempt.phase is Phase.PLANNED and _blocked_by(playbook, state, at)):
        return _guard(playbook, state, step, at)
    if attempt.phase in WATCHING and not undo.is_sent(state):
        return _verify(playbook, state, step, attempt, at)
    return state


def retry(state: RunState, event: Chosen) -> RunState:
    """Go back to the guards, from which the action is planned anew."""
    return msgspec.structs.replace(state, attempt=Attempt(event.step, Phase.GUARDING))


def skip(playbook: Playbook, state: RunState, choice: Choice, at: float, why: str = "") -> RunState:
    """Go past an action: not sent, sent and not verified, or rehearsed."""
    attempt = state.attempt
    if attempt is None or choice.goto is None:
        raise NotNow("there is no action to skip")
    if choice.key in REHEARSED_ENDS:
        told = with_reason(choice.label, attempt.reason)
        return finish_step(playbook, state, REHEARSED_ENDS[choice.key], with_reason(told, why), choice.goto, at)
    if attempt.phase in WATCHING:
        told = with_reason(f"not verified: {choice.label}", why)
        return _conclude(playbook, state, Outcome.NOT_VERIFIED, told, choice.goto, at)
    told = with_reason(attempt.reason or choice.label, why)
    return finish_step(playbook, state, StepState.SKIPPED, told, choice.goto, at)


def with_reason(told: str, why: str) -> str:
    """Return what was done with the reason that a person or the console gave for it, where there is one."""
    return f"{told}: {why}" if why else told


def time_out(playbook: Playbook, state: RunState, step: ActionStep, at: float) -> RunState:
    """End the watch of an action whose effect was not seen in time."""
    return _conclude(playbook, state, Outcome.NOT_VERIFIED, "not verified in time", step.on_timeout, at)


def planned(state: RunState, event: PlanReady | PlanFailed | PlanDropped) -> RunState:
    """Take the plan that was asked for, the reason why there is none, or the word that nobody wants it."""
    attempt = _attempt(state, event.step, event.undo)
    if isinstance(event, PlanDropped):
        is_in_hand = attempt.plan is not None and attempt.phase in (Phase.PLANNED, Phase.HELD)
        if not is_in_hand and attempt.phase is not Phase.PLANNING:
            raise NotNow(NOTHING_WAITS)
        dropped = None if event.undo else Attempt(event.step, Phase.HELD, reason="cancelled")
        return _with(state, dropped, event.undo)
    if attempt.phase is not Phase.PLANNING:
        raise NotNow("no plan was asked for")
    if isinstance(event, PlanFailed):
        held = msgspec.structs.replace(attempt, phase=Phase.HELD, reason=event.reason, confirmed=None)
        return _with(state, held, event.undo)
    reason = "; ".join(event.plan.refusals)
    phase = Phase.HELD if reason else Phase.PLANNED
    return _with(state, msgspec.structs.replace(attempt, phase=phase, plan=event.plan, reason=reason), event.undo)


def confirmed(state: RunState, event: PlanOutdated | Committing | Rehearsed) -> RunState:
    """Send the plan that was shown, or make it anew with the same arguments because it is too old.

    A rehearsal sends nothing: it asks how the action shall have ended.
    """
    if isinstance(event, Committing) and state.started.rehearsal:
        raise NotNow("a rehearsal sends nothing")
    if isinstance(event, Rehearsed):
        return _rehearsed(state, event)
    attempt = _attempt(state, event.step, event.undo)
    if attempt.phase is not Phase.PLANNED or attempt.plan is None:
        raise NotNow(NOTHING_WAITS)
    if attempt.plan.hash != event.plan_hash:
        raise NotNow("the plan has changed since it was shown")
    if not event.undo and is_undoing(state):
        raise NotNow("the undo is under way")
    if event.undo and state.attempt is not None and state.attempt.phase is Phase.COMMITTING:
        raise NotNow("a request is on its way")
    if isinstance(event, PlanOutdated):
        anew = msgspec.structs.replace(attempt, phase=Phase.PLANNING, plan=None, confirmed=attempt.plan)
        return _with(state, anew, event.undo)
    sending = msgspec.structs.replace(attempt, phase=Phase.COMMITTING, confirmed=None, committed_at=event.at)
    state = _with(state, sending, event.undo)
    return state if event.undo else msgspec.structs.replace(state, before=state.values)


def anew(attempt: Attempt | None, *, undo: bool) -> Attempt | None:
    """Return what becomes of an attempt that another person takes over: nothing that the first confirmed still counts.

    A plan is made anew, that of a step from its guards on; what was sent, or may have been, stays as it is.
    """
    if attempt is None or attempt.phase not in (Phase.PLANNING, Phase.PLANNED):
        return attempt
    return Attempt(attempt.step, Phase.PLANNING if undo else Phase.GUARDING, index=attempt.index)


def _rehearsed(state: RunState, event: Rehearsed) -> RunState:
    attempt = _attempt(state, event.step, undo=False)
    if not state.started.rehearsal:
        raise NotNow("this is no rehearsal")
    if attempt.phase is not Phase.PLANNED or attempt.plan is None:
        raise NotNow(NOTHING_WAITS)
    if attempt.plan.hash != event.plan_hash:
        raise NotNow("the plan has changed since it was shown")
    reason = f"rehearsed: {attempt.plan.confirm}, nothing was sent"
    return msgspec.structs.replace(state, attempt=Attempt(event.step, Phase.REHEARSED, reason=reason))


def refused(state: RunState, event: CommitRefused) -> RunState:
    """Learn that nothing was sent."""
    attempt = _attempt(state, event.step, event.undo)
    if attempt.phase is not Phase.COMMITTING:
        raise NotNow("nothing was being sent")
    return _with(state, _held(attempt, event.reason), event.undo)


def committed(playbook: Playbook, state: RunState, event: Committed) -> RunState:
    """Take the outcome of a request; unknown counts as sent, so that it is watched and can be taken back."""
    attempt = _attempt(state, event.step, event.undo)
    commitment, plan = event.commitment, attempt.plan
    if attempt.phase is not Phase.COMMITTING or plan is None:
        raise NotNow("nothing was being sent")
    if commitment.outcome is Outcome.NOT_APPLIED:
        return _with(state, _held(attempt, commitment.detail), event.undo)
    attempt = msgspec.structs.replace(
        attempt, phase=Phase.ROLLING_OUT, reason=commitment.detail, committed_at=event.at, ready_at=event.at
    )
    if event.undo:
        state = msgspec.structs.replace(state, undo=attempt)
        return undo.take_back(playbook, state, event.at) if commitment.outcome is Outcome.APPLIED else state
    step = playbook.step(event.step)
    if isinstance(step, ActionStep) and step.verify.rollout is None:
        attempt = msgspec.structs.replace(attempt, phase=Phase.VERIFYING)
    attempt = msgspec.structs.replace(attempt, index=len(state.sent))
    sent = SentPlan(event.step, plan, commitment, commitment.outcome)
    return msgspec.structs.replace(state, attempt=attempt, sent=(*state.sent, sent), held={})


def rolled_out(playbook: Playbook, state: RunState, event: RolloutSeen) -> RunState:
    """Take what the cluster says of the rollout; a rollout that failed made things worse."""
    attempt = _attempt(state, event.step, event.undo)
    if attempt.phase is not Phase.ROLLING_OUT:
        raise NotNow("no rollout is being watched")
    if event.undo:
        return undo.rolled_out(playbook, state, attempt, event)
    if undo.is_sent(state):
        raise NotNow("the undo is under way")
    if event.failed is not None:
        step = playbook.step(event.step)
        if not isinstance(step, ActionStep):
            raise NotNow(f"step {event.step} is no action")
        return _conclude(playbook, state, Outcome.WORSE, f"the rollout failed: {event.failed}", step.on_worse, event.at)
    seen = msgspec.structs.replace(attempt, reason=event.text)
    if event.done is True:
        seen = msgspec.structs.replace(seen, phase=Phase.VERIFYING, ready_at=event.at)
    return msgspec.structs.replace(state, attempt=seen)


def _guard(playbook: Playbook, state: RunState, step: ActionStep, at: float) -> RunState:
    blocked = _blocked_by(playbook, state, at)
    if blocked is None:
        arguments = arguments_of(playbook, step, state.values, state.given)
        if arguments.missing is None:
            record = StepRecord(StepState.ACTIVE, at=state.entered, title=note_of(playbook, state, step.title))
            return msgspec.structs.replace(
                state,
                attempt=Attempt(step.id, Phase.PLANNING, arguments.values),
                records={**state.records, step.id: record},
            )
        blocked = arguments.missing
    return msgspec.structs.replace(state, attempt=Attempt(step.id, Phase.GUARDING, reason=blocked))


def _blocked_by(playbook: Playbook, state: RunState, at: float) -> str | None:
    """Return why the guards let nothing pass, None when all of them are true."""
    scope = scope_of(state, state.values, at)
    for guard in playbook.guards:
        answer = truth(guard.require, scope)
        if answer is not True:
            told = note_of(playbook, state, guard.otherwise)
            return told if answer is False else f"no data to rule this out: {told}"
    return None


def _verify(playbook: Playbook, state: RunState, step: ActionStep, attempt: Attempt, at: float) -> RunState:
    verify = step.verify
    held: dict[str, float] = {}
    worse = better = None
    if verify.worse is not None:
        worse, held = _watch(state, verify.worse, "worse", at)
    settled = attempt.ready_at + duration_of(verify.settle, state.started.durations)
    if attempt.phase is Phase.VERIFYING and at >= settled:
        better, held_better = (True, {}) if verify.better is None else _watch(state, verify.better, "better", at)
        held = held | held_better
    state = msgspec.structs.replace(state, held=held)
    if worse is True and verify.worse is not None:
        told = f"worse than before{known_in_part(state, verify.worse)}"
        return _conclude(playbook, state, Outcome.WORSE, told, step.on_worse, at)
    if better is True:
        seen = attempt.reason or "it is done" if verify.better is None else "the metrics recovered"
        told = note_of(playbook, state, step.say) or seen
        told += known_in_part(state, verify.better) if verify.better is not None else ""
        return _conclude(playbook, state, Outcome.VERIFIED, f"verified: {told}", step.on_verified, at)
    return state


def _watch(state: RunState, condition: Condition, place: str, at: float) -> tuple[Truth, dict[str, float]]:
    scope = scope_of(state, state.values, at)
    held = hold(condition, scope, place)
    return truth(condition, msgspec.structs.replace(scope, held=held), place), held


def _conclude(playbook: Playbook, state: RunState, outcome: Outcome, note: str, target: str, at: float) -> RunState:
    """Return the state after the watch of the active action ended with an outcome."""
    if state.attempt is None:
        raise NotNow("no action is being watched")
    state = undo.note_sent(state, state.attempt.index, outcome=outcome)
    return finish_step(playbook, state, _AFTER_VERIFICATION[outcome], note, target, at)


def _held(attempt: Attempt, reason: str) -> Attempt:
    """Return an attempt that came to nothing: its plan is spent."""
    return Attempt(attempt.step, Phase.HELD, reason=reason, index=attempt.index)


def _attempt(state: RunState, step_id: str, undo: bool) -> Attempt:
    attempt = state.undo if undo else state.attempt
    if attempt is None or attempt.step != step_id:
        raise NotNow(f"step {step_id} has no {'undo' if undo else 'action'} under way")
    return attempt


def _with(state: RunState, attempt: Attempt | None, undo: bool) -> RunState:
    return msgspec.structs.replace(state, undo=attempt) if undo else msgspec.structs.replace(state, attempt=attempt)
