"""The metrics of a refresh: from one Prometheus, or none."""

from collections.abc import Callable, Mapping

from console.domain.anomaly import Status
from console.domain.moments import in_words
from console.domain.source import SourceReport
from console.engine.connections import kept_history, not_verified, prometheus_client
from console.history.store import HistoryStore, Loaded
from console.history.weeks import PATIENCE_SECONDS
from console.settings.paths import preset_files
from console.settings.settings import ServerSettings, Settings
from console.sources.prometheus.client import WORTH_TELLING_SECONDS, PrometheusClient
from console.sources.prometheus.preset import load_presets
from console.transport.http import SourceError


class MetricsReader:
    """Reads the past of the fleet from the configured Prometheus; close it after use.

    Args:
        server: the Prometheus.
        settings: what to read of it.
        environment: variables that secrets may refer to.
        clock: returns the time (UTC seconds).
        tell: takes a line for people about what does not stop the refresh: a cache that cannot be written.
        names_replicas: whether somebody needs the names of replicas.
        waits: whether a load waits for all days that baselines are made of, however long they take.
    """

    def __init__(
        self,
        server: ServerSettings,
        settings: Settings,
        *,
        environment: Mapping[str, str],
        clock: Callable[[], float],
        tell: Callable[[str], None],
        names_replicas: bool,
        waits: bool,
    ) -> None:
        self.name = server.name
        self.client: PrometheusClient = prometheus_client(server, environment)
        self._server, self._environment = server, environment
        self._note = not_verified(server)
        presets = load_presets(preset_files(settings), settings.create_models)
        cache = kept_history(settings, environment, tell, clock)
        self.store = HistoryStore(
            self.client,
            presets,
            settings,
            names_replicas=names_replicas,
            cache=cache,
            patience=None if waits else PATIENCE_SECONDS,
        )
        self._answered: float | None = None

    def another_client(self) -> PrometheusClient:
        """Return a client of the same server whose failures and waiting are nothing to this reader; to be closed."""
        return prometheus_client(self._server, self._environment)

    async def aclose(self) -> None:
        """Keep what was read for the next start, and close all connections."""
        await self.store.aclose()
        await self.client.aclose()

    @property
    def clock_skew(self) -> float:
        """Return how far the server's clock is ahead of this machine's (seconds)."""
        return self.client.clock_skew

    def has_new_skew(self, skew: float) -> bool:
        """Return whether the server's clock differs from what was taken for its skew by enough to matter."""
        return abs(self.clock_skew - skew) >= WORTH_TELLING_SECONDS

    async def load(self, instant: float) -> Loaded | SourceError:
        """Return the past that ends at an instant (UTC seconds), or why the server did not tell it."""
        try:
            loaded = await self.store.load(instant)
        except SourceError as error:
            return error
        self._answered = instant
        return loaded

    def report(self, loaded: Loaded | SourceError) -> SourceReport:
        """Return how the server answered."""
        if isinstance(loaded, SourceError):
            return SourceReport(self.name, Status.UNKNOWN, None, loaded.detail, answered=self._answered)
        history = loaded.history
        incomplete = "; ".join(filter(None, (history.failed, history.partial))) or None
        notes = (incomplete, history.too_heavy, self._note, _clocks_in_words(self.clock_skew))
        return SourceReport(
            self.name,
            Status.OK,
            loaded.seconds,
            "; ".join(filter(None, notes)) or None,
            partial=incomplete is not None,
            replica=self.client.stand_in,
            baselines=history.baselines,
        )


def _clocks_in_words(skew: float) -> str | None:
    if not skew:
        return None
    differs = f"{in_words(round(abs(skew), -1))} {'ahead of' if skew > 0 else 'behind'}"
    return f"its clock is {differs} this machine's; times are by its clock"
