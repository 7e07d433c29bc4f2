"""What is sent to each kind of channel: the document, where it goes, and what its answer means."""

from typing import Any

import msgspec

from console.actions.notify.texts import cut, message_lines, slack_text
from console.actions.servers.answers import outcome_of
from console.domain.action import Outcome
from console.domain.redaction import HIDDEN
from console.settings.channels import Channel, PagerDutyChannel, SlackChannel, TeamsChannel, WebhookChannel
from console.transport.http.once import OnceAnswer

PAGERDUTY_PATH = "/v2/enqueue"
"""Events API v2 of PagerDuty."""
SLACK_LONGEST = 3_900
"""Slack recommends at most 4,000 characters of text, which escaping and an ellipsis must not exceed."""
TEAMS_LONGEST = 20_000
"""A message of Teams may hold 28 KB with its card."""
PAGERDUTY_LONGEST = 1_024
"""What PagerDuty takes as a summary."""
JSON_LONGEST = 20_000
LONGEST_KEY = 255
"""What PagerDuty takes as a key by which events are one alert."""
_TEAMS_FAILED = b"Webhook message delivery failed"


class Message(msgspec.Struct, frozen=True):
    """What is said, of which model and incident, and by whom."""

    text: str
    model_id: str
    incident_id: str | None
    by: str

    @property
    def dedup_key(self) -> str:
        """Return the key by which everything about one incident is one alert, whichever console sends it."""
        key = f"incident-console/{self.incident_id or self.model_id}"
        if len(key) <= LONGEST_KEY and key.isprintable():
            return key
        import hashlib

        return f"incident-console/{hashlib.sha256(key.encode()).hexdigest()}"


def document_of(channel: Channel, message: Message) -> dict[str, Any]:
    """Return what is sent to a channel to say something; of a secret in it there stands only `***`."""
    lines = message_lines(message.text)
    match channel:
        case SlackChannel():
            return {"text": slack_text(lines, SLACK_LONGEST), "mrkdwn": False, "link_names": False, "parse": "none"}
        case TeamsChannel():
            return _card(cut("\n".join(lines), TEAMS_LONGEST).splitlines())
        case PagerDutyChannel():
            return event_of(message, "trigger") | {"payload": _payload(channel, message, lines)}
        case WebhookChannel():
            return {
                "message": cut("\n".join(lines), JSON_LONGEST),
                "model": message.model_id,
                "incident": message.incident_id,
                "by": message.by,
                "source": "incident-console",
            }


def event_of(message: Message, event_action: str) -> dict[str, Any]:
    """Return an event about the alert of an incident: trigger it, acknowledge or resolve it."""
    return {
        "routing_key": HIDDEN,
        "event_action": event_action,
        "dedup_key": message.dedup_key,
        "client": "incident-console",
    }


def with_routing_key(document: dict[str, Any], routing_key: str) -> dict[str, Any]:
    """Return an event as PagerDuty gets it."""
    return {**document, "routing_key": routing_key}


def delivery_of(channel: Channel, answer: OnceAnswer) -> Outcome:
    """Return whether an answer says that a service took a message, refused it, or neither.

    Old webhooks of Teams say with a good status that nobody got it; a page in the place of a service is that of a login
    before it.
    """
    outcome = outcome_of(answer, _expected_statuses(channel))
    if outcome is not Outcome.APPLIED or not isinstance(channel, SlackChannel | TeamsChannel):
        return outcome
    if isinstance(channel, TeamsChannel) and answer.body.lstrip(b'" \n').startswith(_TEAMS_FAILED):
        return Outcome.NOT_APPLIED
    return Outcome.UNKNOWN if answer.headers.get("content-type", "").startswith("text/html") else outcome


def _expected_statuses(channel: Channel) -> tuple[int, ...]:
    """Return the statuses by which a service says that it took a message."""
    match channel:
        case SlackChannel():
            return (200,)
        case TeamsChannel():
            return (200, 202)
        case PagerDutyChannel():
            return (202,)
        case WebhookChannel():
            return (200, 201, 202, 204)


def _card(lines: list[str]) -> dict[str, Any]:
    """Return an Adaptive Card of plain runs of text: only a TextBlock would read Markdown in them."""
    body = [{"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]} for line in lines]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
    }
    attachment = {"contentType": "application/vnd.microsoft.card.adaptive", "contentUrl": None, "content": card}
    return {"type": "message", "attachments": [attachment]}


def _payload(channel: PagerDutyChannel, message: Message, lines: list[str]) -> dict[str, Any]:
    return {
        "summary": cut(" ".join(lines), PAGERDUTY_LONGEST),
        "source": cut(message.model_id, LONGEST_KEY),
        "severity": channel.severity,
        "component": cut(message.model_id, LONGEST_KEY),
        "custom_details": {"incident": message.incident_id, "sent_by": message.by, "message": "\n".join(lines)},
    }
