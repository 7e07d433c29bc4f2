"""The servers of one test, or of one session: started on demand, all stopped at its end."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TypeVar

from tests.services.alertmanager import TELLS_NOBODY, Alertmanager, ClusterMember
from tests.services.openmetrics import OpenMetricsHistory
from tests.services.postgresql import PostgreSQL
from tests.services.prometheus import SCRAPES_NOTHING, Prometheus
from tests.services.server import Server
from tests.services.victoria_metrics import SHOW_THE_LAST_SECONDS, VictoriaMetrics
from tests.services.web_config import WebConfig

PROMETHEUS = "prometheus"
WITH_THE_API_OF_PROMETHEUS = (PROMETHEUS, "victoria_metrics")
"""What tests of that API run against."""

Kind = TypeVar("Kind", bound=Server)


class Servers:
    """Starts servers in folders below `folder`; `stack` stops them."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder = folder
        self._stack = stack
        self._started = 0

    def prometheus(
        self,
        *,
        config: str = SCRAPES_NOTHING,
        rules: str | None = None,
        history: OpenMetricsHistory | None = None,
        flags: Sequence[str] = (),
        web: WebConfig | None = None,
    ) -> Prometheus:
        """Return a Prometheus that is ready."""
        folder = self._next_folder("prometheus")
        return self._start(Prometheus(folder, config=config, rules=rules, history=history, flags=flags, web=web))

    def victoria_metrics(
        self, *, history: OpenMetricsHistory | None = None, flags: Sequence[str] = (SHOW_THE_LAST_SECONDS,)
    ) -> VictoriaMetrics:
        """Return a VictoriaMetrics that is ready."""
        return self._start(VictoriaMetrics(self._next_folder("victoria-metrics"), history=history, flags=flags))

    def with_the_api_of_prometheus(self, name: str, history: OpenMetricsHistory) -> Prometheus | VictoriaMetrics:
        """Return the server of `WITH_THE_API_OF_PROMETHEUS` that bears a name, ready, with a past."""
        return self.prometheus(history=history) if name == PROMETHEUS else self.victoria_metrics(history=history)

    def alertmanager(
        self,
        *,
        config: str = TELLS_NOBODY,
        flags: Sequence[str] = (),
        cluster: ClusterMember | None = None,
        web: WebConfig | None = None,
    ) -> Alertmanager:
        """Return an Alertmanager that is ready."""
        folder = self._next_folder("alertmanager")
        return self._start(Alertmanager(folder, config=config, flags=flags, cluster=cluster, web=web))

    def postgresql(self, *, settings: Mapping[str, str] | None = None) -> PostgreSQL:
        """Return a PostgreSQL that is ready."""
        return self._start(PostgreSQL(self._next_folder("postgresql"), settings=settings))

    def _start(self, server: Kind) -> Kind:
        self._stack.enter_context(server)
        return server

    def _next_folder(self, name: str) -> Path:
        self._started += 1
        return self._folder / f"{name}-{self._started}"
