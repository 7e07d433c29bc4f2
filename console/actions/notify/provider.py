"""The actions that tell people: one for every channel that the configuration declares, for PagerDuty three."""

from collections.abc import Iterable, Iterator

from console.actions.notify.notify import Notify, Verb, specification_of
from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.settings.channels import Channel, PagerDutyChannel
from console.settings.places import NOTIFY
from console.settings.settings import Settings

_OF_PAGERDUTY: tuple[Verb, ...] = ("send", "acknowledge", "resolve")


class NotifyProvider:
    """Sends to the channels of the settings."""

    name = NOTIFY

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return nothing: which channels there are only a configuration tells."""
        return ()

    def declared(self, settings: Settings) -> Iterable[ActionSpecification]:
        """Return what can be done in the channels that these settings declare."""
        return [specification_of(name, channel, verb) for name, channel, verb in _each(settings)]

    def why_closed(self, settings: Settings) -> str | None:
        """Return None: what is declared can be planned; whether it may be sent the gate says."""
        return None

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return an action for every channel and verb."""
        return [
            Notify(name, channel, verb, surroundings.environment, surroundings.clock)
            for name, channel, verb in _each(surroundings.settings)
        ]


def _each(settings: Settings) -> Iterator[tuple[str, Channel, Verb]]:
    for name, channel in settings.channels.items():
        verbs: tuple[Verb, ...] = _OF_PAGERDUTY if isinstance(channel, PagerDutyChannel) else ("send",)
        yield from ((name, channel, verb) for verb in verbs)
