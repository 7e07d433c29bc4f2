"""Channels of a team, by the names that its people have for them: where messages are sent."""

from typing import Literal

from console.settings.acting import ServerPlace
from console.settings.bad_document import BadKey
from console.settings.credentials import require_reachable
from console.settings.secrets import Secret
from console.settings.slots import Words


class SlackChannel(
    ServerPlace,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="slack",
    tag_field="type",
):
    """An incoming webhook of Slack, or of what speaks like it; its address is a secret."""

    url: Secret


class TeamsChannel(
    ServerPlace,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="teams",
    tag_field="type",
):
    """A webhook of Microsoft Teams (the workflow that posts an Adaptive Card); its address is a secret."""

    url: Secret


class WebhookChannel(
    ServerPlace,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="webhook",
    tag_field="type",
):
    """Anything that takes a JSON document with the message."""

    url: str | Secret

    def __post_init__(self) -> None:
        if isinstance(self.url, str):
            if "?" in self.url or "#" in self.url or "@" in self.url:
                raise BadKey(("url",), "it holds a user, a query or a fragment; give a reference: {env: NAME}")
            require_reachable(self, (self.url,))


class PagerDutyChannel(
    ServerPlace,
    frozen=True,
    forbid_unknown_fields=True,
    kw_only=True,
    tag="pagerduty",
    tag_field="type",
):
    """A service of PagerDuty, by the routing key of its Events API v2 integration; `url` is another region's."""

    routing_key: Secret
    url: Words = "https://events.pagerduty.com"
    severity: Literal["critical", "error", "warning", "info"] = "critical"

    def __post_init__(self) -> None:
        require_reachable(self, (self.url,))


Channel = SlackChannel | TeamsChannel | WebhookChannel | PagerDutyChannel
