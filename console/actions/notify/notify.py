"""`notify.NAME`: say something in a channel, or tell PagerDuty what became of an incident."""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any, Literal
from urllib.parse import urlsplit

from console.actions.declared.declared_action import DeclaredAction
from console.actions.notify.formats import (
    PAGERDUTY_PATH,
    Message,
    delivery_of,
    document_of,
    event_of,
    with_routing_key,
)
from console.actions.notify.texts import LONGEST_LINE, message_lines
from console.actions.provider import ActionRefused, Occasion, RolloutProgress
from console.actions.servers.answers import in_words
from console.actions.servers.calling import JSON, Server, call, reach
from console.actions.specification import ActionSpecification, Argument
from console.domain.action import Commitment, FieldChange, Outcome, Plan, Request, RiskTier
from console.domain.label import harmless
from console.domain.model import Target
from console.settings.channels import Channel, PagerDutyChannel, SlackChannel, TeamsChannel
from console.settings.places import NOTIFY, place_name
from console.settings.secrets import Secret, SecretUnavailable, resolve_secret
from console.transport.errors import SourceError
from console.transport.http.once import NoAnswer

Verb = Literal["send", "acknowledge", "resolve"]
MESSAGE = "message"
NOT_READ_BACK = "whether it arrived cannot be read: look into the channel"
ONE_ALERT = "one incident is one alert there: said again, it stands in the same alert as long as that is open"
DROPPED = "where no alert of this incident is open there, PagerDuty takes it all the same and drops it"
SHORTEST_STEP = 9
"""Shorter steps of a secret address are words such as `services`."""
_ARGUMENT = Argument(name=MESSAGE, meaning="what to say")
_TITLES: dict[Verb, str] = {"acknowledge": "Acknowledge the alert in", "resolve": "Resolve the alert in"}


def specification_of(name: str, channel: Channel, verb: Verb = "send") -> ActionSpecification:
    """Return what is known of a channel before anything is sent there."""
    tier = RiskTier.HARD_TO_UNDO if channel.critical else RiskTier.BOUNDED
    place = place_name(NOTIFY, name)
    if verb == "send":
        title, arguments = f"Send a message to {name}", (_ARGUMENT,)
        return ActionSpecification(name=place, title=title, arguments=arguments, tier=tier, proof="system")
    return ActionSpecification(name=f"{place}.{verb}", title=f"{_TITLES[verb]} {name}", tier=tier, proof="system")


class Notify(DeclaredAction[Channel]):
    """Plans and sends what is said in one channel.

    Args:
        name: what the team calls the channel.
        channel: what the configuration says of it.
        verb: `send` says something; PagerDuty knows two more.
        environment: the variables of the process, in which secrets may be.
        clock: returns the time (UTC seconds).
    """

    def __init__(
        self,
        name: str,
        channel: Channel,
        verb: Verb,
        environment: Mapping[str, str],
        clock: Callable[[], float],
    ) -> None:
        super().__init__(name, channel, environment, clock)
        self.specification = specification_of(name, channel, verb)
        self._verb = verb

    @property
    def context(self) -> str:
        """Return the place: the channel itself."""
        return place_name(NOTIFY, self._name)

    async def plan(self, occasion: Occasion, arguments: Mapping[str, object], *, may_dry_run: bool) -> Plan:
        """Return the plan to send a message; its document is shown, of a routing key in it only `***`.

        Raises:
            ActionRefused: there is no message, or one that is none.
        """
        text = self._text(arguments)
        incident = occasion.incident_id or (occasion.view.incident.id if occasion.view.incident else None)
        message = Message(text, occasion.model_id, incident, occasion.by)
        refusals: tuple[str, ...] = ()
        try:
            await self._reach()
        except ActionRefused as refusal:
            refusals = (str(refusal),)
        said = harmless(" / ".join(message_lines(text)), LONGEST_LINE) or self._verb
        is_message = self._verb == "send"
        return Plan(
            action=self.specification.name,
            title=harmless(f"Tell {self._name}: {said}" if is_message else self.specification.title),
            confirm=f"send to {self._name}" if is_message else f"{self._verb} in {self._name}",
            model_id=occasion.model_id,
            target=self._target(occasion.model_id),
            request=Request("POST", self._shown_address, JSON, self._document(message)),
            changes=(FieldChange(self._verb, "-", said),),
            tier=self.specification.tier,
            made_at=self._clock(),
            dry_run="none: a message has none",
            notes=tuple(self._notes()),
            refusals=refusals,
        )

    async def plan_undo(self, plan: Plan, *, may_dry_run: bool) -> Plan:
        """Refuse: what was said was said.

        Raises:
            ActionRefused: always.
        """
        raise ActionRefused(f"{plan.title} cannot be undone: a message was read by then")

    async def commit(self, plan: Plan) -> Commitment:
        """Send the message exactly once and tell what came of it."""
        if plan.request.path != self._shown_address:
            return self._end(Outcome.NOT_APPLIED, "nothing was sent: the channel is configured otherwise by now")
        try:
            server, path, document = await self._reach_for(plan.request.body)
            answer = await call(server, plan.request, path, headers={}, seconds=self._declared.timeout, body=document)
        except NoAnswer as error:
            return self._end(Outcome.UNKNOWN, f"{NOT_READ_BACK} ({error.detail})")
        except (SourceError, ActionRefused) as error:
            return self._end(Outcome.NOT_APPLIED, f"nothing was sent: {error}")
        told = in_words(answer, self._name, server.hiding)
        outcome = delivery_of(self._declared, answer)
        if outcome is Outcome.UNKNOWN:
            return self._end(outcome, f"{NOT_READ_BACK} ({told})")
        return self._end(outcome, told if outcome is Outcome.APPLIED else f"refused: {told}")

    async def settle(self, plan: Plan, sent_at: float) -> Commitment:
        """Say that nothing can be read back: only people see what stands in a channel."""
        return self._end(Outcome.UNKNOWN, NOT_READ_BACK)

    async def observe(self, plan: Plan) -> RolloutProgress:
        """Say that there is nothing to watch: a message is there at once, or not at all."""
        return RolloutProgress(True, None, f"{self._name} was told")

    def _text(self, arguments: Mapping[str, object]) -> str:
        names = {argument.name for argument in self.specification.arguments}
        for name in arguments:
            if name not in names:
                known = f"expected {MESSAGE}" if names else "it takes none"
                raise ActionRefused(f"{self.specification.name} has no argument {harmless(name)!r}; {known}")
        if not names:
            return ""
        text = arguments.get(MESSAGE)
        if not isinstance(text, str) or not text.strip():
            raise ActionRefused(f"{self.specification.name} needs {MESSAGE}: what to say")
        return text

    def _notes(self) -> list[str]:
        told = ["a message cannot be taken back"] if self._verb == "send" else []
        if isinstance(self._declared, PagerDutyChannel):
            told.append(ONE_ALERT if self._verb == "send" else DROPPED)
        return told

    def _document(self, message: Message) -> dict[str, Any]:
        if isinstance(self._declared, PagerDutyChannel) and self._verb != "send":
            return event_of(message, self._verb)
        return document_of(self._declared, message)

    async def _read_secrets(self) -> None:
        await self._reach()

    async def _reach(self) -> tuple[Server, str]:
        """Return the server of the channel and the path at which it takes messages.

        Raises:
            ActionRefused: a secret is not where its reference says.
        """
        channel = self._declared
        if isinstance(channel, PagerDutyChannel):
            key = await self._revealed(channel.routing_key)
            return await reach(channel.url, channel, self._environment, (key,)), PAGERDUTY_PATH
        if isinstance(channel.url, str):
            return await reach(channel.url, channel, self._environment), ""
        url = await self._revealed(channel.url)
        split = _split(url)
        if split is None:
            raise ActionRefused(f"nothing can be sent: {channel.url.shown} holds no URL of a webhook")
        base, below = split
        return await reach(base, channel, self._environment, _secrets_of(url, below)), below

    async def _reach_for(self, document: dict[str, Any]) -> tuple[Server, str, dict[str, Any]]:
        server, path = await self._reach()
        if isinstance(self._declared, PagerDutyChannel):
            return server, path, with_routing_key(document, await self._revealed(self._declared.routing_key))
        return server, path, document

    async def _revealed(self, secret: Secret) -> str:
        try:
            return (await asyncio.to_thread(resolve_secret, secret, self._environment)).reveal().strip()
        except SecretUnavailable as error:
            raise ActionRefused(f"nothing can be sent: {error}") from None

    @property
    def _kind(self) -> str:
        match self._declared:
            case SlackChannel():
                return "slack"
            case TeamsChannel():
                return "teams"
            case PagerDutyChannel():
                return "pagerduty"
            case _:
                return "webhook"

    @property
    def _shown_address(self) -> str:
        """What stands for the address, which may be a secret."""
        return f"{self._kind}:{self._name}"

    def _target(self, model_id: str) -> Target:
        uid = f"{self.context}/{model_id}"  # consoles that tell of different models need not wait for each other
        return Target(self.context, self._kind, "Channel", self._name, uid)


def _split(url: str) -> tuple[str, str] | None:
    """Return the server of an address, and what stands below it; None where it is no address of a webhook."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return f"{parts.scheme}://{parts.netloc}", parts.path + (f"?{parts.query}" if parts.query else "")


def _secrets_of(url: str, below: str) -> tuple[str, ...]:
    """Return the parts of a secret address that a server may quote: all of it, its path, its steps and values."""
    path, _, query = below.partition("?")
    steps = [step for step in path.split("/") if len(step) >= SHORTEST_STEP]
    return url, below, path, *steps, *(pair.partition("=")[2] for pair in query.split("&"))
