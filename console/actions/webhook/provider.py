"""The actions that call webhooks: those that the configuration declares, and no others."""

from collections.abc import Iterable

from console.actions.provider import Action, Surroundings
from console.actions.specification import ActionSpecification
from console.actions.webhook.webhook import Webhook, specification_of
from console.settings.places import WEBHOOK
from console.settings.settings import Settings


class WebhookProvider:
    """Calls the webhooks of the settings."""

    name = WEBHOOK

    def specifications(self) -> Iterable[ActionSpecification]:
        """Return nothing: which webhooks there are only a configuration tells."""
        return ()

    def declared(self, settings: Settings) -> Iterable[ActionSpecification]:
        """Return the webhooks that these settings declare."""
        return [specification_of(name, webhook) for name, webhook in settings.webhooks.items()]

    def why_closed(self, settings: Settings) -> str | None:
        """Return None: what is declared can be planned; whether it may be sent the gate says."""
        return None

    def open(self, surroundings: Surroundings) -> Iterable[Action]:
        """Return an action for every webhook."""
        return [
            Webhook(name, webhook, surroundings.environment, surroundings.clock)
            for name, webhook in surroundings.settings.webhooks.items()
        ]
