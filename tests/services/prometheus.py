"""A real Prometheus."""

import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.services.openmetrics import OpenMetricsHistory
from tests.services.programs import program
from tests.services.server import Server
from tests.services.web_config import WebConfig

SCRAPES_NOTHING = "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"


class Prometheus(Server):
    """A Prometheus with a configuration (text of prometheus.yml), a past, and flags of its own.

    `history` may be shared by several servers: each gets blocks of its own. `rules` (text of a rule file) is
    loaded when the configuration says `rule_files: [rules.yml]`.
    """

    def __init__(
        self,
        folder: Path,
        *,
        config: str = SCRAPES_NOTHING,
        rules: str | None = None,
        history: OpenMetricsHistory | None = None,
        flags: Sequence[str] = (),
        web: WebConfig | None = None,
    ) -> None:
        super().__init__(folder)
        self._web = web
        self._flags = tuple(flags)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "prometheus.yml").write_text(config)
        if rules is not None:
            (folder / "rules.yml").write_text(rules)
        if web is not None:
            self._flags = (*self._flags, web.flag(folder))
        if history is not None:
            history.write_blocks(folder / "data")

    def command(self) -> list[str | Path]:
        """Return the command line; `flags` stand last and so win."""
        return [
            program("prometheus"),
            f"--config.file={self.folder / 'prometheus.yml'}",
            f"--storage.tsdb.path={self.folder / 'data'}",
            "--storage.tsdb.retention.time=60d",
            "--web.enable-lifecycle",
            f"--web.listen-address={self.address}",
            *self._flags,
        ]

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"https://{self.address}" if self._web else super().url

    def is_ready(self) -> bool:
        """Return whether it serves: by its log, where it would ask the test for a certificate and a password."""
        return "Server is ready to receive web requests." in self.log if self._web else super().is_ready()

    def reload(self) -> None:
        """Take the configuration as it is on disk now."""
        request = urllib.request.Request(f"{self.url}/-/reload", method="POST")
        with urllib.request.urlopen(request, timeout=30):
            return

    def query(self, expression: str, at: float | None = None) -> list[dict[str, Any]]:
        """Return the vector that an instant query answers, at `at` (UTC seconds) or now."""
        parameters: dict[str, str | float] = {"query": expression} | ({} if at is None else {"time": at})
        answer = self.get_json("/api/v1/query", **parameters)
        if answer["status"] != "success":
            raise ValueError(f"{answer['errorType']}: {answer['error']}")
        vector: list[dict[str, Any]] = answer["data"]["result"]
        return vector
