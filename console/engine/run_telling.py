"""How the messages of steps that notify leave: prepared for each channel, shown, sent once when a person wants it."""

import asyncio
from collections.abc import Callable, Collection

from console.actions.provider import ActionRefused
from console.domain.action import Commitment, Outcome, Plan, RiskTier
from console.domain.label import harmless
from console.domain.run import Delivery
from console.domain.snapshot import ModelView
from console.engine.acting import Acting
from console.engine.run_calls import told
from console.journal.events import RunReference
from console.playbooks.events import NoticesReady, NoticesSent
from console.playbooks.state import Notices
from console.settings.places import NOTIFY, place_name

_MESSAGE = "message"


class RunTelling:
    """Asks an executor for messages on behalf of runs; every failure becomes a part of what is told.

    A channel is a place like any other: the executor asks the gate, holds the lock, and writes an intent before each
    message leaves and its outcome after. `now` returns UTC seconds; `channels` are those that are configured.
    """

    def __init__(self, executor: Acting, now: Callable[[], float], channels: Collection[str]) -> None:
        self._executor = executor
        self._now = now
        self._channels = channels

    async def prepare(
        self, notices: Notices, message: str, view: ModelView | None, reference: RunReference
    ) -> NoticesReady:
        """Return the messages as they would be sent; one that cannot be sent from here keeps all of them."""
        step = reference.step_id
        if view is None:
            return NoticesReady(at=self._now(), step=step, message=message, why_not="the model is not there any more")
        plans: list[Plan] = []
        missing: list[str] = []
        for channel in notices.channels:
            if channel not in self._channels:
                missing.append(f"{channel} is no channel that is configured (channels.{channel})")
                continue
            try:
                plans.append(await self._plan(channel, message, view, reference))
            except ActionRefused as refusal:
                missing.append(f"{channel}: {refusal}")
            except Exception as error:  # noqa: BLE001 -- see the class: every failure is told
                missing.append(f"{channel}: {told('preparing the message', error)}")
        if missing:
            return NoticesReady(at=self._now(), step=step, message=message, why_not="; ".join(missing))
        refused = [f"{plan.target.name}: {reason}" for plan in plans for reason in plan.refusals]
        critical = [plan.target.name for plan in plans if plan.tier >= RiskTier.HARD_TO_UNDO]
        refused += [f"{channel} is critical: one key is too few" for channel in critical]
        return NoticesReady(
            at=self._now(), step=step, message=message, plans=tuple(plans), why_not="; ".join(dict.fromkeys(refused))
        )

    async def send(self, notices: Notices, view: ModelView | None, reference: RunReference) -> NoticesSent:
        """Send every message once; one that fails keeps no other."""
        sending = (self._send(plan, notices.message, view, reference) for plan in notices.plans)
        return NoticesSent(at=self._now(), step=reference.step_id, deliveries=tuple(await asyncio.gather(*sending)))

    async def settle(self, notices: Notices, reference: RunReference) -> NoticesSent:
        """Tell what became of messages that were being sent when their console ended; nothing is sent."""
        reading = [await self._settle(plan, reference) for plan in notices.plans]
        return NoticesSent(at=self._now(), step=reference.step_id, deliveries=tuple(reading))

    def not_sent(self, notices: Notices, step: str, why: str) -> NoticesSent:
        """Return that nothing was sent at all."""
        deliveries = (Delivery(plan.target.name, Outcome.NOT_APPLIED, why) for plan in notices.plans)
        return NoticesSent(at=self._now(), step=step, deliveries=tuple(deliveries))

    async def _plan(self, channel: str, message: str, view: ModelView, reference: RunReference) -> Plan:
        action = place_name(NOTIFY, channel)
        return await self._executor.plan(action, view, {_MESSAGE: message}, reference)

    async def _send(self, shown: Plan, message: str, view: ModelView | None, reference: RunReference) -> Delivery:
        """Send a message that says what was shown; its plan is made anew, since a person may have read for long."""
        channel = shown.target.name
        try:
            if view is None:
                raise ActionRefused("the model is not there any more")
            plan = await self._plan(channel, message, view, reference)
            if plan.hash != shown.hash:
                raise ActionRefused("it would be another message by now")
            done = await self._executor.commit(plan, plan.hash, reference)
        except ActionRefused as refusal:
            return Delivery(channel, Outcome.NOT_APPLIED, harmless(str(refusal)))
        except Exception as error:  # noqa: BLE001 -- see the class: every failure is told
            return Delivery(channel, Outcome.UNKNOWN, f"unknown whether it arrived: {told('sending', error)}")
        return Delivery(channel, done.outcome, done.detail)

    async def _settle(self, plan: Plan, reference: RunReference) -> Delivery:
        channel = plan.target.name
        try:
            intent = await self._executor.find_intent(plan, reference)
            if intent is None:
                return Delivery(channel, Outcome.NOT_APPLIED, "the console ended before it was sent")
            done: Commitment = await self._executor.settle(intent)
        except Exception as error:  # noqa: BLE001 -- see the class: every failure is told
            why = str(error) if isinstance(error, ActionRefused) else told("reading what became of it", error)
            return Delivery(channel, Outcome.UNKNOWN, harmless(why))
        return Delivery(channel, done.outcome, done.detail)
