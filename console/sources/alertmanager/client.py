"""A client for the alerts of the Alertmanager API v2.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

import msgspec

from console.domain.alert import Alert
from console.domain.label import Label
from console.sources.alertmanager.merging import in_order
from console.transport.http import Endpoint, ReplicatedClient, not_an_answer

GRACE_SECONDS = 1.0
"""Connecting may take this much longer than the answer itself."""


class AlertsAnswer(msgspec.Struct, frozen=True):
    """The alerts of one server, oldest first, and how long the answer took (seconds)."""

    alerts: tuple[Alert, ...]
    seconds: float


class _Status(msgspec.Struct):
    state: str
    silencedBy: list[str] = []  # noqa: N815  # the API's names, here and below
    inhibitedBy: list[str] = []  # noqa: N815
    mutedBy: list[str] = []  # noqa: N815  # required by newer servers, unknown to 0.25


class _Alert(msgspec.Struct):
    labels: dict[str, str]
    startsAt: datetime  # noqa: N815
    status: _Status
    annotations: dict[str, str] = {}


_ALERTS = msgspec.json.Decoder(list[_Alert])


class AlertmanagerClient(ReplicatedClient):
    """Reads the alerts of one Alertmanager, or of the first of its replicas that answers."""

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        timeout_seconds: float = 10.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        super().__init__(endpoints, sleep=sleep, random=random)
        self._timeout_seconds = timeout_seconds

    async def alerts(self) -> AlertsAnswer:
        """Return the alerts that fire now, those that are silenced, inhibited or muted too.

        `Alert.state` is `firing`, or `inhibited` or `muted` where the server keeps the alert back for another reason
        than a silence.

        Raises:
            SourceError: the server did not answer, or not as an Alertmanager does.
        """
        wanted = {"active": "true", "silenced": "true", "inhibited": "true", "unprocessed": "true"}
        deadline = self._timeout_seconds + GRACE_SECONDS
        reply, _ = await self._replicas.ask(
            lambda door, seconds: door.get("/api/v2/alerts", wanted, deadline_seconds=seconds), deadline
        )
        try:
            told = _ALERTS.decode(reply.body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise not_an_answer(reply, error, "Alertmanager") from None
        return AlertsAnswer(in_order(map(_alert, told)), reply.seconds)


def _alert(told: _Alert) -> Alert:
    status = told.status
    return Alert(
        name=Label(told.labels.get("alertname", "")),
        labels=told.labels,
        severity=told.labels.get("severity"),
        state=_state(status),
        since=told.startsAt.timestamp(),
        silenced=bool(status.silencedBy),
        runbook_url=told.annotations.get("runbook_url"),
        summary=told.annotations.get("summary") or told.annotations.get("description"),
    )


def _state(status: _Status) -> str:
    if status.state == "suppressed" and not status.silencedBy:
        return "inhibited" if status.inhibitedBy else "muted"
    return "firing"
