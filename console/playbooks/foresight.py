"""Which plans a run may ask for next: what its machine would do with each answer that a person can give now."""

import msgspec

from console.playbooks.choices import choices
from console.playbooks.document import Playbook
from console.playbooks.events import Chosen, EvidenceSeen
from console.playbooks.machine import advance
from console.playbooks.state import Attempt, NotNow, Phase, RunState, active_step, is_decided_at_once
from console.playbooks.steps import DecideStep, ManualStep

MOST_AHEAD = 3
"""Plans that are looked ahead to; a decision with more ways to an action is rare."""


class PlansAhead(msgspec.Struct, frozen=True):
    """The plans that one more answer would ask for, in the order of the answers, by evidence of an instant (UTC s)."""

    seen_at: float
    attempts: tuple[Attempt, ...]


def plans_ahead(playbook: Playbook, state: RunState, seen: EvidenceSeen) -> PlansAhead | None:
    """Return the plans that one more answer would ask for, by what is seen now; None where none would.

    Only a run that waits for a person is looked at.
    """
    if not waits_for_a_person(playbook, state) or state.active is None:
        return None
    attempts: dict[tuple[str, str], Attempt] = {}
    for choice in choices(playbook, state):
        chosen = Chosen(at=seen.at, step=state.active, key=choice.key)
        attempt = _after(playbook, state, chosen, seen).attempt
        if attempt is not None and attempt.phase is Phase.PLANNING:
            attempts.setdefault((attempt.step, repr(attempt.arguments)), attempt)
    return PlansAhead(seen.at, tuple(attempts.values())[:MOST_AHEAD]) if attempts else None


def waits_for_a_person(playbook: Playbook, state: RunState) -> bool:
    """Return whether a run stands at a decision, at a step by hand, or with an action that is held."""
    if state.attempt is not None:
        return state.attempt.phase is Phase.HELD
    return isinstance(active_step(playbook, state), DecideStep | ManualStep)


def _after(playbook: Playbook, state: RunState, chosen: Chosen, seen: EvidenceSeen) -> RunState:
    """Return where a run would stand after an answer and all that the evidence decides by itself."""
    try:
        state = advance(playbook, state, chosen)
        for _ in playbook.steps:
            if not is_decided_at_once(playbook, state):
                break
            state = advance(playbook, state, seen)
    except NotNow:
        pass
    return state
