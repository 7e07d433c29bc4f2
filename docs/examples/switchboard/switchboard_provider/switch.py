"""How a switch of Switchboard is reached and read."""

import asyncio
from collections.abc import Mapping
from urllib.parse import quote

import msgspec

from console.actions.provider import ActionRefused
from console.actions.servers.sending import send
from console.domain.action import Outcome
from console.domain.label import harmless
from console.settings.providers import ProviderSettings
from console.settings.secrets import SecretUnavailable
from console.transport.http import BadEndpoint, Endpoint, endpoint_of


class Switch(msgspec.Struct, frozen=True):
    """What Switchboard says of a switch: who set it to what, and with which marker; whether we may set it."""

    id: str
    state: str
    by: str
    marker: str | None
    writable: bool

    @property
    def told(self) -> str:
        """Return its state in words."""
        return harmless(f"{self.state} now, set by {self.by}")


async def reach(settings: ProviderSettings, environment: Mapping[str, str]) -> Endpoint:
    """Return the server, with secrets as they are at this moment.

    Raises:
        ActionRefused: a secret is not there, or the address is none.
    """
    try:
        return await asyncio.to_thread(endpoint_of, settings.url or "", settings, environment)
    except (SecretUnavailable, BadEndpoint) as error:
        raise ActionRefused(f"Switchboard cannot be reached: {harmless(str(error))}") from None


def path_of(name: str) -> str:
    """Return the path of the switch of a model; a name is one segment, whatever it holds."""
    return f"/switches/{quote(name, safe='')}"


async def read(endpoint: Endpoint, path: str, seconds: float) -> Switch:
    """Return a switch as it is now.

    Raises:
        ActionRefused: Switchboard does not answer, or answers something else.
    """
    answer = await send(endpoint, "GET", path, None, seconds=seconds)
    if answer.outcome is not Outcome.APPLIED:
        raise ActionRefused(f"the switch cannot be read: {harmless(answer.told)}")
    try:
        return msgspec.convert(answer.document, Switch)
    except msgspec.ValidationError as error:
        raise ActionRefused(f"Switchboard answers something else than a switch: {harmless(str(error))}") from None
