"""The actions that run programs: those that the configuration declares, and no others."""

from collections.abc import Iterable

from console.actions.command.command import Command, specification_of
from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.places import COMMAND
from console.settings.settings import Settings


class CommandProvider:
    """Runs the commands of the settings."""

    name = COMMAND

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return nothing: which commands there are only a configuration tells."""
        return ()

    def declared(self, settings: Settings) -> Iterable[ActionSpecification]:
        """Return the commands that these settings declare."""
        return [specification_of(name, command) for name, command in settings.commands.items()]

    def why_closed(self, settings: Settings) -> str | None:
        """Return None: what is declared can be planned; whether it may be run the gate says."""
        return None

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return an action for every command."""
        return [
            Command(name, command, surroundings.environment, surroundings.clock)
            for name, command in surroundings.settings.commands.items()
        ]
