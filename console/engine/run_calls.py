"""What a run asks of the executor, each answer as an event of the run; a refusal or a failure is an event as well."""

import logging
from collections.abc import Callable

import msgspec

from console.actions.provider import ActionRefused
from console.domain.action import Commitment, Outcome, Plan
from console.domain.failure import failure_in_words
from console.domain.label import harmless
from console.domain.snapshot import ModelView
from console.engine.acting import Acting
from console.engine.failures import log_failure
from console.engine.raised_tiers import at_least
from console.journal.events import Intent, RunReference
from console.journal.terms import Terms
from console.playbooks.document import Playbook
from console.playbooks.events import CommitRefused, Committed, PlanFailed, PlanReady, RolloutSeen
from console.playbooks.limits import beyond_limits
from console.playbooks.state import Attempt, SentPlan
from console.playbooks.steps import ActionStep
from console.playbooks.terms import terms_of

_log = logging.getLogger(__name__)


class ExecutorCalls:
    """Asks an executor on behalf of runs; `now` returns UTC seconds.

    A provider's bug must not leave a run waiting for ever: any error ends a call with an event that says so.
    """

    def __init__(self, executor: Acting, now: Callable[[], float]) -> None:
        self._executor = executor
        self._now = now

    async def plan(
        self, playbook: Playbook, view: ModelView | None, attempt: Attempt, reference: RunReference
    ) -> PlanReady | PlanFailed:
        """Plan the action of a step for a model; the plan is refused where it goes beyond the playbook's limits."""
        step = playbook.step(attempt.step)
        if view is None or not isinstance(step, ActionStep):
            return PlanFailed(at=self._now(), step=step.id, reason="the model is not there any more")
        try:
            terms = terms_of(playbook, view)
            anew = attempt.confirmed is not None
            plan = await self._executor.plan(step.action, view, attempt.arguments, reference, terms, anew=anew)
        except ActionRefused as refusal:
            return PlanFailed(at=self._now(), step=step.id, reason=str(refusal))
        except Exception as error:  # noqa: BLE001 -- see the class: every failure becomes an event
            return PlanFailed(at=self._now(), step=step.id, reason=told("planning", error))
        beyond = beyond_limits(playbook.limits, plan.changes)
        limited = msgspec.structs.replace(at_least(plan, step.tier or 0), refusals=(*plan.refusals, *beyond))
        return PlanReady(at=self._now(), step=step.id, plan=limited)

    async def plan_undo(self, sent: SentPlan) -> PlanReady | PlanFailed:
        """Plan to take back what was sent."""
        try:
            plan = await self._executor.plan_undo(sent.plan, sent.commitment.intent_id)
        except ActionRefused as refusal:
            return PlanFailed(at=self._now(), step=sent.step, reason=str(refusal), undo=True)
        except Exception as error:  # noqa: BLE001 -- see the class: every failure becomes an event
            reason = told("planning the undo", error)
            return PlanFailed(at=self._now(), step=sent.step, reason=reason, undo=True)
        return PlanReady(at=self._now(), step=sent.step, plan=plan, undo=True)

    async def commit(
        self,
        plan: Plan,
        shown_hash: str,
        reference: RunReference,
        terms: Terms,
        *,
        undo: bool,
        leaving: Callable[[], object],
    ) -> Committed | CommitRefused:
        """Send a plan, and call `leaving` once it leaves; if it fails in a way nobody foresaw, it may have arrived."""
        step = reference.step_id
        try:
            commitment = await self._executor.commit(plan, shown_hash, reference, terms, leaving=leaving)
        except ActionRefused as refusal:
            return CommitRefused(at=self._now(), step=step, reason=str(refusal), undo=undo)
        except Exception as error:  # noqa: BLE001 -- see the class: every failure becomes an event
            detail = f"unknown whether it was applied: {told('sending', error)}"
            commitment = Commitment(Outcome.UNKNOWN, detail, self._now())
        return Committed(at=self._now(), step=step, commitment=commitment, undo=undo)

    async def settle(
        self, intent: Intent | None, attempt: Attempt, reference: RunReference, *, undo: bool
    ) -> Committed | CommitRefused:
        """Ask what became of a plan that was being sent when its console ended or lost the run.

        `intent` is what the journal told of it when the run was taken up; None is one that had not left by then.
        """
        step = attempt.step
        try:
            if intent is None and attempt.plan is not None:
                intent = await self._executor.find_intent(attempt.plan, reference)
            if intent is None:
                reason = "the console ended before it was sent: nothing was sent"
                return CommitRefused(at=self._now(), step=step, reason=reason, undo=undo)
            commitment = await self._executor.settle(intent)
        except Exception as error:  # noqa: BLE001 -- see the class: every failure becomes an event
            why = str(error) if isinstance(error, ActionRefused) else told("reading what became of it", error)
            detail = f"unknown whether it was applied: {why}"
            commitment = Commitment(
                Outcome.UNKNOWN, detail, self._now(), intent.intent_id if intent is not None else None
            )
        return Committed(at=self._now(), step=step, commitment=commitment, undo=undo)

    async def observe(self, step: str, plan: Plan, *, undo: bool) -> RolloutSeen:
        """Ask the cluster how far a committed plan is; no answer is unknown, and asked again later."""
        try:
            seen = await self._executor.observe(plan)
        except Exception as error:  # noqa: BLE001 -- see the class: every failure becomes an event
            return RolloutSeen(
                at=self._now(), step=step, done=None, failed=None, text=told("reading the rollout", error), undo=undo
            )
        return RolloutSeen(at=self._now(), step=step, done=seen.done, failed=seen.failed, text=seen.text, undo=undo)

    async def record(self, sent: SentPlan, detail: str, reference: RunReference) -> str | None:
        """Have the journal told what the metrics said; return why that failed, None when it did not."""
        try:
            await self._executor.record(sent.plan, sent.outcome, detail, reference, sent.commitment.intent_id)
        except Exception as error:  # noqa: BLE001 -- see the class: every failure becomes an event
            return told("recording the outcome", error)
        return None


def told(what: str, error: Exception) -> str:
    """Return in a line that something failed in a way nobody foresaw, and where; the log gets the way to there."""
    log_failure(_log, f"{what} failed", error)
    return harmless(f"{what} failed: {failure_in_words(error)}")
