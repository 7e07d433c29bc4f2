"""`switchboard.set_state`: sends all, a copy or none of the traffic to a model."""

import asyncio
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

import msgspec

from console.actions.argument_values import choice_or_none, refuse_unknown
from console.actions.provider import ActionRefused, Occasion, Prospect, RolloutProgress
from console.actions.servers.sending import LAST_ARRIVAL_SECONDS, send
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Commitment, FieldChange, Outcome, Plan, Request, RiskTier, Undo
from console.domain.label import harmless
from console.domain.model import Target
from console.settings.providers import ProviderSettings
from switchboard_provider.switch import Switch, path_of, reach, read

SET_STATE = ActionSpecification(
    name="switchboard.set_state",
    title="Turn the traffic of the model on or off",
    arguments=(Argument(name="state", meaning="what the model gets", choices=("on", "shadow", "off")),),
    undo="the switch goes back to what it was",
    tier=RiskTier.WIDE,
)
NOT_PERMITTED = "you may not set this switch"
SETTLE_SECONDS = 2.0
"""Time that a request without an answer is given to arrive before the switch is read."""


class SetState:
    """Plans, sends and settles changes of a switch. Switchboard itself compares the state that was seen."""

    def __init__(
        self,
        settings: ProviderSettings,
        environment: Mapping[str, str],
        clock: Callable[[], float],
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        self.specification = SET_STATE
        self.context = "switchboard"
        self._settings = settings
        self._environment = environment
        self._clock = clock
        self._settle_seconds = settle_seconds

    async def prospect(self, occasion: Occasion) -> Prospect:
        """Return the state of now, and whether it may be changed."""
        switch = await self._read(path_of(occasion.view.model.name.raw))
        return Prospect(None if switch.writable else NOT_PERMITTED, {"state": switch.state})

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to set the switch of a model.

        Raises:
            ActionRefused: an argument is wrong, or the switch cannot be read.
        """
        refuse_unknown(SET_STATE, arguments)
        wanted = choice_or_none(SET_STATE, arguments, "state")
        if wanted is None:
            raise ActionRefused("switchboard.set_state needs state: on, shadow or off")
        model, path = occasion.view.model, path_of(occasion.view.model.name.raw)
        switch = await self._read(path)
        refusals = () if switch.writable else (NOT_PERMITTED,)
        if switch.state == wanted:
            refusals = (*refusals, f"the switch is {switch.told} already")
        plan = Plan(
            action=SET_STATE.name,
            title=harmless(f"Switch {model.name.shown} to {wanted}"),
            confirm=f"switch to {wanted}",
            model_id=model.id,
            target=Target(self.context, harmless(self._host), "Switch", model.name.raw, switch.id),
            request=_request(path, switch.id, switch.state, wanted, occasion.by),
            changes=(FieldChange("state", harmless(switch.state), wanted),),
            tier=RiskTier.HARD_TO_UNDO if self._settings.critical else RiskTier.WIDE,
            made_at=self._clock(),
            dry_run="",
            undo=Undo(
                harmless(f"Switch {model.name.shown} back to {switch.state}"),
                (FieldChange("state", wanted, harmless(switch.state)),),
                _request(path, switch.id, wanted, switch.state, occasion.by),
            ),
            refusals=refusals,
        )
        return await self._rehearsed(plan, may_dry_run=may_dry_run)

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the way back, refused where the switch is not as this plan left it."""
        if plan.undo is None:
            raise ActionRefused(f"{plan.title} cannot be undone")
        switch = await self._read(plan.request.path)
        is_ours = (switch.id, switch.marker) == (plan.target.uid, _marker(plan))
        refusal = f"the switch is {switch.told}: nothing is undone over somebody else's change"
        undo = msgspec.structs.replace(
            plan,
            title=plan.undo.title,
            confirm="switch back",
            request=plan.undo.request,
            changes=plan.undo.changes,
            made_at=self._clock(),
            undo=None,
            refusals=() if is_ours else (refusal,),
            undoes=plan.hash,
        )
        return await self._rehearsed(undo, may_dry_run=may_dry_run)

    async def commit(self, plan: Plan) -> Commitment:
        """Send the request once; where its answer is missing, read what became of it."""
        sent_at = self._clock()
        try:
            endpoint = await reach(self._settings, self._environment)
        except ActionRefused as refusal:
            return self._end(Outcome.NOT_APPLIED, f"nothing was sent: {refusal}")
        document = {**plan.request.body, "marker": _marker(plan)}
        sent = await send(endpoint, "POST", plan.request.path, document, seconds=self._settings.timeout)
        if sent.outcome is Outcome.APPLIED:
            return self._end(Outcome.APPLIED, f"the switch is {plan.request.body['to']}")
        if sent.outcome is Outcome.NOT_APPLIED:
            return self._end(Outcome.NOT_APPLIED, f"nothing was changed: {sent.told}")
        await asyncio.sleep(self._settle_seconds)
        settled = await self.settle(plan, sent_at)
        return msgspec.structs.replace(settled, detail=harmless(f"{settled.detail} ({sent.told})"))

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell by the marker whether the request of a plan was applied; nothing is sent but a GET."""
        try:
            switch = await self._read(plan.request.path)
        except ActionRefused as refusal:
            return self._end(Outcome.UNKNOWN, str(refusal))
        if switch.marker == _marker(plan):
            return self._end(Outcome.APPLIED, f"it was applied: the switch is {switch.told}")
        if (switch.id, switch.state) != (plan.target.uid, plan.request.body["from"]):
            return self._end(Outcome.UNKNOWN, f"somebody changed it since: the switch is {switch.told}")
        if self._clock() - sent_at < LAST_ARRIVAL_SECONDS:
            return self._end(Outcome.UNKNOWN, f"the switch is {switch.told}: the request may arrive yet")
        return self._end(Outcome.NOT_APPLIED, f"the switch is {switch.told}, as before")

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell whether the switch is as the plan wanted it: Switchboard acts at once."""
        try:
            switch = await self._read(plan.request.path)
        except ActionRefused as refusal:
            return RolloutProgress(None, None, str(refusal))
        return RolloutProgress(switch.marker == _marker(plan) or None, None, f"the switch is {switch.told}")

    async def _rehearsed(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        if not may_dry_run or plan.refusals:
            why = "it is refused already" if plan.refusals else "the console only reads"
            return msgspec.structs.replace(plan, dry_run=f"not asked: {why}")
        endpoint = await reach(self._settings, self._environment)
        path = f"{plan.request.path}?dry_run=true"
        tried = await send(endpoint, "POST", path, plan.request.body, seconds=self._settings.timeout)
        if tried.outcome is Outcome.APPLIED:
            return msgspec.structs.replace(plan, dry_run="accepted by the server")
        told = harmless(tried.told)
        return msgspec.structs.replace(plan, dry_run=f"refused: {told}", refusals=(f"the dry run is refused: {told}",))

    async def _read(self, path: str) -> Switch:
        return await read(await reach(self._settings, self._environment), path, self._settings.timeout)

    @property
    def _host(self) -> str:
        return urlsplit(self._settings.url or "").netloc

    def _end(self, outcome: Outcome, detail: str) -> Commitment:
        return Commitment(outcome, harmless(detail), self._clock())


def _request(path: str, uid: str, seen: str, wanted: str, by: str) -> Request:
    """Return the request, with its precondition: Switchboard refuses it where id and state are others by then."""
    return Request("POST", path, "application/json", {"id": uid, "from": seen, "to": wanted, "by": by})


def _marker(plan: Plan) -> str:
    """Return what the request of a plan leaves in the switch, so that it is found again without its answer."""
    return f"{plan.hash}-{round(plan.made_at * 1000)}"
