"""A real VictoriaMetrics, which speaks the HTTP API of Prometheus with an accent."""

import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tests.services.openmetrics import OpenMetricsHistory
from tests.services.programs import program
from tests.services.server import Server

SHOW_THE_LAST_SECONDS = "-search.latencyOffset=0s"
"""By default samples of the last 30 seconds are not shown, which no test of known answers can wait for."""


class VictoriaMetrics(Server):
    """A single-node VictoriaMetrics with a past (`history`) and flags of its own."""

    def __init__(
        self,
        folder: Path,
        *,
        history: OpenMetricsHistory | None = None,
        flags: Sequence[str] = (SHOW_THE_LAST_SECONDS,),
    ) -> None:
        super().__init__(folder)
        self._history = history
        self._flags = tuple(flags)

    @property
    def ready_path(self) -> str:
        """The path that answers as soon as queries do."""
        return "/health"

    def command(self) -> list[str | Path]:
        """Return the command line."""
        return [
            program("victoria-metrics", "victoria-metrics-prod"),
            f"-storageDataPath={self.folder / 'data'}",
            f"-httpListenAddr={self.address}",
            "-retentionPeriod=100y",
            "-memory.allowedPercent=10",
            *self._flags,
        ]

    def start(self) -> Self:
        """Start the server and return when it is ready and its past can be queried."""
        super().start()
        if self._history is not None:
            self.remember(self._history)
        return self

    def remember(self, history: OpenMetricsHistory) -> None:
        """Import a past and make it visible at once."""
        past = history.text_of_prometheus.encode()
        for path, body in (("/api/v1/import/prometheus", past), ("/internal/force_flush", None)):
            with urllib.request.urlopen(self.url + path, data=body, timeout=60):
                pass
