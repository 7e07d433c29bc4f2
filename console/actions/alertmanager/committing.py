"""How silences are made and expired: checked again, sent once to one member, and settled by reading all."""

import asyncio
from urllib.parse import quote

from console.actions.alertmanager.again import why_not_again
from console.actions.alertmanager.matching import identity, matched, named
from console.actions.alertmanager.outcome import made_silence, outcome_by_reading, state_in_words, why_edited
from console.actions.alertmanager.requests import SILENCE, Making, as_sent, expiring, making
from console.actions.alertmanager.server import AlertmanagerServer, Servers, Situation
from console.actions.provider import ActionRefused, RolloutProgress
from console.actions.servers.sending import LAST_ARRIVAL_SECONDS, Sent, send
from console.actions.servers.servers import Committing
from console.domain.action import Commitment, Outcome, Plan
from console.domain.label import harmless
from console.domain.quantity import how_many
from console.sources.alertmanager.silences import MemberSilences, Silence


class SilenceCommitting(Committing[Servers]):
    """Sends the plans of both actions on silences: each can be the other's inverse."""

    async def commit(self, plan: Plan) -> Commitment:
        """Look again at what the plan expects, send its request once, and tell what came of it."""
        sent_at = self._clock()
        try:
            server = self._servers.at(plan.target.context)
            situation = await server.read()
            changed = _why_not_any_more(plan, situation, sent_at)
        except ActionRefused as refusal:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was sent: {refusal}")
        if changed is not None:
            return self._commitment(Outcome.NOT_APPLIED, f"nothing was sent: {changed}")
        sent = await self._send(plan, server, _member_for(plan, situation))
        if sent.outcome is Outcome.NOT_APPLIED:
            return await self._refused(plan, sent_at, sent)
        if sent.outcome is Outcome.UNKNOWN:
            await asyncio.sleep(self._settle_seconds)
        read = await self._read_outcome(plan, sent_at, ended=sent.ended, answered=sent.outcome is Outcome.APPLIED)
        if sent.outcome is Outcome.APPLIED and read.outcome is not Outcome.APPLIED and _names_silence(sent, plan):
            # The member took it, and what it knows has not reached those that were read, or nobody can be read.
            return self._commitment(Outcome.APPLIED, f"{sent.told}; it is not seen yet: {read.detail}")
        return self._commitment(read.outcome, read.detail if sent.outcome is Outcome.APPLIED else _both(read, sent))

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell from the silences as they are now whether the request of a plan was applied; sends nothing."""
        return await self._read_outcome(plan, sent_at, ended=self._clock() - sent_at >= LAST_ARRIVAL_SECONDS)

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell whether the silence is what the plan made it, and how many alerts it keeps quiet."""
        try:
            situation = await self._servers.at(plan.target.context).read()
        except ActionRefused as refusal:
            return RolloutProgress(None, None, str(refusal))
        made = making(plan.request)
        if made is None:
            return _expired(expiring(plan.request).silence_id, situation)
        silence = made_silence(situation.silences, plan)
        if silence is None:
            return RolloutProgress(None, None, "no silence bears its mark")
        if silence.is_over:
            return RolloutProgress(None, None, f"the silence is {state_in_words(silence)}")
        return _keeping_quiet(silence, why_edited(silence, made), situation)

    async def _send(self, plan: Plan, server: AlertmanagerServer, member: MemberSilences) -> Sent:
        made, seconds = making(plan.request), server.settings.timeout
        if made is None:
            path = SILENCE + quote(expiring(plan.request).silence_id, safe="")
            return await send(member.endpoint, "DELETE", path, None, seconds=seconds)
        document = as_sent(made, plan, self._clock() + member.clock_skew)
        return await send(member.endpoint, "POST", plan.request.path, document, seconds=seconds)

    async def _refused(self, plan: Plan, sent_at: float, sent: Sent) -> Commitment:
        """Tell of a refusal: it counts, unless what was asked for is there, for something may have sent it twice."""
        if sent.may_be_of_a_second:
            read = await self._read_outcome(plan, sent_at, ended=True)
            if read.outcome is Outcome.APPLIED:
                return self._commitment(Outcome.APPLIED, _both(read, sent))
        return self._commitment(Outcome.NOT_APPLIED, f"nothing was changed: {sent.told}")

    async def _read_outcome(self, plan: Plan, sent_at: float, *, ended: bool, answered: bool = False) -> Commitment:
        try:
            answer = await self._servers.at(plan.target.context).silences()
        except ActionRefused as refusal:
            return self._commitment(Outcome.UNKNOWN, f"whether it was applied cannot be read: {refusal}")
        return self._commitment(*outcome_by_reading(answer, plan, sent_at, ended=ended, answered=answered))


def _both(read: Commitment, sent: Sent) -> str:
    return f"{read.detail} ({sent.told})"


def _names_silence(sent: Sent, plan: Plan) -> bool:
    """Tell whether a successful answer is one of Alertmanager, or of Grafana, which calls the id otherwise."""
    if making(plan.request) is None:
        return False
    document = sent.document if isinstance(sent.document, dict) else {}
    return any(isinstance(document.get(key), str) for key in ("silenceID", "id"))


def _member_for(plan: Plan, situation: Situation) -> MemberSilences:
    """Return the member to send to: the first that answers, of those that know the silence where it is there."""
    if making(plan.request) is not None:
        return situation.first
    silence_id = expiring(plan.request).silence_id
    knowing = (each for each in situation.silences.members if any(one.id == silence_id for one in each.silences))
    return next(knowing, situation.first)


def _why_not_any_more(plan: Plan, situation: Situation, now: float) -> str | None:
    """Return why what a plan expects does not hold any more, None where it does."""
    made = making(plan.request)
    if made is not None:
        return _why_not_made(plan, made, situation, now)
    wanted = expiring(plan.request)
    silence = situation.silences.find(wanted.silence_id)
    if silence is None:
        return "the silence is not there any more"
    if silence.is_over:
        return f"the silence is {state_in_words(silence)} already"
    if silence.updated != wanted.updated:
        by = f"in the name of {harmless(silence.createdBy)}"
        return f"somebody edited the silence since: it is {state_in_words(silence)} now, {by}"
    return None


def _why_not_made(plan: Plan, made: Making, situation: Situation, now: float) -> str | None:
    there = made_silence(situation.silences, plan)
    if there is not None:
        return f"silence {there.id} was made by this very plan"
    if made.alerts is None:
        return why_not_again(made, situation, now)
    firing = matched(situation.alerts, made.matchers)
    if not firing:
        return "none of the alerts fires any more"
    others = [alert for alert in firing if identity(alert) not in made.alerts]
    return f"it would keep quiet what was not shown: {named(others)}" if others else None


def _expired(silence_id: str, situation: Situation) -> RolloutProgress:
    """Return that a silence is over; where somebody made its like since, what it kept quiet is quiet again."""
    silence = situation.silences.find(silence_id)
    if silence is None:
        return RolloutProgress(None, None, "the silence is not there any more")
    told = f"the silence is {state_in_words(silence)}"
    matchers = set(silence.matchers)
    later = (each for each in situation.silences.silences if not each.is_over and each.starts >= silence.ends)
    again = next((each for each in later if set(each.matchers) == matchers), None)
    if silence.is_over and again is not None:
        by = f"silence {again.id} of {harmless(again.createdBy)} keeps the same quiet"
        return RolloutProgress(None, None, f"{told}, and {by}, {state_in_words(again)}")
    return RolloutProgress(silence.is_over, None, told)


def _keeping_quiet(silence: Silence, edited: str | None, situation: Situation) -> RolloutProgress:
    quiet = [alert for alert in situation.alerts if silence.id in alert.silenced_by]
    count = how_many(len(quiet), "alert")
    if edited is not None:
        return RolloutProgress(None, None, f"{edited}, and keeps {count} quiet")
    is_active = silence.status.state == "active"
    return RolloutProgress(is_active, None, f"the silence is {state_in_words(silence)} and keeps {count} quiet")
