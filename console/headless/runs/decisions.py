"""What to do next with a run that nobody sits before: an answer, a plan to send, an end, or to wait on."""

from console.domain.command import Answer, CancelPlan, CommitPlan, GiveParameter
from console.domain.run import Notice, Run, StepKind
from console.headless.exit_codes import ExitCode, code_of
from console.headless.runs.consent import Confirmation, Consent
from console.headless.runs.stop import Stop
from console.playbooks.choices import SEND_KEY, SKIP_KEY, VERIFIED_KEY
from console.playbooks.names import PARAMETERS

LOOKS_BEFORE_BLOCKED = 3
"""How many refreshes an action may be blocked by its guards: what it looks at may still be on its way."""


class Decider:
    """Decides for one run; nothing is sent but the plan that was agreed to, and that once."""

    def __init__(self, consent: Consent) -> None:
        self._consent = consent
        self._given: set[str] = set()
        self._to_give = [name for name in consent.answers if name.startswith(PARAMETERS)]
        self._giving: str | None = None
        self._cancelled_for: set[str] = set()
        self._blocked = 0
        self._confirmation = Confirmation(consent)

    def on_snapshot(self, run: Run) -> None:
        """Take note that a refresh changed nothing about an action that its guards block."""
        self._blocked = self._blocked + 1 if _is_blocked(run) else 0

    def next(self, run: Run) -> Answer | GiveParameter | CancelPlan | CommitPlan | Stop | None:
        """Return what to do now; None is to wait on."""
        if run.ended is not None:
            return _end_of(run)
        step = run.active_step
        if step is None:
            return None
        given = self._next_value(run)
        if given is not None:
            return given
        answer = self._parameter(run) if any(not asked.present for asked in run.asked) else self._answer(run, step.id)
        if answer is not None:
            return answer
        if step.kind is StepKind.ACTION:
            return self._of_action(run, step.id)
        if step.kind is StepKind.NOTIFY and run.notice is not None and not run.is_rehearsal:
            return self._of_notice(run, run.notice, step.id)
        if run.choices and step.kind is not StepKind.WAIT:
            keys = ", ".join(f"{choice.key} {choice.label}" for choice in run.choices)
            return Stop(
                ExitCode.PERSON_NEEDED, f"step {step.id} waits for a person ({keys}); {_how_to_answer(step.id)}"
            )
        return None

    def _next_value(self, run: Run) -> GiveParameter | CancelPlan | Stop | None:
        """Give what was answered for parameters before anything is planned with their defaults, or instead of that."""
        tried, self._giving = self._giving, None
        if tried is not None and run.message is not None:
            is_too_late = tried in self._cancelled_for or not (run.is_planning or run.plan is not None)
            if is_too_late:
                return Stop(ExitCode.REFUSED, f"{tried} is not taken: {run.message}")
            self._cancelled_for.add(tried)
            self._to_give.insert(0, tried)
            return CancelPlan(run.id)
        if not self._to_give:
            return None
        self._giving = name = self._to_give.pop(0)
        self._given.add(name)
        return GiveParameter(run.id, name.removeprefix(PARAMETERS), self._consent.answers[name])

    def _parameter(self, run: Run) -> GiveParameter | Stop:
        asked = run.asked[0]
        name = PARAMETERS + asked.name
        if name in self._given:
            return Stop(ExitCode.REFUSED, run.message or f"{asked.title}: expected {asked.expected}")
        text = self._consent.answers.get(name)
        if text is None:
            reason = f"{asked.title} is asked for: {asked.expected}; --answers has no {name}"
            return Stop(ExitCode.PERSON_NEEDED, reason)
        self._given.add(name)
        return GiveParameter(run.id, asked.name, text)

    def _answer(self, run: Run, step_id: str) -> Answer | None:
        key = self._consent.answers.get(step_id)
        if key is None or step_id in self._given or all(choice.key != key for choice in run.choices):
            return None
        self._given.add(step_id)
        return Answer(run.id, step_id, key)

    def _of_notice(self, run: Run, notice: Notice, step_id: str) -> Answer | Stop | None:
        """Send the message that was agreed to; where a channel does not get it, go the way of a failure."""
        if notice.deliveries:
            return Answer(run.id, step_id, SKIP_KEY) if run.choices else None
        if not run.choices or not (notice.hash or notice.why_not):
            return None
        if not notice.hash:
            keys = ", ".join(f"{choice.key} {choice.label}" for choice in run.choices)
            reason = f"step {step_id} waits for a person ({keys}; {notice.why_not}); {_how_to_answer(step_id)}"
            return Stop(ExitCode.PERSON_NEEDED, reason)
        why_not = self._confirmation.of_message(notice, can_be_sent=any(choice.sends for choice in run.choices))
        if why_not is not None:
            return why_not
        return Answer(run.id, step_id, SEND_KEY, notice_hash=notice.hash)

    def _of_action(self, run: Run, step_id: str) -> Answer | CommitPlan | Stop | None:
        if run.is_planning:
            return None
        keys = {choice.key for choice in run.choices}
        if run.is_rehearsal:
            if run.plan is not None and VERIFIED_KEY not in keys:
                return CommitPlan(run.id, run.plan.hash)
            is_there = run.plan is not None or not _is_blocked(run) or self._blocked >= LOOKS_BEFORE_BLOCKED
            return Answer(run.id, step_id, VERIFIED_KEY) if VERIFIED_KEY in keys and is_there else None
        if run.plan is not None:
            return self._confirmation.of_plan(run)
        step = run.active_step
        why = step.note if step is not None else ""
        if self._confirmation.is_spent and run.commitment is None and "r" in keys:
            return Stop(ExitCode.REFUSED, f"it was not done: {why}")
        if "r" in keys:
            return Stop(ExitCode.REFUSED, f"there is no plan: {why}")
        if _is_blocked(run) and self._blocked >= LOOKS_BEFORE_BLOCKED:
            return Stop(ExitCode.REFUSED, f"the action is blocked: {why}")
        return None


def _how_to_answer(step_id: str) -> str:
    return f"answer it by a line `{step_id}: KEY` in the file of --answers"


def _is_blocked(run: Run) -> bool:
    """Return whether an action waits for its guards, or for evidence that its arguments need."""
    step = run.active_step
    is_action = step is not None and step.kind is StepKind.ACTION and bool(step.note)
    return (
        is_action
        and run.plan is None
        and run.progress is None
        and not run.is_planning
        and "r" not in {choice.key for choice in run.choices}
    )


def _end_of(run: Run) -> Stop:
    """Return how a command ends whose run is over; one without steps is a run that could not begin."""
    if not run.steps:
        return Stop(ExitCode.REFUSED, run.message or "the run could not begin")
    if run.commitment is None:
        return Stop(ExitCode.OK, run.message or "the run ended, nothing was sent")
    outcome = run.commitment.outcome
    return Stop(code_of(outcome), run.message or f"the run ended, its action: {outcome.value.replace('_', ' ')}")
