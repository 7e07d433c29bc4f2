"""The actions on silences of the Alertmanagers of the settings."""

from collections.abc import Iterable

from console.actions.alertmanager.expire import EXPIRE, ExpireSilence
from console.actions.alertmanager.server import AlertmanagerServer, Servers
from console.actions.alertmanager.silence import SILENCE, SilenceAlerts
from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.settings import Settings


class AlertmanagerProvider:
    """Acts on silences."""

    name = "alertmanager"

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return the actions that there are."""
        return (SILENCE, EXPIRE)

    def why_closed(self, settings: Settings) -> str | None:
        """Return that no Alertmanager is configured, None where one is."""
        return (
            None if settings.alertmanager else "no Alertmanager is configured (alertmanager): there is none to silence"
        )

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return the actions on the Alertmanagers of the settings."""
        servers = Servers(
            tuple(
                AlertmanagerServer(settings, surroundings.environment)
                for settings in surroundings.settings.alertmanager
            )
        )
        surroundings.closing.push_async_callback(servers.aclose)
        return SilenceAlerts(servers, surroundings.clock), ExpireSilence(servers, surroundings.clock)
