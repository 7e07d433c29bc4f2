"""The only way to a changed system: checks that it may be, and leaves a trace before and after."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping

import msgspec

from console.actions.provider import Action, ActionRefused, Occasion, RolloutProgress, contexts_of
from console.actions.registry import OpenActions
from console.actions.specification import ActionSpecification
from console.domain.action import Commitment, Outcome, Plan
from console.domain.label import harmless
from console.domain.model import Target
from console.domain.moments import in_words
from console.domain.snapshot import ModelView
from console.engine.choosing import action_for, named
from console.engine.gate import ActionGate
from console.engine.journal_calls import JournalCalls, News
from console.engine.newest_word import why_not_any_more
from console.engine.raised_tiers import at_least, with_raised_tier
from console.engine.reading_ahead import ReadingAhead
from console.engine.recently_sent import recently_sent
from console.engine.recording import record_outcome
from console.engine.target_lease import TargetLeases
from console.journal.events import Intent, RunReference, Verification
from console.journal.intents import (
    last_intent_id,
    recorded_outcome,
    unfinished_intents,
)
from console.journal.journal import HeldLock, Journal
from console.journal.terms import NO_TERMS, Terms, why_not_approved, why_not_now
from console.journal.who import Who
from console.playbooks.story import confirmed_intent

__all__ = ["ActionRefused", "Executor", "RolloutProgress", "RunReference"]

LONGEST_PLAN_AGE_SECONDS = 15.0
"""A plan older than this tells of a system that may have changed: it is made anew, not sent."""

_UNFINISHED_SECONDS = 7 * 86_400.0
"""How far back it is asked what became of unfinished intents: a cluster that could not tell for a week never will."""


class Executor:
    """Plans, commits, observes and takes back actions, one at a time per target.

    Args:
        actions: the actions that can be done, and why others cannot.
        gate: says whether anything may be done.
        journal: where intents and outcomes are kept, and the locks by which consoles exclude each other.
        who: the person at the terminal.
        clock: returns the time (UTC seconds).
        new_id: returns an id that no intent has had before.
        leases: the locks by which consoles exclude each other in the cluster, None to do without.
        ahead: makes plans of what was read ahead, None to read everything when a plan is asked for.
    """

    def __init__(
        self,
        *,
        actions: OpenActions,
        gate: ActionGate,
        journal: Journal,
        who: Who,
        clock: Callable[[], float],
        new_id: Callable[[], str],
        leases: TargetLeases | None = None,
        ahead: ReadingAhead | None = None,
    ) -> None:
        self._actions = actions
        self._gate = gate
        self._journal = journal
        self._calls = JournalCalls(journal, who, clock)
        self._who = who
        self._clock = clock
        self._new_id = new_id
        self._leases = leases
        self._ahead = ahead
        self._unknown: dict[str, Intent] = {}
        """What this console sent or was asked to settle, as long as nobody knows whether it was applied."""
        self._in_flight: set[asyncio.Task[Commitment]] = set()
        self._closing = False

    def specification(self, action: str, view: ModelView) -> ActionSpecification:
        """Return what is known of the action that a name means for a model.

        Raises:
            ActionRefused: there is none, or the settings do not allow it.
        """
        return action_for(self._actions, action, view).specification

    async def plan(
        self,
        action: str,
        view: ModelView,
        arguments: Mapping[str, object],
        reference: RunReference | None = None,
        terms: Terms = NO_TERMS,
        *,
        anew: bool = False,
    ) -> Plan:
        """Return the plan of an action on the workload of a model; a plan with refusals is shown and never sent.

        Args:
            action: the name of the action.
            view: the model.
            arguments: what the action needs.
            reference: the run on whose behalf it is planned, None where there is none.
            terms: under which its playbook may act.
            anew: whether nothing counts that was read before.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        self._refuse_without_plan()
        provider = action_for(self._actions, action, view)
        may_dry_run = self._gate.why_no_commit(provider.context) is None
        run_id, incident_id = (reference.run_id, reference.incident_id) if reference is not None else (None, None)
        occasion = Occasion(view, self._who.shown, run_id, incident_id)
        if self._ahead is not None and may_dry_run and not anew:
            plan = await self._ahead.plan(provider, occasion, arguments)
        else:
            plan = await provider.plan(occasion, arguments, may_dry_run=may_dry_run)
        self._refuse_other_context(plan.target, provider)
        return await self._complete(plan, reference, terms)

    async def plan_undo(self, plan: Plan, intent_id: str | None = None) -> Plan:
        """Return the recorded inverse of a plan, dry-run again; refused when the object has moved on.

        Args:
            plan: what was sent.
            intent_id: the commit that is taken back, as its `Commitment` names it; None is the newest of the run.

        Raises:
            ActionRefused: no plan can be made at all.
        """
        self._refuse_without_plan()
        provider = self._action_of(plan)
        undo = await provider.plan_undo(plan, may_dry_run=self._gate.why_no_commit(provider.context) is None)
        return await self._complete(msgspec.structs.replace(undo, undoes_intent=intent_id))

    async def commit(
        self,
        plan: Plan,
        shown_hash: str,
        reference: RunReference,
        terms: Terms = NO_TERMS,
        *,
        leaving: Callable[[], object] | None = None,
    ) -> Commitment:
        """Send a plan once, with its intent on disk before and its outcome after.

        The request is finished and its outcome recorded even when the caller is cancelled meanwhile.

        Args:
            plan: what to send.
            shown_hash: the hash of the plan that the person saw.
            reference: the run on whose behalf it is sent.
            terms: under which its playbook may act; they are looked at again under the lock.
            leaving: called once the request is with its client; None calls nothing.

        Raises:
            ActionRefused: nothing was sent, for the reason that it tells.
        """
        if reference.rehearsal:
            raise ActionRefused("a rehearsal sends nothing")
        self._refuse_commit(plan, shown_hash)
        task = asyncio.create_task(self._commit(plan, reference, terms, leaving))
        self._in_flight.add(task)
        task.add_done_callback(self._in_flight.discard)
        return await asyncio.shield(task)

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell how far the system is with a committed plan; what its commit left unknown is asked again.

        Raises:
            ActionRefused: the plan is not one for the configured cluster.
        """
        provider = self._action_of(plan)
        for intent in [intent for intent in self._unknown.values() if intent.plan_hash == plan.hash]:
            # Another console may be at the target now, or the journal be full: the next refresh asks again.
            with contextlib.suppress(ActionRefused):
                await self.settle(intent)
        return await provider.observe(plan)

    async def record(
        self, plan: Plan, outcome: Outcome, detail: str, reference: RunReference, intent_id: str | None = None
    ) -> None:
        """Record what the rollout and the metrics said of a committed plan.

        Args:
            plan: what was sent.
            outcome: what they said.
            detail: the same in words.
            reference: the run on whose behalf it was sent.
            intent_id: the commit that is meant, as its `Commitment` names it; None is the newest of the run.

        Raises:
            ActionRefused: the plan was never committed, or the journal cannot be written.
        """
        if intent_id is None:
            intent_id = last_intent_id(await self._calls.events(), plan.hash, reference.run_id)
        if intent_id is None:
            raise ActionRefused(f"{plan.title} was never committed: there is nothing to verify")
        event = Verification(
            at=self._clock(),
            who=self._who,
            intent_id=intent_id,
            run_id=reference.run_id,
            outcome=outcome,
            detail=detail,
        )
        try:
            await asyncio.to_thread(self._journal.append, event)
        except OSError as error:
            raise ActionRefused(f"the journal cannot be written: {error}") from error

    async def unfinished(self) -> tuple[Intent, ...]:
        """Return the intents of the last days of which nobody knows whether they were applied, oldest first."""
        news = await self._calls.news()  # out of reach, a shared journal leaves what is known on this machine
        since = self._clock() - _UNFINISHED_SECONDS
        return tuple(intent for intent in unfinished_intents(news.events) if intent.at >= since)

    async def find_intent(self, plan: Plan, reference: RunReference) -> Intent | None:
        """Return the intent to send a plan that a run wrote since it was confirmed last, None where it wrote none.

        It is looked for under the lock of the target: whoever is about to send the plan has written it by then, or
        finds that the run was taken up, and sends nothing.

        Raises:
            ActionRefused: another console is at the target, or the journal cannot be asked.
        """
        lock, news = await self._calls.lock(plan, reference)
        try:
            if news.down is not None:
                raise ActionRefused(news.down)
            return confirmed_intent(news.events, plan.hash, reference)
        finally:
            await asyncio.to_thread(lock.close)

    async def settle(self, intent: Intent) -> Commitment:
        """Tell by reading whether an unfinished intent was applied, and record it once it is known; nothing is sent.

        Raises:
            ActionRefused: another console is still at it, no cluster can be read, or it was sent to another one.
        """
        self._refuse_without_plan()
        provider = self._action_of(intent.plan)
        self._unknown[intent.intent_id] = intent
        lock, news = await self._calls.lock(intent.plan, intent.reference)
        try:
            if news.down is not None:
                raise ActionRefused(news.down)
            # Another console may have found out since the intent was looked up.
            known = recorded_outcome(news.events, intent.intent_id)
            if known is not None and known.outcome is not Outcome.UNKNOWN:
                commitment = Commitment(known.outcome, known.detail, known.at, intent.intent_id)
            else:
                commitment = await provider.settle(intent.plan, intent.at)
                if commitment.outcome is Outcome.UNKNOWN:  # recorded, it would tell nothing that is not known already
                    return msgspec.structs.replace(commitment, intent_id=intent.intent_id)
                commitment = await self._record_outcome(intent, commitment)
        finally:
            await asyncio.to_thread(lock.close)
        self._unknown.pop(intent.intent_id, None)
        return commitment

    async def close(self) -> None:
        """Let what is being sent finish; nothing is sent from now on."""
        self._closing = True
        await asyncio.gather(*self._in_flight, return_exceptions=True)

    def _action_of(self, plan: Plan) -> Action:
        """Return the action of a plan; an object of another place, where one of the same name may be, is refused."""
        action = named(self._actions, plan.action)
        self._refuse_other_context(plan.target, action)
        return action

    def _refuse_without_plan(self) -> None:
        reason = self._gate.why_no_plan()
        if reason is not None:
            raise ActionRefused(reason)

    def _refuse_commit(self, plan: Plan, shown_hash: str) -> None:
        """Refuse a plan that may not be sent, is not the one that was shown, or tells of a system that is past."""
        if self._closing:
            raise ActionRefused("the console is closing: nothing is sent any more")
        self._action_of(plan)
        self._refuse_outdated(plan)
        if plan.refusals:
            raise ActionRefused(plan.refusals[0])
        if shown_hash != plan.hash:
            raise ActionRefused(f"the plan is {plan.hash}, {harmless(shown_hash)} was shown: look at it again")

    def _refuse_outdated(self, plan: Plan) -> None:
        """Refuse what may not be sent at this moment, or tells of a system that is past."""
        reason = self._gate.why_no_commit(plan.target.context)
        if reason is not None:
            raise ActionRefused(reason)
        age = self._clock() - plan.made_at
        if not 0 <= age <= LONGEST_PLAN_AGE_SECONDS:
            raise ActionRefused(f"the plan is stale, made {in_words(abs(age))} ago: plan again")

    def _refuse_other_context(self, target: Target, action: Action) -> None:
        """Refuse an object of another cluster: one of the same name there would answer for it."""
        if target.context not in contexts_of(action):
            raise ActionRefused(f"it is for context {harmless(target.context)}, which is not the configured one")

    async def _complete(self, plan: Plan, reference: RunReference | None = None, terms: Terms = NO_TERMS) -> Plan:
        """Add to a plan what the provider cannot know: why nothing may be sent, and who acted on the target lately."""
        now = self._clock()
        gate = self._gate.why_no_commit(plan.target.context)
        news, holder = await self._calls.news_of(plan.target.uid)
        events = news.events
        refusals = [reason for reason in (gate, news.down) if reason is not None]
        notes = list(plan.notes)
        if reference is not None and plan.undoes is None:
            refusals += why_not_now(events, plan.target, reference, terms, now)
            lacking = why_not_approved(events, plan.hash, reference.run_id, terms, self._who.user, now)
            notes += [lacking] if lacking else []
        notes += recently_sent(events, plan.target.uid, now)
        notes += [holder.shown] if holder is not None else []
        notes += await self._leases.notes(plan.target) if self._leases is not None else []
        told = msgspec.structs.replace(plan, refusals=(*refusals, *plan.refusals), notes=tuple(notes))
        return at_least(with_raised_tier(told, self._actions.tiers), self._gate.minimum_tier(plan.target.context))

    async def _commit(
        self, plan: Plan, reference: RunReference, terms: Terms, leaving: Callable[[], object] | None
    ) -> Commitment:
        provider = self._action_of(plan)
        lock, news = await self._calls.lock(plan, reference)
        try:
            if self._leases is None:
                return await self._send(plan, provider, lock, news, reference, terms, leaving)
            async with self._leases.held(plan.target, reference):
                news = await self._calls.news()  # the lease may have been waited for
                return await self._send(plan, provider, lock, news, reference, terms, leaving)
        finally:
            await asyncio.to_thread(lock.close)

    async def _send(
        self,
        plan: Plan,
        provider: Action,
        lock: HeldLock,
        news: News,
        reference: RunReference,
        terms: Terms,
        leaving: Callable[[], object] | None,
    ) -> Commitment:
        """Send a plan whose target is locked, if the terms allow it by `news` of after that; the lock keeps it news."""
        reason = news.down
        if reason is None:
            reason = why_not_any_more(news.events, plan, reference, terms, self._who, self._clock())
        if reason is not None:
            raise ActionRefused(reason)
        self._refuse_outdated(plan)  # a slow database may have taken its time since the first look
        intent = await self._record_intent(lock, plan, reference)
        self._unknown[intent.intent_id] = intent
        if leaving is not None:  # the loop comes to it once the provider waits, which is for its client
            asyncio.get_running_loop().call_soon(leaving)
        try:
            commitment = await provider.commit(plan)
        except BaseException as error:  # whatever broke, the request may have left: the journal must say so
            broken = f"the console failed while sending: {type(error).__name__}"
            await self._record_outcome(intent, Commitment(Outcome.UNKNOWN, broken, self._clock()))
            raise
        finally:
            if self._ahead is not None:  # a command may have changed the cluster, too
                self._ahead.forget()
        if commitment.outcome is not Outcome.UNKNOWN:
            del self._unknown[intent.intent_id]
        return await self._record_outcome(intent, commitment)

    async def _record_intent(self, lock: HeldLock, plan: Plan, reference: RunReference) -> Intent:
        undoes = plan.undoes_intent
        if undoes is None and plan.undoes is not None:
            undoes = last_intent_id(await self._calls.events(), plan.undoes, reference.run_id)
        intent = Intent(
            at=self._clock(),
            who=self._who,
            intent_id=self._new_id(),
            reference=reference,
            plan=plan,
            plan_hash=plan.hash,
            undoes=undoes,
        )
        try:
            await asyncio.to_thread(lock.append, intent)
        except OSError as error:  # the intent may be in the journal all the same: nobody need ask what became of it
            unsent = Commitment(Outcome.NOT_APPLIED, f"nothing was sent: {error}", self._clock())
            await self._record_outcome(intent, unsent)
            raise ActionRefused(f"the journal cannot be written, nothing was sent: {error}") from error
        return intent

    async def _record_outcome(self, intent: Intent, commitment: Commitment) -> Commitment:
        return await record_outcome(self._journal, self._who, self._clock, intent, commitment)
