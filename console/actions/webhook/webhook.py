"""`webhook.NAME`: one request to a server, as the configuration declares it, with typed values in its slots."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from console.actions.declared.declared_action import DeclaredAction
from console.actions.declared.slots import arguments_of, declared_tier, facts_of, given, slot_values, values_given
from console.actions.provider import ActionRefused, Occasion, RolloutProgress
from console.actions.servers.answers import in_words, outcome_of
from console.actions.servers.calling import JSON, Server, call, reach
from console.actions.specification import ActionSpecification
from console.actions.webhook.check import (
    CheckReading,
    idempotency_key,
    names_the_request,
    read_check,
    read_check_of,
)
from console.actions.webhook.paths import path_of
from console.domain.action import Commitment, FieldChange, Outcome, Plan, Request, Undo
from console.domain.label import harmless
from console.domain.model import Target
from console.settings.places import WEBHOOK, place_name
from console.settings.slots import filled
from console.settings.webhooks import HookRequest, WebhookSettings
from console.transport.errors import SourceError
from console.transport.http.once import NoAnswer

NO_DRY_RUN = "none: the webhook declares none"
NOT_ASKED = "not asked: the console only reads"
NO_CHECK = "nothing tells whether it was done (the webhook declares no check)"
SETTLE_SECONDS = 2.0
"""Time that a request without an answer is given to arrive before what is read afterwards counts."""
LAST_ARRIVAL_SECONDS = 75.0
"""A request that was sent so long ago is taken to have ended: proxies give up on requests after 60 s by default."""
_CHECK = "check"


def specification_of(name: str, settings: WebhookSettings) -> ActionSpecification:
    """Return what is known of a webhook before it is called."""
    is_tame = settings.dry_run is not None and settings.undo is not None
    return ActionSpecification(
        name=place_name(WEBHOOK, name),
        title=settings.title,
        arguments=tuple(arguments_of(settings.slots)),
        undo=None if settings.undo is None else "the webhook's own undo is called",
        tier=declared_tier(settings.tier, is_tame=is_tame, critical=settings.critical),
        proof="metrics" if settings.check is None else "system",
    )


class Webhook(DeclaredAction[WebhookSettings]):
    """Plans, sends and settles the calls of one webhook.

    Args:
        name: what the configuration calls it.
        settings: what it says of it.
        environment: the variables of the process, in which secrets may be.
        clock: returns the time (UTC seconds).
        settle_seconds: how long to wait before reading what became of a request without an answer.
    """

    def __init__(
        self,
        name: str,
        settings: WebhookSettings,
        environment: Mapping[str, str],
        clock: Callable[[], float],
        settle_seconds: float = SETTLE_SECONDS,
    ) -> None:
        super().__init__(name, settings, environment, clock)
        self.specification = specification_of(name, settings)
        self._settle_seconds = settle_seconds

    @property
    def context(self) -> str:
        """Return the place: the webhook itself."""
        return place_name(WEBHOOK, self._name)

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to call the webhook with these values in its slots.

        Raises:
            ActionRefused: a slot does not take its value.
        """
        settings = self._declared
        values = slot_values(self.context, settings.slots, arguments)
        filling = {**facts_of(occasion), **values}
        undo = None
        if settings.undo is not None:
            back = self._request(settings.undo, filling)
            undo = Undo(f"call the undo of {self._name}", given(values), back)
        told = ", ".join(f"{name} {value}" for name, value in values.items())
        plan = Plan(
            action=self.specification.name,
            title=harmless(f"{settings.title} ({told})" if told else settings.title),
            confirm=f"call {self._name}",
            model_id=occasion.model_id,
            target=self._target(),
            request=self._request(settings.request, filling),
            changes=given(values),
            tier=self.specification.tier,
            made_at=self._clock(),
            dry_run=NO_DRY_RUN,
            undo=undo,
            notes=tuple(self._notes()),
        )
        return await self._look(plan, settings.dry_run, filling, may_dry_run=may_dry_run)

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Return the declared undo of a call; refused where the check says that there is nothing to take back.

        Raises:
            ActionRefused: the webhook has no undo.
        """
        if plan.undo is None:
            raise ActionRefused(f"{plan.title} cannot be undone: the webhook declares no undo")
        refusals: tuple[str, ...] = ()
        check = self._declared.check
        if check is not None and (await self._read(plan)).done is False:
            refusals = (f"{self._name}: the check says that it is not in effect: there is nothing to take back",)
        undo = Plan(
            action=plan.action,
            title=plan.undo.title,
            confirm=f"undo {self._name}",
            model_id=plan.model_id,
            target=plan.target,
            request=plan.undo.request,
            changes=plan.undo.changes,
            tier=self.specification.tier,
            made_at=self._clock(),
            dry_run="none: an undo has none",
            refusals=refusals,
            undoes=plan.hash,
        )
        return await self._look(undo, None, {}, may_dry_run=may_dry_run)

    async def commit(self, plan: Plan) -> Commitment:
        """Send the request exactly once and tell what came of it; what the status does not tell, the check may."""
        declared = self._declared.undo if plan.undoes is not None else self._declared.request
        base = self._base
        if declared is None or not plan.request.path.startswith(base):
            return self._end(Outcome.NOT_APPLIED, "nothing was sent: the webhook is configured otherwise by now")
        sent_at = self._clock()
        try:
            server = await self._reach()
            headers = {"Idempotency-Key": idempotency_key(plan)}
            path = plan.request.path.removeprefix(base)
            answer = await call(server, plan.request, path, headers=headers, seconds=self._declared.timeout)
        except NoAnswer as error:
            return await self._without_answer(plan, sent_at, error.detail)
        except (SourceError, ActionRefused) as error:
            return self._end(Outcome.NOT_APPLIED, f"nothing was sent: {error}")
        told = in_words(answer, server.endpoint.name, server.hiding)
        outcome = outcome_of(answer, declared.expect)
        if outcome is Outcome.UNKNOWN:
            return await self._without_answer(plan, sent_at, told)
        if outcome is Outcome.NOT_APPLIED:
            return await self._refused(plan, told)
        return self._end(outcome, told)

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Tell by the check whether the request of a plan was done; nothing is sent but that."""
        if self._declared.check is None:
            return self._end(Outcome.UNKNOWN, NO_CHECK)
        return self._settled(plan, await self._read(plan), sent_at)

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Tell by the check whether what was asked for is done."""
        if self._declared.check is None:
            return RolloutProgress(True, None, f"{self._name} was called; {NO_CHECK}")
        reading = await self._read(plan)
        return RolloutProgress(reading.done or None, None, reading.told)

    async def _refused(self, plan: Plan, told: str) -> Commitment:
        """Tell of a refusal: it counts, unless the check knows this very request: something may have sent it twice."""
        check = self._declared.check
        if check is not None and names_the_request(check):
            reading = await self._read(plan)
            if reading.done:
                return self._end(Outcome.APPLIED, f"{reading.told} ({told})")
        return self._end(Outcome.NOT_APPLIED, f"refused: {told}")

    async def _without_answer(self, plan: Plan, sent_at: float, why: str) -> Commitment:
        await asyncio.sleep(self._settle_seconds)
        settled = await self.settle(plan, sent_at)
        return msgspec.structs.replace(settled, detail=f"{settled.detail} ({why})")

    def _settled(self, plan: Plan, reading: CheckReading, sent_at: float) -> Commitment:
        """Return what a reading proves: a state that was there before the request tells nothing of it."""
        check = self._declared.check
        was_so = any(change.field == _CHECK and change.before == reading.value for change in plan.changes)
        if reading.done is None or check is None:
            return self._end(Outcome.UNKNOWN, reading.told)
        if reading.done and was_so and not names_the_request(check):
            return self._end(Outcome.UNKNOWN, f"{reading.told}, as before: whether this request did it is unknown")
        if reading.done:
            return self._end(Outcome.APPLIED, reading.told)
        if self._clock() - sent_at < LAST_ARRIVAL_SECONDS:
            return self._end(Outcome.UNKNOWN, f"{reading.told}: the request may arrive yet")
        return self._end(Outcome.NOT_APPLIED, reading.told)

    async def _look(
        self, plan: Plan, dry_run: HookRequest | None, filling: Mapping[str, Any], *, may_dry_run: bool
    ) -> Plan:
        """Add to a plan what the server says before anything is changed: its check, and its dry run."""
        try:
            server = await self._reach()
        except ActionRefused as refusal:
            return msgspec.structs.replace(plan, refusals=(*plan.refusals, str(refusal)))
        check = self._declared.check
        if check is not None and not names_the_request(check):
            before = await read_check(check, self._declared, values_given(plan.changes), self._environment)
            wanted = check.not_applied if plan.undoes is not None else check.applied
            seen = FieldChange(_CHECK, before.value, " or ".join(str(value) for value in wanted) or "something else")
            plan = msgspec.structs.replace(plan, changes=(*plan.changes, seen))
        if dry_run is None:
            return plan
        if not may_dry_run or plan.refusals:
            return msgspec.structs.replace(plan, dry_run=NOT_ASKED)
        return await self._rehearsed(plan, dry_run, server, filling)

    async def _rehearsed(self, plan: Plan, dry_run: HookRequest, server: Server, filling: Mapping[str, Any]) -> Plan:
        request = self._request(dry_run, filling)
        path = request.path.removeprefix(self._base)
        try:
            answer = await call(server, request, path, headers={}, seconds=self._declared.timeout)
        except SourceError as error:
            failed = f"the dry run failed: {error.detail}"
            return msgspec.structs.replace(plan, dry_run=f"failed: {error.detail}", refusals=(*plan.refusals, failed))
        told = in_words(answer, server.endpoint.name, server.hiding)
        if answer.status in dry_run.expect:
            return msgspec.structs.replace(plan, dry_run=f"accepted: {told}")
        refused = f"the dry run is refused: {told}"
        return msgspec.structs.replace(plan, dry_run=f"refused: {told}", refusals=(*plan.refusals, refused))

    async def _read_secrets(self) -> None:
        await self._reach()

    async def _reach(self) -> Server:
        return await reach(self._declared.url, self._declared, self._environment)

    async def _read(self, plan: Plan) -> CheckReading:
        if self._declared.check is None:
            return CheckReading(None, NO_CHECK)
        return await read_check_of(plan, self._declared.check, self._declared, self._environment)

    def _notes(self) -> list[str]:
        told = []
        if self._declared.dry_run is None:
            told.append("it cannot be rehearsed: the webhook declares no dry run")
        if self._declared.undo is None:
            told.append("it cannot be taken back: the webhook declares no undo")
        if self._declared.check is None:
            told.append("without an answer nobody can tell whether it was done: the webhook declares no check")
        return told

    def _request(self, declared: HookRequest, filling: Mapping[str, Any]) -> Request:
        slots = {name: value for name, value in filling.items() if name in self._declared.slots}
        path = path_of(declared.path, slots)
        return Request(declared.method, self._base + path, JSON, filled(declared.body, filling))

    @property
    def _base(self) -> str:
        return self._declared.url.rstrip("/")

    def _target(self) -> Target:
        host = urlsplit(self._declared.url).netloc
        return Target(self.context, harmless(host), "Webhook", self._name, self.context)
