"""Where it is read how versions served: from Prometheus, or from the log of a model that no metrics know."""

from collections.abc import Callable, Sequence

from console.domain.model import Model
from console.domain.served import MeasuredVersion, ServedPast
from console.domain.signal import LATENCY_P99
from console.engine.refresh import Refresher
from console.history.store import COARSE_SPAN
from console.history.view import ModelHistory
from console.sources.prometheus.client import PrometheusClient


class VersionSources:
    """Reads how the versions of one model served, by a connection of its own; close it after use.

    Args:
        refresher: what reads the fleet.
        clock: returns the time (UTC seconds).
    """

    def __init__(self, refresher: Refresher, clock: Callable[[], float]) -> None:
        self._refresher = refresher
        self._clock = clock
        self._client: PrometheusClient | None = None

    async def aclose(self) -> None:
        """Close the connection; nothing is asked any more."""
        if self._client is not None:
            await self._client.aclose()

    async def read(self, model: Model, latencies: Sequence[str]) -> ServedPast:
        """Return what was measured of the versions of a model; `latencies` are the signals that were promised.

        Raises:
            SourceError: the source does not answer.
        """
        history, metrics = self._refresher.past, self._refresher.metrics
        known = next((past for past in history.models if past.model.id == model.id), None) if history else None
        if known is not None and known.from_log:
            return _logged(known)
        if metrics is None:
            return ServedPast(unknown="no Prometheus is configured")
        self._client = self._client or metrics.another_client()
        at = self._clock() + metrics.clock_skew
        versions = await metrics.store.read_versions(self._client, model, latencies, at)
        return ServedPast(versions=versions, reach=metrics.store.reach_of_versions)


def _logged(past: ModelHistory) -> ServedPast:
    """Return what the log of predictions told of the last day; of latencies it has the p99 by version."""
    parts = past.logged_versions[1] if len(past.logged_versions) > 1 else ()
    versions = tuple(
        MeasuredVersion(
            part.name,
            part.traffic,
            part.error_ratio,
            {LATENCY_P99.name: part.latency_high} if part.latency_high is not None else {},
        )
        for part in parts
        if part.traffic is not None
    )
    return ServedPast(versions=versions, reach=COARSE_SPAN)
