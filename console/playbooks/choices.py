"""The answers that the active step of a run takes now."""

from collections.abc import Mapping

from console.domain.run import Choice
from console.playbooks.condition import truth
from console.playbooks.document import Playbook
from console.playbooks.state import WATCHING, NoticePhase, Phase, RunState, active_step, scope_of
from console.playbooks.steps import ActionStep, DecideStep, ManualStep, NotifyStep, Suggestion, WaitStep

DONE_KEY = "d"
RETRY_KEY = "r"
SKIP_KEY = "x"
SEND_KEY = "s"
VERIFIED_KEY = "v"
WORSE_KEY = "w"
TIMEOUT_KEY = "t"
KEYS_OF_THE_SCREEN = frozenset("gjknquy")
"""Keys that always mean something else on the screen: movement, quit, confirm, cancel, undo."""


def suggestion(playbook: Playbook, state: RunState, values: Mapping[str, float | None], at: float) -> Suggestion | None:
    """Return the first suggestion of the active decision whose condition is true, None where there is none."""
    step = active_step(playbook, state)
    if not isinstance(step, DecideStep):
        return None
    scope = scope_of(state, dict(values), at)
    return next((found for found in step.suggest if truth(found.when, scope) is True), None)


def choices(playbook: Playbook, state: RunState, suggested: Suggestion | None = None) -> tuple[Choice, ...]:
    """Return the answers that the active step takes now, in the order in which they are shown."""
    step = active_step(playbook, state)
    if isinstance(step, DecideStep):
        best = suggested.option if suggested is not None else None
        return tuple(Choice(option.key, option.label, option.goto, option.key == best) for option in step.options)
    if isinstance(step, ManualStep):
        return (Choice(DONE_KEY, "done", step.next),)
    if isinstance(step, NotifyStep):
        return _of_notices(step, state)
    is_rehearsal = state.started.rehearsal
    if isinstance(step, WaitStep):
        seen = (Choice(VERIFIED_KEY, "as if it was seen", step.on_true),) if is_rehearsal else ()
        return *seen, Choice(SKIP_KEY, "stop waiting", step.on_timeout)
    if isinstance(step, ActionStep) and state.attempt is not None:
        ends = _rehearsed_ends(step) if is_rehearsal and state.attempt.phase in _BEFORE_REHEARSED_ENDS else ()
        return *ends, *_of_action(step, state.attempt.phase)
    return ()


_BEFORE_REHEARSED_ENDS = frozenset({Phase.GUARDING, Phase.HELD, Phase.REHEARSED})
"""Phases from which a rehearsal goes on as if the action had been sent: a plan that is there is confirmed first."""


def _of_notices(step: NotifyStep, state: RunState) -> tuple[Choice, ...]:
    by_hand = Choice(DONE_KEY, "sent", step.next), Choice(SKIP_KEY, "not sent", step.on_failed)
    notices = state.notices
    if notices is None or state.started.rehearsal or notices.phase is NoticePhase.PREPARING:
        return by_hand
    if notices.phase is NoticePhase.SENDING:
        return ()
    if notices.failed:
        return Choice(RETRY_KEY, f"prepare it again for {', '.join(notices.failed)}"), *by_hand
    if notices.may_be_sent:
        return Choice(SEND_KEY, f"send it to {', '.join(notices.channels)}", sends=True), *by_hand
    return by_hand


def _rehearsed_ends(step: ActionStep) -> tuple[Choice, ...]:
    return (
        Choice(VERIFIED_KEY, "as if it was verified", step.on_verified),
        Choice(WORSE_KEY, "as if it became worse", step.on_worse),
        Choice(TIMEOUT_KEY, "as if nothing was seen in time", step.on_timeout),
    )


def _of_action(step: ActionStep, phase: Phase) -> tuple[Choice, ...]:
    skip = Choice(SKIP_KEY, "skip this action", step.on_skipped)
    if phase is Phase.HELD:
        return Choice(RETRY_KEY, "plan again"), skip
    if phase in WATCHING:
        return (Choice(SKIP_KEY, "go on without verification", step.on_timeout),)
    return () if phase is Phase.COMMITTING else (skip,)
