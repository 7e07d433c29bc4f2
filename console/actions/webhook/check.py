"""What the check of a webhook tells of a request, by reading."""

from collections.abc import Mapping

import msgspec

from console.actions.declared.slots import values_given
from console.actions.provider import ActionRefused
from console.actions.servers.answers import in_words
from console.actions.servers.calling import call, reach
from console.actions.webhook.answers import is_among, value_at
from console.actions.webhook.paths import path_of
from console.domain.action import Plan, Request
from console.settings.webhooks import IDEMPOTENCY_KEY, HookCheck, WebhookSettings
from console.transport.errors import SourceError


class CheckReading(msgspec.Struct, frozen=True):
    """What a check saw: whether it says that the request was done, None where it tells neither; and the same in words.

    `value` is what stood at the place that it looks at.
    """

    done: bool | None
    told: str
    value: str = "unknown"


def idempotency_key(plan: Plan) -> str:
    """Return the key that the request of a plan carries: another for every plan, the same whoever looks at it later."""
    return f"{plan.hash}-{round(plan.made_at * 1000)}"


def names_the_request(check: HookCheck) -> bool:
    """Return whether a check looks for one request, by its key, rather than at a state that others change as well."""
    return f"{{{IDEMPOTENCY_KEY}}}" in check.path


async def read_check(
    check: HookCheck, settings: WebhookSettings, values: Mapping[str, object], environment: Mapping[str, str]
) -> CheckReading:
    """Ask a check once; whatever fails makes it tell nothing. `values` are those of slots, and the key."""
    try:
        server = await reach(settings.url, settings, environment)
        path = path_of(check.path, values)
        request = Request("GET", path, "", None)
        answer = await call(server, request, path, headers={}, seconds=settings.timeout)
    except (SourceError, ActionRefused) as error:
        return CheckReading(None, f"the check tells nothing: {error}")
    if answer.status != 200 or answer.cut:
        return CheckReading(None, f"the check tells nothing: {in_words(answer, server.endpoint.name, server.hiding)}")
    value = value_at(answer.body, check.at)
    shown = "nothing" if value is None else server.hiding.told(str(value).lower() if value is True else str(value), 80)
    told = f"the check says {check.at} is {shown}"
    done = True if is_among(value, check.applied) else False if is_among(value, check.not_applied) else None
    return CheckReading(done, told, shown)


async def read_check_of(
    plan: Plan, check: HookCheck, settings: WebhookSettings, environment: Mapping[str, str]
) -> CheckReading:
    """Ask a check about the request of a plan; the undo of a state is done where the state is not there any more."""
    values = {**values_given(plan.changes), IDEMPOTENCY_KEY: idempotency_key(plan)}
    reading = await read_check(check, settings, values, environment)
    if plan.undoes is not None and not names_the_request(check) and reading.done is not None:
        return msgspec.structs.replace(reading, done=not reading.done)
    return reading
