"""A client that reads alerts and silences through the Alertmanager API v2.

https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Self

import msgspec

from console.domain.alert import Alert
from console.domain.label import Label
from console.sources.alertmanager.answer import AlertsAnswer
from console.sources.alertmanager.merging import in_order, merged
from console.sources.alertmanager.silences import MemberSilences, Silence, SilencesAnswer
from console.transport.http import UNREADABLE, Endpoint, HttpDoor, Probe, SourceError, not_an_answer, together

GRACE_SECONDS = 1.0
"""Connecting may take this much longer than the answer itself."""

PROBE = Probe("/api/v2/status", {})

_WANTED = {"active": "true", "silenced": "true", "inhibited": "true", "unprocessed": "true"}


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
    fingerprint: str | None = None
    generatorURL: str | None = None  # noqa: N815


_ALERTS = msgspec.json.Decoder(list[_Alert])
_SILENCES = msgspec.json.Decoder(tuple[Silence, ...])


class AlertmanagerClient:
    """Reads the alerts and silences of one Alertmanager: all its members, for each knows only what reached it.

    Close with `aclose` or use as an asynchronous context manager.
    """

    def __init__(
        self,
        endpoints: Sequence[Endpoint],
        *,
        timeout_seconds: float = 10.0,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = random.random,
    ) -> None:
        if not endpoints:
            raise ValueError("an Alertmanager needs at least one endpoint")
        self._members = [
            HttpDoor(endpoint, at_once=1, probe=PROBE, sleep=sleep, random=random) for endpoint in endpoints
        ]
        self._timeout_seconds = timeout_seconds

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        for member in self._members:
            await member.aclose()

    async def alerts(self) -> AlertsAnswer:
        """Return the alerts that fire now, those that are silenced, inhibited or muted too.

        `Alert.state` is `firing`, or `inhibited` or `muted` where the server keeps the alert back for another reason
        than a silence. What only a member knows that does not answer is missing.

        Raises:
            SourceError: no member answered, or none as an Alertmanager does; its detail names what each said.
        """
        told = await together(*map(self._alerts_of, self._members))
        answers = [answer for answer in told if isinstance(answer, AlertsAnswer)]
        failures = [error for error in told if isinstance(error, SourceError)]
        why = "; ".join(error.detail for error in failures)
        if not answers:
            raise failures[0] if len(failures) == 1 else type(failures[0])(why)
        missing = f"{len(failures)} of {len(told)} members did not answer: {why}" if failures else None
        silent = (
            member.endpoint.name
            for member, answer in zip(self._members, told, strict=True)
            if isinstance(answer, SourceError)
        )
        alerts = answers[0].alerts if len(answers) == 1 else merged(answer.alerts for answer in answers)
        return AlertsAnswer(alerts, max(answer.seconds for answer in answers), missing, tuple(silent))

    async def silences(self) -> SilencesAnswer:
        """Return the silences that each member knows, those that ended included.

        Raises:
            SourceError: no member answered, or none as an Alertmanager does; its detail names what each said.
        """
        told = await together(*map(self._silences_of, self._members))
        answers = tuple(answer for answer in told if isinstance(answer, MemberSilences))
        failures = [error for error in told if isinstance(error, SourceError)]
        why = "; ".join(error.detail for error in failures)
        if not answers:
            raise failures[0] if len(failures) == 1 else type(failures[0])(why)
        missing = f"{len(failures)} of {len(told)} members did not answer: {why}" if failures else None
        return SilencesAnswer(answers, missing)

    async def _silences_of(self, member: HttpDoor) -> MemberSilences | SourceError:
        try:
            reply = await member.get("/api/v2/silences", {}, deadline_seconds=self._timeout_seconds + GRACE_SECONDS)
        except SourceError as error:
            return error
        try:
            return MemberSilences(member.endpoint, _SILENCES.decode(reply.body), member.clock_skew)
        except UNREADABLE as error:
            return not_an_answer(reply, error, "Alertmanager")

    async def _alerts_of(self, member: HttpDoor) -> AlertsAnswer | SourceError:
        try:
            reply = await member.get("/api/v2/alerts", _WANTED, deadline_seconds=self._timeout_seconds + GRACE_SECONDS)
        except SourceError as error:
            return error
        try:
            told = _ALERTS.decode(reply.body)
        except UNREADABLE as error:
            return not_an_answer(reply, error, "Alertmanager")
        return AlertsAnswer(in_order(map(_alert, told)), reply.seconds)


def _alert(told: _Alert) -> Alert:
    status = told.status
    annotations = told.annotations
    return Alert(
        name=Label(told.labels.get("alertname", "")),
        labels=told.labels,
        severity=told.labels.get("severity"),
        state=_state(status),
        since=told.startsAt.timestamp(),
        silenced=bool(status.silencedBy),
        runbook_url=annotations.get("runbook_url"),
        summary=annotations.get("summary") or annotations.get("description"),
        fingerprint=told.fingerprint,
        generator_url=told.generatorURL or None,
        dashboard_url=annotations.get("dashboard_url") or annotations.get("dashboard"),
        silenced_by=tuple(sorted(status.silencedBy)),
    )


def _state(status: _Status) -> str:
    if status.state == "suppressed" and not status.silencedBy:
        return "inhibited" if status.inhibitedBy else "muted"
    return "firing"
