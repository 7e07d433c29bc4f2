"""The provider that the console finds by entry point."""

from collections.abc import Iterable

from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.settings import Settings
from switchboard_provider.set_state import SET_STATE, SetState


class SwitchboardProvider:
    """Acts on the Switchboard that the configuration names at `providers.switchboard`."""

    name = "switchboard"

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return its actions."""
        return (SET_STATE,)

    def why_closed(self, settings: Settings) -> str | None:
        """Return why nothing can be done: no Switchboard is configured."""
        configured = settings.providers.get(self.name)
        if configured is None or configured.url is None:
            return "no Switchboard is configured: set providers.switchboard.url"
        return None

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return its actions on the configured Switchboard."""
        configured = surroundings.settings.providers[self.name]
        return (SetState(configured, surroundings.environment, surroundings.clock),)
