"""How a run moves from step to step."""

import msgspec

from console.domain.label import harmless
from console.domain.run import StepState
from console.playbooks.condition import Condition, comparisons
from console.playbooks.document import Playbook
from console.playbooks.graph import reachable_from
from console.playbooks.kubectl import command_facts
from console.playbooks.names import parameters_of, render, variables_of
from console.playbooks.parameter import LONGEST_TEXT
from console.playbooks.parameters import NOT_GIVEN, parameter_value
from console.playbooks.state import Attempt, Notices, Phase, RunState, StepRecord, scope_of
from console.playbooks.steps import END, ActionStep, NotifyStep, title_of


def enter(playbook: Playbook, state: RunState, target: str, at: float) -> RunState:
    """Return the state of a run that goes to a step or to its end; what cannot be reached any more is skipped."""
    reachable = reachable_from(playbook, target)
    records = {
        step_id: StepRecord(StepState.SKIPPED, record.note, at)
        if record.state is StepState.PENDING and step_id not in reachable
        else record
        for step_id, record in state.records.items()
    }
    if target == END:
        return msgspec.structs.replace(
            state, active=None, attempt=None, notices=None, records=records, held={}, ended=at
        )
    records[target] = StepRecord(StepState.ACTIVE, at=at)
    step = playbook.step(target)
    return msgspec.structs.replace(
        state,
        active=target,
        entered=at,
        records=records,
        held={},
        attempt=Attempt(target, Phase.GUARDING) if isinstance(step, ActionStep) else None,
        notices=Notices(step.notify.to) if isinstance(step, NotifyStep) else None,
    )


def finish_step(playbook: Playbook, state: RunState, became: StepState, note: str, target: str, at: float) -> RunState:
    """Return the state after the active step is over and the run went on to a target."""
    if state.active is None:
        raise ValueError("a run that has ended has no step to finish")
    record = state.records[state.active]
    title = record.title or note_of(playbook, state, title_of(playbook.step(state.active)))
    note = "; ".join(told for told in (note, record.note) if told)
    records = {**state.records, state.active: StepRecord(became, note, at, title)}
    return enter(playbook, msgspec.structs.replace(state, records=records), target, at)


def note_of(playbook: Playbook, state: RunState, text: str) -> str:
    """Return a text of the playbook with the values that the run saw last."""
    return render_for(playbook, state, text, state.values)


def known_in_part(state: RunState, condition: Condition) -> str:
    """Return the words to put behind what a condition decided, when some of what it looked at was known in part."""
    looked_at = {name for _, comparison in comparisons(condition) for name in comparison.variables}
    names = sorted(looked_at & set(state.partial))
    return f" (known in part only: {', '.join(names)})" if names else ""


def render_for(playbook: Playbook, state: RunState, text: str, values: dict[str, float | None]) -> str:
    """Return a text of the playbook with these values, the parameters and the model of the run."""
    if not text:
        return ""
    started = state.started
    facts = {"model.id": harmless(started.model_id), "model.name": harmless(started.model_name)}
    facts |= command_facts(started.served_by)
    numbers: dict[str, float | None] = dict(scope_of(state, values, state.entered).values)
    for name in parameters_of(playbook):
        value = parameter_value(playbook, name, values, state.given).value
        if isinstance(value, str):
            facts[name] = harmless(value, longest=LONGEST_TEXT)
        elif value is None:
            facts[name] = NOT_GIVEN
        else:
            numbers[name] = value
    return render(text, numbers, variables_of(playbook), facts)
