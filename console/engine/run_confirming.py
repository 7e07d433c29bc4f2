"""From the key that confirms a plan to the request that may leave: only what was shown, on what is known now."""

from collections.abc import Callable, Coroutine
from functools import partial

from console.domain.action import Plan
from console.domain.moments import in_words
from console.engine.executor import LONGEST_PLAN_AGE_SECONDS
from console.engine.kept_run import KeptRun
from console.engine.run_calls import ExecutorCalls
from console.engine.run_commands import CHANGED
from console.engine.run_course import RunCourse
from console.engine.run_evidence import RunEvidence
from console.engine.run_present import Present
from console.playbooks.events import CommitRefused, Committed, Committing, PlanOutdated, Rehearsed
from console.playbooks.same_plan import says_the_same
from console.playbooks.state import NOTHING_WAITS, NotNow, Phase, plan_in_hand
from console.playbooks.terms import terms_of

PLAN_IS_FRESH_SECONDS = LONGEST_PLAN_AGE_SECONDS * 2 / 3
"""An older plan is made anew before it is sent: the executor would refuse it on the way."""

Sending = Callable[[Callable[[], object]], Coroutine[None, None, Committed | CommitRefused]]
"""Sends a plan once it is called, and calls what it is given once the request leaves.

A console that ends before has sent nothing.
"""


class RunConfirming:
    """Turns a person's confirmation into a request, or into a plan that is made anew because the first grew old."""

    def __init__(self, present: Present, evidence: RunEvidence, calls: ExecutorCalls, course: RunCourse) -> None:
        self._present = present
        self._evidence = evidence
        self._calls = calls
        self._course = course

    def confirm(self, kept: KeptRun, shown_hash: str) -> Sending | None:
        """Return the sending of the plan that a person confirmed, None when it is made anew first.

        Raises:
            NotNow: the plan cannot be sent now.
        """
        hand, now = plan_in_hand(kept.state), self._present.now()
        if hand is None:
            raise NotNow(NOTHING_WAITS)
        attempt, undo = hand
        if kept.state.started.rehearsal:
            self._course.advance(kept, Rehearsed(at=now, step=attempt.step, plan_hash=shown_hash))
            return None
        if attempt.plan is not None and now - attempt.plan.made_at > PLAN_IS_FRESH_SECONDS:
            self._pass_guards(kept, undo=undo)
            self._course.advance(kept, PlanOutdated(at=now, step=attempt.step, plan_hash=shown_hash, undo=undo))
            return None
        return self._commit(kept, shown_hash, undo=undo)

    def confirm_again(self, kept: KeptRun, *, undo: bool) -> Sending | None:
        """Return the sending of a plan that was made anew if it says what the confirmed one said.

        Else a person looks at it again, and the run's message says why.
        """
        attempt = kept.state.undo if undo else kept.state.attempt
        if attempt is None or attempt.plan is None or attempt.confirmed is None:
            return None
        age = self._present.now() - attempt.plan.made_at
        if not says_the_same(attempt.confirmed, attempt.plan):
            kept.message = CHANGED
        elif age > LONGEST_PLAN_AGE_SECONDS:
            kept.message = f"the plan took {in_words(age)} to make and is too old to be sent: the cluster is slow"
        else:
            try:
                return self._commit(kept, attempt.plan.hash, undo=undo)
            except NotNow as reason:
                kept.message = str(reason)
        return None

    def _commit(self, kept: KeptRun, shown_hash: str, *, undo: bool) -> Sending:
        self._pass_guards(kept, undo=undo)
        attempt = kept.state.undo if undo else kept.state.attempt
        if attempt is None or attempt.plan is None:
            raise NotNow(NOTHING_WAITS)
        event = Committing(at=self._present.now(), step=attempt.step, plan_hash=shown_hash, undo=undo)
        self._course.advance(kept, event)
        return partial(self._send, kept, attempt.plan, event)

    async def _send(
        self, kept: KeptRun, plan: Plan, event: Committing, leaving: Callable[[], object]
    ) -> Committed | CommitRefused:
        """Send a plan once the journal says that it is being sent: whoever takes up the run must not send it again."""
        failure = await self._course.why_not_written(kept)
        if failure is not None:
            reason = f"{failure}; nothing was sent"
            return CommitRefused(at=self._present.now(), step=event.step, reason=reason, undo=event.undo)
        terms = terms_of(kept.playbook, self._present.find(kept.state.started.model_id))
        reference = kept.reference(event.step)
        return await self._calls.commit(plan, event.plan_hash, reference, terms, undo=event.undo, leaving=leaving)

    def _pass_guards(self, kept: KeptRun, *, undo: bool) -> None:
        """Look at the guards once more, on what is known now; an undo has none.

        Raises:
            NotNow: they let nothing pass, or there is nothing newer to look at.
        """
        if undo:
            return
        if self._evidence.is_awaited(kept.playbook, kept.state):
            raise NotNow("the evidence of now is still being read")
        self._course.advance(kept, self._evidence.seen(kept.playbook, kept.state))
        attempt = kept.state.attempt
        if attempt is None or attempt.phase is not Phase.PLANNED:
            raise NotNow(attempt.reason if attempt is not None else NOTHING_WAITS)
