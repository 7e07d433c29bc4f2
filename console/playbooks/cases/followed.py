"""A case followed by the very step machine that follows real runs, with a clock and a world that the case describes."""

import math

import msgspec

from console.domain.action import Commitment, Outcome, Plan
from console.domain.moments import parse_duration
from console.playbooks.cases.course import CannotFollow, Course
from console.playbooks.cases.document import ActionCourse, Case, PlaybookTest
from console.playbooks.cases.over_time import Measured
from console.playbooks.cases.planned import plan_of
from console.playbooks.choices import DONE_KEY, choices, suggestion
from console.playbooks.condition import comparisons, duration_of
from console.playbooks.document import Playbook
from console.playbooks.events import (
    Chosen,
    Committed,
    Committing,
    EvidenceSeen,
    MachineEvent,
    ParameterGiven,
    PlanDropped,
    PlanFailed,
    PlanReady,
    RolloutSeen,
    Started,
    TimedOut,
)
from console.playbooks.machine import advance, begin
from console.playbooks.state import (
    WATCHING,
    NotNow,
    Phase,
    RunState,
    active_step,
    deadline,
    is_decided_at_once,
    wants_evidence,
)
from console.playbooks.steps import END, ActionStep, DecideStep, ManualStep, NotifyStep, conditions_of

CONFIRM_KEY = "y"
CANCEL_KEY = "n"
REFRESHES_OF_FRESH_EVIDENCE = 4
MOST_EVENTS = 100_000
"""More than any playbook needs whose waits end within their week."""


def follow(playbook: Playbook, test: PlaybookTest, case: Case) -> Course:
    """Return what came of a case, followed until the run ends or stands still."""
    return _Walk(playbook, test, case).to_its_end()


class _Stands(Exception):
    """Nothing more happens: the run waits for a person, or for evidence that never comes."""


class _Walk:
    """A case on its way; people answer at once, evidence comes every refresh."""

    def __init__(self, playbook: Playbook, test: PlaybookTest, case: Case) -> None:
        self._playbook = playbook
        self._case = case
        self._refresh = parse_duration(test.refresh)
        self._now = 0.0
        self._measured = [Measured(0.0, self._refresh, case.evidence)]
        self._answers = {step: list(keys) for step, keys in case.answers.items()}
        self._suggested: dict[str, str | None] = {}
        self._plans: dict[str, Plan] = {}
        durations = {name: parse_duration(text) for name, text in msgspec.structs.asdict(test.durations).items()}
        started = Started(
            at=0.0,
            run_id="case",
            playbook_id=playbook.id,
            playbook_version=playbook.metadata.version,
            model_id=case.model.id,
            model_name=case.model.name,
            by="case",
            durations=durations,
        )
        self._state: RunState = begin(playbook, started)
        self._path = [self._active]

    def to_its_end(self) -> Course:
        """Return what came of the case."""
        failure: tuple[tuple[str, ...], str] | None = None
        try:
            for name, value in self._case.params.items():
                self._give(name, value)
            for _ in range(MOST_EVENTS):
                if self._state.ended is not None:
                    break
                self._go_on()
            else:
                failure = (("expect",), f"the case goes on and on: {MOST_EVENTS} events did not end it")
        except _Stands:
            pass
        except CannotFollow as error:
            failure = (error.place, str(error))
        attempt = self._state.attempt
        return Course(
            self._state,
            tuple(self._path),
            self._suggested,
            self._plans,
            attempt.reason if attempt is not None and attempt.phase in (Phase.GUARDING, Phase.HELD) else "",
            tuple(step for step, keys in self._answers.items() if keys),
            failure,
        )

    @property
    def _active(self) -> str:
        return self._state.active if self._state.active is not None else END

    def _go_on(self) -> None:
        """Do the next thing that happens.

        Raises:
            _Stands: nothing does.
        """
        step, attempt = active_step(self._playbook, self._state), self._state.attempt
        if is_decided_at_once(self._playbook, self._state):
            self._see()
        elif isinstance(step, ActionStep) and attempt is not None:
            self._act(step, attempt.phase)
        elif isinstance(step, DecideStep):
            found = suggestion(self._playbook, self._state, self._values(), self._now)
            self._suggested[step.id] = found.option if found is not None else None
            self._choose(step.id, self._answer(step.id))
        elif isinstance(step, ManualStep | NotifyStep):
            self._choose(step.id, self._answer(step.id) or DONE_KEY)
        else:
            self._answer_or_wait()

    def _act(self, step: ActionStep, phase: Phase) -> None:
        course = self._case.actions.get(step.id, ActionCourse())
        if phase is Phase.PLANNING:
            self._take(self._planned(step, course))
        elif phase is Phase.PLANNED:
            self._confirm(step.id, self._answer(step.id) or CONFIRM_KEY)
        elif phase is Phase.COMMITTING:
            self._commit(step.id, course)
        elif phase is Phase.ROLLING_OUT and (seen := self._rollout(step.id, course)) is not None:
            self._take(seen)
        else:
            self._answer_or_wait()

    def _planned(self, step: ActionStep, course: ActionCourse) -> PlanReady | PlanFailed:
        if course.refused is not None:
            return PlanFailed(at=self._now, step=step.id, reason=course.refused)
        attempt = self._state.attempt
        arguments = attempt.arguments if attempt is not None else {}
        plan = plan_of(self._playbook, step, arguments, course, self._values(), self._case.model, self._now)
        self._plans[step.id] = plan
        return PlanReady(at=self._now, step=step.id, plan=plan)

    def _confirm(self, step: str, key: str) -> None:
        """Press a key at the plan; like the console, look at the guards once more before it is sent."""
        if key == CANCEL_KEY:
            self._take(PlanDropped(at=self._now, step=step))
        elif key == CONFIRM_KEY:
            self._see()
            attempt = self._state.attempt
            if attempt is not None and attempt.phase is Phase.PLANNED and attempt.plan is not None:
                self._take(Committing(at=self._now, step=step, plan_hash=attempt.plan.hash))
        else:
            self._choose(step, key)

    def _commit(self, step: str, course: ActionCourse) -> None:
        commitment = Commitment(Outcome(course.commit), "as the case says", self._now)
        self._take(Committed(at=self._now, step=step, commitment=commitment))
        if commitment.outcome is not Outcome.NOT_APPLIED:
            self._measured.append(Measured(self._now + self._refresh, self._refresh, course.evidence))

    def _rollout(self, step: str, course: ActionCourse) -> RolloutSeen | None:
        """Return what the cluster says once it says something new: that the rollout is done, or that it failed."""
        attempt = self._state.attempt
        is_due = attempt is not None and self._now >= attempt.committed_at + parse_duration(course.ready_after)
        if not is_due or course.rollout == "never":
            return None
        failed = "as the case says" if course.rollout == "failed" else None
        return RolloutSeen(at=self._now, step=step, done=failed is None, failed=failed, text="as the case says")

    def _choose(self, step: str, key: str | None) -> None:
        if key is None:
            raise _Stands
        try:
            self._take(Chosen(at=self._now, step=step, key=key))
        except NotNow as error:
            raise CannotFollow(("answers", step), str(error)) from None

    def _give(self, name: str, value: int | str) -> None:
        try:
            self._take(ParameterGiven(at=0.0, name=name, value=value))
        except NotNow as error:
            raise CannotFollow(("params", name), str(error)) from None

    def _answer_or_wait(self) -> None:
        """Give the next answer if it is one that the step takes now, else let time pass."""
        keys = self._answers.get(self._active)
        if keys and any(choice.key == keys[0] for choice in choices(self._playbook, self._state)):
            self._choose(self._active, keys.pop(0))
        else:
            self._wait()

    def _answer(self, step: str) -> str | None:
        keys = self._answers.get(step)
        return keys.pop(0) if keys else None

    def _wait(self) -> None:
        """Let time pass until the next refresh; at once to the end of the wait when nothing can change before."""
        if not wants_evidence(self._playbook, self._state):
            raise _Stands
        until = deadline(self._playbook, self._state)
        if until is None and self._is_settled():
            raise _Stands
        if until is not None and self._is_settled():
            self._now += max(1, math.ceil((until - self._now) / self._refresh)) * self._refresh
        else:
            self._now += self._refresh
        self._see()
        if until is not None and self._now >= until and until == deadline(self._playbook, self._state):
            self._take(TimedOut(at=self._now, step=self._active))

    def _is_settled(self) -> bool:
        """Return whether the evidence has not changed for as long as anything that is watched must hold."""
        step, attempt = active_step(self._playbook, self._state), self._state.attempt
        since = max(self._state.entered, *(measured.steady_from for measured in self._measured))
        if attempt is not None and attempt.phase in WATCHING:
            since = max(since, attempt.ready_at)
            course = self._case.actions.get(attempt.step, ActionCourse())
            if attempt.phase is Phase.ROLLING_OUT and course.rollout != "never":
                return False
        durations = self._state.started.durations
        conditions = [condition for _, condition, _ in conditions_of(step)] if step is not None else []
        watched = [comparison for condition in conditions for _, comparison in comparisons(condition)]
        longest = max((duration_of(one.for_, durations) for one in watched if one.for_ is not None), default=0.0)
        if isinstance(step, ActionStep):
            longest += duration_of(step.verify.settle, durations)
        return self._now > since + longest + self._refresh

    def _values(self) -> dict[str, float | None]:
        known: dict[str, float | None] = dict.fromkeys(self._playbook.evidence)
        for measured in self._measured:
            known |= measured.at(self._now)
        return known

    def _see(self) -> None:
        fresh_for = REFRESHES_OF_FRESH_EVIDENCE * self._refresh
        self._take(EvidenceSeen(at=self._now, values=self._values(), fresh_for=fresh_for))

    def _take(self, event: MachineEvent) -> None:
        before = self._active
        self._state = advance(self._playbook, self._state, event)
        if self._active != before:
            self._path.append(self._active)
