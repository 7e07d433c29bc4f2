"""A real Alertmanager."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.services.programs import UNPACKED, program
from tests.services.server import Server, fetch_json
from tests.services.web_config import WebConfig

TELLS_NOBODY = "route: {receiver: nobody}\nreceivers: [{name: nobody}]\n"


@dataclass(frozen=True)
class ClusterMember:
    """On which port of 127.0.0.1 an Alertmanager gossips, and with which (None for the first of a cluster)."""

    port: int
    peer: int | None = None

    @property
    def flags(self) -> tuple[str, ...]:
        """The flags that make an Alertmanager such a member, without waiting for others when it starts."""
        address = f"--cluster.listen-address=127.0.0.1:{self.port}"
        peers = () if self.peer is None else (f"--cluster.peer=127.0.0.1:{self.peer}",)
        return (address, "--cluster.gossip-interval=20ms", "--cluster.settle-timeout=1ms", *peers)


class Alertmanager(Server):
    """An Alertmanager with a configuration (text of alertmanager.yml) and flags of its own; alone, or in a cluster."""

    def __init__(
        self,
        folder: Path,
        *,
        config: str = TELLS_NOBODY,
        flags: Sequence[str] = (),
        cluster: ClusterMember | None = None,
        web: WebConfig | None = None,
    ) -> None:
        super().__init__(folder)
        self._web = web
        folder.mkdir(parents=True, exist_ok=True)
        gossip = cluster.flags if cluster else ("--cluster.listen-address=",)
        self._flags = (*gossip, *([web.flag(folder)] if web else []), *flags)
        (folder / "alertmanager.yml").write_text(config)

    @property
    def working_folder(self) -> Path:
        """Where the unpacked program finds its templates (see `make_relocatable` in tools/fetch_services.py)."""
        templates = UNPACKED / "share/prometheus/alertmanager"
        return templates if templates.is_dir() else self.folder

    @property
    def url(self) -> str:
        """The base URL, without a slash at the end."""
        return f"https://{self.address}" if self._web else super().url

    def is_ready(self) -> bool:
        """Return whether it serves: by its log, where it would ask the test for a certificate and a password."""
        return "TLS is enabled" in self.log if self._web else super().is_ready()

    def command(self) -> list[str | Path]:
        """Return the command line; `flags` stand last and so win."""
        return [
            program("prometheus-alertmanager", "alertmanager"),
            f"--config.file={self.folder / 'alertmanager.yml'}",
            f"--storage.path={self.folder / 'data'}",
            f"--web.listen-address={self.address}",
            *self._flags,
        ]

    def fire(
        self,
        name: str,
        labels: Mapping[str, str],
        *,
        annotations: Mapping[str, str] | None = None,
        starts_at: datetime | None = None,
        ends_at: datetime | None = None,
    ) -> None:
        """Post one alert; without an end it fires for five minutes.

        Raises:
            ValueError: Alertmanager refused it.
        """
        alert: dict[str, Any] = {
            "labels": {"alertname": name, **labels},
            "annotations": dict(annotations or {}),
        }
        for key, moment in (("startsAt", starts_at), ("endsAt", ends_at)):
            if moment is not None:
                alert[key] = moment.isoformat()
        refusal = fetch_json(f"{self.url}/api/v2/alerts", [alert])
        if refusal:
            raise ValueError(f"Alertmanager refused the alert: {refusal}")

    def alerts(self) -> list[dict[str, Any]]:
        """Return all alerts of the v2 API."""
        alerts: list[dict[str, Any]] = self.get_json("/api/v2/alerts")
        return alerts
