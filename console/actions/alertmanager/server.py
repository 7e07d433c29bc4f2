"""One Alertmanager as actions see it: read from all its members, changed through one."""

import asyncio
from collections.abc import Mapping

import msgspec

from console.actions.provider import ActionRefused
from console.actions.servers.servers import Servers as ServersOfAKind
from console.domain.alert import Alert
from console.settings.places import ALERTMANAGER, server_place
from console.settings.secrets import SecretUnavailable
from console.settings.settings import AlertmanagerSettings
from console.sources.alertmanager.client import AlertmanagerClient
from console.sources.alertmanager.silences import MemberSilences, SilencesAnswer
from console.transport.errors import SourceError
from console.transport.http import BadEndpoint, endpoints_of, together


class Situation(msgspec.Struct, frozen=True):
    """The alerts and silences of an Alertmanager at one moment."""

    alerts: tuple[Alert, ...]
    silences: SilencesAnswer
    missing: str | None = None

    @property
    def first(self) -> MemberSilences:
        """Return the member that is asked for changes: the first that answers."""
        return self.silences.members[0]


class AlertmanagerServer:
    """Reads one Alertmanager of the settings; connections and secrets are taken when they are first needed."""

    def __init__(self, settings: AlertmanagerSettings, environment: Mapping[str, str]) -> None:
        self.settings = settings
        self.place = server_place(ALERTMANAGER, settings.name)
        self._environment = environment
        self._opening = asyncio.Lock()
        self._client: AlertmanagerClient | None = None

    async def read(self) -> Situation:
        """Return the alerts and silences as they are now.

        Raises:
            ActionRefused: no member tells them.
        """
        client = await self._opened()
        try:
            silences, alerts = await client.silences(), await client.alerts()
        except SourceError as error:
            raise ActionRefused(f"the silences of {self.settings.name} cannot be read: {error.detail}") from error
        return Situation(alerts.alerts, silences, alerts.missing or silences.missing)

    async def silences(self) -> SilencesAnswer:
        """Return the silences as they are now.

        Raises:
            ActionRefused: no member tells them.
        """
        client = await self._opened()
        try:
            return await client.silences()
        except SourceError as error:
            raise ActionRefused(f"the silences of {self.settings.name} cannot be read: {error.detail}") from error

    async def _opened(self) -> AlertmanagerClient:
        async with self._opening:
            if self._client is None:
                try:
                    endpoints = await asyncio.to_thread(endpoints_of, self.settings, self._environment)
                    self._client = AlertmanagerClient(endpoints, timeout_seconds=self.settings.timeout)
                except (SecretUnavailable, BadEndpoint) as error:
                    raise ActionRefused(f"{self.settings.name} cannot be asked: {error}") from error
            return self._client

    async def aclose(self) -> None:
        """Close all connections."""
        if self._client is not None:
            await self._client.aclose()


class Servers(ServersOfAKind[AlertmanagerServer]):
    """The Alertmanagers of the settings, by place."""

    KIND = "Alertmanager"

    async def read_all(self) -> tuple[tuple[AlertmanagerServer, Situation], ...]:
        """Return all servers with what they tell now, read at once.

        Raises:
            ActionRefused: one does not tell: what is meant may be there.
        """
        servers = self.all
        return tuple(zip(servers, await together(*(server.read() for server in servers)), strict=True))
