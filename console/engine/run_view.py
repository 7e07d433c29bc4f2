"""A run as a face sees it: the state of the step machine with the evidence of the latest snapshot."""

import msgspec

from console.domain.action import Commitment
from console.domain.command import StartAction, StartRun
from console.domain.label import harmless
from console.domain.moments import in_words
from console.domain.quantity import format_quantity
from console.domain.run import Asked, Evidence, Notice, Run, StepState, StepView, Undoing
from console.engine.evidence import Observation
from console.playbooks.choices import choices, suggestion
from console.playbooks.condition import (
    Condition,
    comparison_in_words,
    comparisons,
    deciding_comparisons,
    right_side,
)
from console.playbooks.document import Playbook
from console.playbooks.evidence import ComputedEvidence
from console.playbooks.links import links_of
from console.playbooks.moves import render_for
from console.playbooks.names import PARAMETERS, variables_of
from console.playbooks.parameter import ChoiceParameter, Parameter, TextParameter
from console.playbooks.parameters import default_of, parameters_used, takes_of, wanted_of
from console.playbooks.single_action import playbook_id_of
from console.playbooks.state import (
    Attempt,
    NoticePhase,
    Phase,
    RunState,
    active_step,
    attempts,
    deadline,
    is_undoing,
    plan_in_hand,
    scope_of,
    undo_deadline,
    undoable,
)
from console.playbooks.steps import ActionStep, DecideStep, ManualStep, NotifyStep, Step, WaitStep, kind_of, title_of

_LONGEST_WHY_NOT = 400
_UNDO_IN_WORDS = {
    Phase.PLANNING: "the undo is being planned",
    Phase.PLANNED: "the undo waits for its key",
    Phase.COMMITTING: "the undo is being sent",
}


def view_of(playbook: Playbook, state: RunState, seen: Observation, now: float, message: str | None) -> Run:
    """Return the run to publish where it is followed; `now` is in UTC seconds, `message` says what was refused."""
    suggested = suggestion(playbook, state, seen.values, seen.at)
    because = render_for(playbook, state, suggested.because, seen.values) if suggested is not None else ""
    hand = plan_in_hand(state)
    last = undoable(state)
    return Run(
        id=state.started.run_id,
        playbook_id=playbook.id,
        playbook_version=playbook.metadata.version,
        title=playbook.metadata.title,
        owners=playbook.metadata.owners,
        model_id=state.started.model_id,
        incident_id=state.started.incident_id,
        started=state.started.at,
        by=state.started.by,
        steps=tuple(_step(playbook, state, step, seen, because) for step in playbook.steps),
        active=state.active,
        evidence=_evidence(playbook, state, seen),
        choices=choices(playbook, state, suggested),
        plan=hand[0].plan if hand is not None else None,
        undo=last[1].plan if last is not None and not is_undoing(state) else None,
        undoing=_undoing(state),
        sent=_sent(state),
        is_planning=any(attempt.phase is Phase.PLANNING for attempt, _ in attempts(state)),
        commitment=_commitment(state),
        taken_back=state.sent[-1].undo_outcome if state.sent else None,
        reasons=_reasons(playbook, state, seen),
        capacity=seen.capacity,
        progress=_progress(playbook, state, seen, now),
        message=message,
        notice=_notice(state),
        ended=state.ended,
        action=state.started.action,
        is_rehearsal=state.started.rehearsal,
        followed_by=state.followed_by if state.ended is None else None,
        asked=_asked(playbook, state, seen),
        links=links_of(playbook, {"model.id": state.started.model_id, "model.name": state.started.model_name}),
    )


def view_of_other(run: Run, followed_by: str | None) -> Run:
    """Return a run as consoles show it that do not follow it: nothing can be answered there."""
    is_left = followed_by is None and run.ended is None
    progress = "stands still: nobody follows it" if is_left else run.progress
    return msgspec.structs.replace(
        run, followed_by=followed_by, is_mine=False, choices=(), asked=(), undo=None, progress=progress
    )


def run_not_begun(command: StartRun | StartAction, message: str, run_id: str, now: float, by: str) -> Run:
    """Return a run that is over before it began; `message` says why (UTC seconds, one harmless line)."""
    action = command.action if isinstance(command, StartAction) else None
    return Run(
        id=run_id,
        playbook_id=command.playbook_id if isinstance(command, StartRun) else playbook_id_of(command.action),
        playbook_version=0,
        title=harmless(command.playbook_id if isinstance(command, StartRun) else command.action),
        owners=(),
        model_id=command.model_id,
        incident_id=None,
        started=now,
        by=by,
        steps=(),
        active=None,
        message=message,
        ended=now,
        action=action,
        asked_as=command.asked_as if isinstance(command, StartAction) else None,
    )


def _asked(playbook: Playbook, state: RunState, seen: Observation) -> tuple[Asked, ...]:
    """Return what only a person can give, and what a person gave for a plan that is held: it may be another."""
    step = active_step(playbook, state)
    if step is None:
        return ()
    wanted = wanted_of(playbook, step, seen.values, state.given)
    is_held = state.attempt is not None and state.attempt.phase is Phase.HELD
    used = parameters_used(step) if is_held else frozenset()
    again = {name: given for name, given in state.given.items() if PARAMETERS + name in used}
    return (
        *(_asked_of(name, playbook.params[name], seen) for name in wanted),
        *(
            msgspec.structs.replace(_asked_of(name, playbook.params[name], seen), present=harmless(str(given)))
            for name, given in again.items()
        ),
    )


def _asked_of(name: str, parameter: Parameter, seen: Observation) -> Asked:
    """Return how a person is asked for a parameter."""
    options = tuple(map(harmless, parameter.options)) if isinstance(parameter, ChoiceParameter) else ()
    is_proposed = isinstance(parameter, TextParameter) and parameter.propose is not None
    takes = takes_of(parameter)
    return Asked(
        name,
        harmless(parameter.title),
        harmless(takes.expected, 400),
        options,
        proposed=seen.blamed_pod or "" if is_proposed else "",
        takes=takes,
    )


def _evidence(playbook: Playbook, state: RunState, seen: Observation) -> tuple[Evidence, ...]:
    """Return the evidence to show; what an action needed says nothing once the action has changed what it came from."""
    if not state.sent:
        return seen.evidence
    return tuple(seen for seen in seen.evidence if not isinstance(playbook.evidence[seen.name], ComputedEvidence))


def _reasons(playbook: Playbook, state: RunState, seen: Observation) -> tuple[str, ...]:
    """Return why the arguments of the plan in hand are what they are; what was computed anew meanwhile is no reason."""
    hand = plan_in_hand(state)
    step = playbook.step(hand[0].step) if hand is not None and not hand[1] else None
    if hand is None or not isinstance(step, ActionStep):
        return ()
    reasons = []
    for name, given in step.with_.items():
        source = default_of(playbook, given)
        found = next((each for each in seen.evidence if each.name == source), None)
        if found is not None and found.value == hand[0].arguments.get(name):
            reasons.append(f"{name.replace('_', ' ')} {found.text}")
    return tuple(reasons)


def _step(playbook: Playbook, state: RunState, step: Step, seen: Observation, because: str) -> StepView:
    record = state.records[step.id]
    title = record.title or render_for(playbook, state, title_of(step), seen.values)
    note = record.note
    if record.state is StepState.ACTIVE:
        note = _active_note(playbook, state, step, seen, because)
    return StepView(step.id, kind_of(step), title, record.state, note, record.at)


def _active_note(playbook: Playbook, state: RunState, step: Step, seen: Observation, because: str) -> str:
    if isinstance(step, ActionStep):
        return state.attempt.reason if state.attempt is not None else ""
    if isinstance(step, NotifyStep):
        shown = state.notices.message if state.notices is not None else ""
        return shown or render_for(playbook, state, step.notify.message, seen.values)
    said = render_for(playbook, state, step.say, seen.values) if isinstance(step, DecideStep | ManualStep) else ""
    return f"{because}. {said}".strip() if because else said


def _notice(state: RunState) -> Notice | None:
    notices = state.notices
    if notices is None:
        return None
    return Notice(notices.channels, notices.hash, harmless(notices.why_not, _LONGEST_WHY_NOT), notices.deliveries)


def _undoing(state: RunState) -> Undoing | None:
    if is_undoing(state):
        return Undoing(is_under_way=True)
    if state.undo is not None:
        return Undoing(why_not=harmless(state.undo.reason, _LONGEST_WHY_NOT))
    return Undoing(outcome=state.sent[state.undone_last].undo_outcome) if state.undone_last is not None else None


def _sent(state: RunState) -> str | None:
    """Return the hash of the plan that was sent last, or may be on its way."""
    if state.attempt is not None and state.attempt.phase is Phase.COMMITTING and state.attempt.plan is not None:
        return state.attempt.plan.hash
    return state.sent[-1].plan.hash if state.sent else None


def _commitment(state: RunState) -> Commitment | None:
    """Return what is known now of the last plan that was sent."""
    if not state.sent:
        return None
    last = state.sent[-1]
    return msgspec.structs.replace(last.commitment, outcome=last.outcome)


def _progress(playbook: Playbook, state: RunState, seen: Observation, now: float) -> str | None:
    if state.undo is not None:
        until = undo_deadline(playbook, state)
        return _UNDO_IN_WORDS.get(state.undo.phase) or f"undo: {state.undo.reason}{_left(until, now)}"
    step = active_step(playbook, state)
    if isinstance(step, NotifyStep) and state.notices is not None and state.notices.phase is NoticePhase.SENDING:
        return "being sent"
    if isinstance(step, WaitStep):
        return f"{_watched(playbook, state, step.wait.until, '', seen)}{_left(deadline(playbook, state), now)}"
    if isinstance(step, ActionStep) and state.attempt is not None:
        return _of_action(playbook, state, step, state.attempt, seen, now)
    return None


def _of_action(
    playbook: Playbook, state: RunState, step: ActionStep, attempt: Attempt, seen: Observation, now: float
) -> str | None:
    match attempt.phase:
        case Phase.PLANNING:
            return "being planned"
        case Phase.COMMITTING:
            is_left_open = state.taken_over > attempt.committed_at
            return "reading what became of it" if is_left_open else "being sent"
        case Phase.ROLLING_OUT:
            return f"{attempt.reason}{_left(deadline(playbook, state), now)}"
        case Phase.VERIFYING:
            better = step.verify.better
            watched = attempt.reason if better is None else _watched(playbook, state, better, "better", seen)
            return f"{watched}{_left(deadline(playbook, state), now)}"
        case Phase.GUARDING | Phase.PLANNED | Phase.HELD | Phase.REHEARSED:
            return None


def _left(until: float | None, now: float) -> str:
    return "" if until is None else f"; {in_words(max(0.0, until - now))} left"


def _watched(playbook: Playbook, state: RunState, condition: Condition, place: str, seen: Observation) -> str:
    """Return what a watched condition sees now: `latency 0.61 s, wanted under 0.50 s for 1 min (so for 20 s)`."""
    scope = scope_of(state, seen.values, seen.at)
    units = variables_of(playbook)
    titles = {evidence.name: evidence.title for evidence in seen.evidence}
    told = []
    for where, comparison in tuple(deciding_comparisons(condition, scope, place)) or comparisons(condition, place):
        unit = units.get(comparison.var, "1")
        value = scope.value(comparison.var)
        now = "unknown" if value is None else format_quantity(value, unit)
        limit = right_side(comparison, scope)
        right = "a limit that is unknown" if limit is None else format_quantity(limit, unit)
        since = state.held.get(where)
        held = "" if since is None else f" (so for {in_words(seen.at - since)})"
        wanted = comparison_in_words(comparison, right, state.started.durations)
        now += " (known in part only)" if comparison.var in seen.partial else ""
        told.append(f"{titles.get(comparison.var, comparison.var)} {now}, wanted {wanted}{held}")
    return "; ".join(told)
