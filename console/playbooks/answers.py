"""What a person answers to the active step of a run: one of its choices, or the value of a parameter."""

import msgspec

from console.domain.label import harmless
from console.domain.run import StepState
from console.playbooks import attempt, notices
from console.playbooks.choices import SKIP_KEY, choices
from console.playbooks.condition import REFERENCE_MARK
from console.playbooks.document import Playbook
from console.playbooks.events import Chosen, ParameterGiven
from console.playbooks.moves import finish_step
from console.playbooks.names import PARAMETERS
from console.playbooks.parameters import why_not_taken
from console.playbooks.state import Attempt, NotNow, Phase, RunState, active_step
from console.playbooks.steps import ActionStep, NotifyStep, WaitStep


def take(playbook: Playbook, state: RunState, event: Chosen | ParameterGiven) -> RunState:
    """Return the state after an answer.

    Raises:
        NotNow: it answers nothing that is asked now.
    """
    return _choose(playbook, state, event) if isinstance(event, Chosen) else _give(playbook, state, event)


def _choose(playbook: Playbook, state: RunState, event: Chosen) -> RunState:
    step = active_step(playbook, state)
    if step is None or step.id != event.step:
        raise NotNow(f"step {event.step} is not the active one")
    choice = next((found for found in choices(playbook, state) if found.key == event.key), None)
    if choice is None:
        raise NotNow(f"{event.key} is no answer to step {event.step} now")
    why = harmless(event.reason)
    if choice.goto is None:
        if isinstance(step, NotifyStep):
            return notices.send(state) if choice.sends else notices.again(state)
        return attempt.retry(state, event)
    if isinstance(step, ActionStep):
        return attempt.skip(playbook, state, choice, event.at, why)
    is_passed_over = isinstance(step, WaitStep | NotifyStep) and choice.key == SKIP_KEY
    made = StepState.SKIPPED if is_passed_over else StepState.DONE
    return finish_step(playbook, state, made, attempt.with_reason(choice.label, why), choice.goto, event.at)


def _give(playbook: Playbook, state: RunState, event: ParameterGiven) -> RunState:
    parameter, step = playbook.params.get(event.name), active_step(playbook, state)
    if parameter is None or step is None:
        raise NotNow("the run has ended" if step is None else f"{playbook.id} has no parameter {event.name}")
    refused = why_not_taken(parameter, event.value)
    if refused is not None:
        raise NotNow(refused)
    if state.given.get(event.name) == event.value:
        return state
    state = msgspec.structs.replace(state, given={**state.given, event.name: event.value})
    is_argument = isinstance(step, ActionStep) and REFERENCE_MARK + PARAMETERS + event.name in step.with_.values()
    if not is_argument or state.attempt is None:
        return state
    if state.attempt.phase not in (Phase.GUARDING, Phase.HELD):
        raise NotNow("the plan has been made with another value; cancel it first")
    return msgspec.structs.replace(state, attempt=Attempt(step.id, Phase.GUARDING))
