"""What was agreed to before the start, and the one plan that may be sent because of it."""

from collections.abc import Mapping

import msgspec

from console.domain.command import CommitPlan
from console.domain.label import harmless
from console.domain.run import Notice, Run
from console.engine.gate import READ_ONLY
from console.headless.exit_codes import ExitCode
from console.headless.runs.stop import Stop
from console.settings.places import START_WITH_WRITE


class Consent(msgspec.Struct, frozen=True):
    """What was agreed to before the start: answers by step, values of parameters, and the hash of the one plan to send.

    `answers` maps steps to keys, and `params.NAME` to what a person would type.
    """

    answers: Mapping[str, str] = {}
    plan_hash: str | None = None
    may_write: bool = False


class Confirmation:
    """Sends what was agreed to by its hash, and that once."""

    def __init__(self, consent: Consent) -> None:
        self._consent = consent
        self._sent = False

    @property
    def is_spent(self) -> bool:
        """Return whether what was agreed to was sent, or was tried to be."""
        return self._sent

    def of_plan(self, run: Run) -> CommitPlan | Stop | None:
        """Return what to do with the plan that waits for its key.

        None is to wait: for those who must approve, or until it is published that what was confirmed has left.
        """
        plan, consent = run.plan, self._consent
        if plan is None:
            return None
        if consent.plan_hash is None or not consent.may_write:
            for refusal in plan.refusals:
                if not refusal.startswith(f"{READ_ONLY}{START_WITH_WRITE}"):
                    return Stop(ExitCode.REFUSED, f"the plan cannot be sent: {refusal}")
            return Stop(ExitCode.PERSON_NEEDED, f"the plan was not confirmed; {how_to_send(plan.hash)}")
        if plan.refusals:
            return Stop(ExitCode.REFUSED, f"the plan cannot be sent: {plan.refusals[0]}")
        if self._sent and run.message is None and plan.hash == consent.plan_hash:
            return None
        if self._sent:
            why = run.message or "another one was confirmed, and sent"
            code = ExitCode.REFUSED if run.message else ExitCode.PERSON_NEEDED
            return Stop(code, f"plan {plan.hash} is not sent: {why}")
        if plan.hash != consent.plan_hash:
            reason = f"the plan is {plan.hash} now, --plan confirms {harmless(consent.plan_hash)}: look at it again"
            return Stop(ExitCode.REFUSED, reason)
        if len(run.approved_by) < run.approvals_needed:
            return None
        self._sent = True
        return CommitPlan(run.id, plan.hash)

    def of_message(self, notice: Notice, *, can_be_sent: bool) -> Stop | None:
        """Return why a message that is ready is not sent, None where it is to be sent now."""
        consent = self._consent
        if consent.plan_hash is None or not consent.may_write:
            return Stop(ExitCode.PERSON_NEEDED, f"the message was not confirmed; {how_to_send(notice.hash)}")
        if self._sent or notice.hash != consent.plan_hash:
            reason = f"the message is {notice.hash}, --plan confirms {harmless(consent.plan_hash)} and nothing else"
            return Stop(ExitCode.PERSON_NEEDED, reason)
        if not can_be_sent:
            return Stop(ExitCode.REFUSED, f"the message cannot be sent: {notice.why_not}")
        self._sent = True
        return None


def how_to_send(plan_hash: str) -> str:
    """Return what sends a plan, or a message, that was only shown."""
    return f"to send it, call this again with --write --yes --plan {plan_hash}"
