"""A real Alertmanager in which alerts of models fire, and the actions on its silences."""

import time
from contextlib import AsyncExitStack
from typing import Any

import msgspec

from console.actions.alertmanager.expire import ExpireSilence
from console.actions.alertmanager.server import AlertmanagerServer, Servers
from console.actions.alertmanager.silence import SilenceAlerts
from console.actions.provider import Occasion
from console.domain.action import Plan
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.snapshot import ModelView
from console.settings.settings import AlertmanagerSettings
from tests.services import Alertmanager

INCIDENT = "fraud@2026-11-22T03:08:15Z"
FRAUD = Model("fraud", Label("fraud"))
PLACE = "alertmanager"


class Clock:
    """The time of this machine, which is the server's, and what a test adds to it."""

    ahead = 0.0

    def __call__(self) -> float:
        return time.time() + self.ahead


def occasion(model: Model = FRAUD, incident_id: str | None = None) -> Occasion:
    """Return that an action is planned for a model, on behalf of an incident."""
    return Occasion(ModelView(model, Status.CRITICAL, {}), by="ann@bastion", incident_id=incident_id)


class World(msgspec.Struct):
    """The actions on Alertmanagers at some addresses, and the clock of the console."""

    clock: Clock
    silence: SilenceAlerts
    expire: ExpireSilence

    async def planned(self, **arguments: object) -> Plan:
        """Return the plan to silence the only alert of `fraud` for half an hour."""
        plan = await self.silence.plan(occasion(), {"minutes": 30, **arguments}, may_dry_run=True)
        assert plan.refusals == ()
        return plan


def a_world(closing: AsyncExitStack, *settings: AlertmanagerSettings) -> World:
    """Return the actions on Alertmanagers; `closing` closes their connections."""
    clock = Clock()
    servers = Servers(tuple(AlertmanagerServer(each, {}) for each in settings))
    closing.push_async_callback(servers.aclose)
    return World(clock, SilenceAlerts(servers, clock, 0.0), ExpireSilence(servers, clock, 0.0))


def at(*urls: str, **fields: Any) -> AlertmanagerSettings:
    """Return the settings of one Alertmanager with members at some URLs."""
    return AlertmanagerSettings(**{"name": PLACE, "write": True, "timeout": 2.0, **fields}, urls=urls)


def silences_of(alertmanager: Alertmanager) -> list[dict[str, Any]]:
    """Return what a real Alertmanager itself knows of silences."""
    found: list[dict[str, Any]] = alertmanager.get_json("/api/v2/silences")
    return found
