"""The alerts of a refresh: of every Alertmanager now, else those that Prometheus evaluated itself or recorded."""

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from console.domain.alert import Alert
from console.domain.anomaly import Status
from console.domain.quantity import format_seconds
from console.domain.source import SourceReport
from console.engine.connections import not_verified
from console.engine.metrics import MetricsReader
from console.settings.settings import ServerSettings, Settings
from console.sources.alertmanager.answer import AlertsAnswer
from console.sources.alertmanager.merging import merged
from console.sources.alertmanager.recorded import alerts_at
from console.transport.http import SourceError, endpoints_of

if TYPE_CHECKING:
    from console.sources.alertmanager.client import AlertmanagerClient

PATIENCE_SECONDS = 2.0
"""How much longer than for the metrics a screen waits for alerts: an Alertmanager that hangs must not hold it up."""

Told = tuple[tuple[Alert, ...], tuple[SourceReport, ...]]
"""The alerts, and how the servers that were asked for them answered."""


class AlertReader:
    """Reads the alerts; while a server is down its last ones stay, for nobody has said that they are over.

    `patience` is for how many seconds after the metrics are there alerts are waited for, None for as long as their
    servers may take. What was asked and not waited for is taken at the next refresh; until then it is not asked again.
    """

    def __init__(
        self,
        settings: Settings,
        environment: Mapping[str, str],
        metrics: MetricsReader | None,
        patience: float | None,
    ) -> None:
        self._servers = [(server, _client(server, environment)) for server in settings.alertmanager]
        self._metrics = metrics
        self._patience = patience
        self._asking: dict[str, tuple[float, asyncio.Task[AlertsAnswer | SourceError]]] = {}
        self._last: dict[str, tuple[Alert, ...]] = {}
        self._answered: dict[str, float] = {}

    async def aclose(self) -> None:
        """Close all connections and let go of what is still asked."""
        tasks = [task for _, task in self._asking.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for _, client in self._servers:
            await client.aclose()

    @property
    def has_servers(self) -> bool:
        """Return whether there is an Alertmanager; without one Prometheus tells the alerts."""
        return bool(self._servers)

    async def read(self, instant: float, *, live: bool, metrics: "asyncio.Future[Any]") -> Told:
        """Return the alerts at an instant (UTC seconds), read while the metrics are; servers that fail are told."""
        if not live or not self._servers:
            return await self._recorded(instant, self._metrics) if self._metrics is not None else ((), ())
        now = asyncio.get_running_loop().time()
        for server, client in self._servers:
            if server.name not in self._asking:
                self._asking[server.name] = (now, asyncio.create_task(_ask(client)))
        if self._patience is not None:
            await asyncio.wait([metrics])
        await asyncio.wait([task for _, task in self._asking.values()], timeout=self._patience)
        reports = tuple([self._taken(server, instant) for server, _ in self._servers])
        return merged(self._last.values()), reports

    def _taken(self, server: ServerSettings, instant: float) -> SourceReport:
        asked, task = self._asking[server.name]
        if not task.done():
            waited = asyncio.get_running_loop().time() - asked
            return self._down(server.name, f"no answer for {format_seconds(waited)}")
        del self._asking[server.name]
        answer = task.result()
        if isinstance(answer, SourceError):
            return self._down(server.name, answer.detail)
        self._answered[server.name] = instant
        self._last[server.name] = answer.alerts
        note = "; ".join(filter(None, (answer.missing, not_verified(server)))) or None
        return SourceReport(server.name, Status.OK, answer.seconds, note, missing_members=answer.missing_members)

    async def _recorded(self, instant: float, metrics: MetricsReader) -> Told:
        name = f"{metrics.name} alerts"
        try:
            answer = await alerts_at(metrics.client, instant)
        except SourceError as error:
            return merged(self._last.values()), (self._down(name, error.detail),)
        self._answered[name] = instant
        self._last[metrics.name] = answer.alerts
        return answer.alerts, ()

    def _down(self, name: str, detail: str) -> SourceReport:
        return SourceReport(name, Status.UNKNOWN, None, detail, answered=self._answered.get(name))


def _client(server: ServerSettings, environment: Mapping[str, str]) -> "AlertmanagerClient":
    from console.sources.alertmanager.client import AlertmanagerClient

    return AlertmanagerClient(endpoints_of(server, environment), timeout_seconds=server.timeout)


async def _ask(client: "AlertmanagerClient") -> AlertsAnswer | SourceError:
    try:
        return await client.alerts()
    except SourceError as error:
        return error
