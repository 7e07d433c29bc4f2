"""The load of a model over an onset: traffic, replicas, what each carries, and whether there was room."""

import msgspec

from console.detect.causes.levels import Shift, Span, level, shift, turned_at
from console.detect.causes.scene import Measure, Scene
from console.domain.series import Series
from console.domain.signal import SATURATION, TOKENS, TRAFFIC

MORE = 1.25
"""The factor from which on load is more: below it the days of a week differ, and latency hardly moves."""
ROOM = 0.5
"""The utilisation up to which even a single worker's queue waits no longer than a request takes: ρ / (1 - ρ) = 1."""


class Load(msgspec.Struct, frozen=True):
    """How traffic and replicas moved; None where they are not known. Instants are UTC seconds."""

    traffic: Shift | None
    ready: Shift | None
    """Replicas: of those that are ready and those that the metrics show, the one that fell further."""
    usual: float | None
    """Requests per second that this hour usually has."""
    busy: float | None
    """The share of its workers that were busy before."""
    traffic_turned: float | None
    ready_turned: float | None
    request_size: float | None = None
    """By what factor the tokens of one request changed; None where nobody counts them."""
    latency: Shift | None = None
    """How long requests take, of errors: what is overloaded is slow before it fails."""

    @property
    def per_replica(self) -> float | None:
        """Return by what factor the traffic of one replica changed, None where it is not known."""
        if self.traffic is None or self.ready is None or not (self.ready.before and self.ready.after):
            return None
        return self.traffic.ratio / self.ready.ratio

    @property
    def change(self) -> float | None:
        """Return by what factor the load of a replica changed; without replica counts the traffic stands for it."""
        if self.traffic is None:
            return None
        return self.traffic.ratio if self.per_replica is None else self.per_replica

    @property
    def is_more(self) -> bool | None:
        """Return whether a replica carries more than before, None where nothing tells."""
        return None if self.change is None else self.change >= MORE

    @property
    def brings_larger_requests(self) -> bool:
        """Return whether each request brings more work than before: a longer prompt, a longer answer."""
        return self.request_size is not None and self.request_size >= MORE

    @property
    def fails_without_waiting(self) -> bool:
        """Return whether requests fail while they take as long as before: nothing that they wait for is short."""
        return self.latency is not None and self.latency.ratio < MORE

    @property
    def had_room(self) -> bool:
        """Return whether the workers that were busy before had room for the load that came.

        Utilisation is throughput times service time: at the same service time it grows as the load does.
        """
        return self.busy is not None and self.change is not None and self.busy * self.change <= ROOM


def load_of(scene: Scene) -> Load:
    """Return the load of a model over the onset of an anomaly."""
    traffic, traffic_turned = _moved(scene, scene.of_model(TRAFFIC.name))
    ready, ready_turned = _moved(scene, _replicas(scene))
    return Load(
        traffic=traffic,
        ready=ready,
        usual=scene.traffic_of_season(),
        busy=_busy(scene),
        traffic_turned=traffic_turned,
        ready_turned=ready_turned,
        request_size=_request_size(scene),
        latency=_latency(scene) if scene.measure is Measure.ERRORS else None,
    )


def _latency(scene: Scene) -> Shift | None:
    headline = scene.case.headline()
    return scene.moved(scene.of_model(headline.name)) if headline is not None else None


def _request_size(scene: Scene) -> float | None:
    """Return by what factor the tokens of one request changed: that of all tokens over that of all requests."""
    tokens, traffic = scene.moved(scene.of_model(TOKENS.name)), scene.moved(scene.of_model(TRAFFIC.name))
    if tokens is None or traffic is None or min(tokens.before, traffic.before, traffic.after) <= 0:
        return None
    return tokens.ratio / traffic.ratio


def _moved(scene: Scene, series: Series | None) -> tuple[Shift | None, float | None]:
    """Return how a series moved and when; what moved before the onset is compared with what was before that."""
    moved = scene.moved(series)
    if moved is None:
        return None, None
    turned = turned_at(series, moved, Span(scene.before.start, scene.since.end))
    if turned is None or turned >= scene.before.end:
        return moved, turned
    sharper = shift(series, Span(scene.before.start, turned - 1), scene.after)
    return sharper or moved, turned


def _replicas(scene: Scene) -> Series | None:
    """Return the count of replicas that fell further over the onset: a cluster notices late, a scrape may fail."""
    capacity = scene.circumstances.capacity
    counts = [
        series for series in (capacity.ready, capacity.measured, scene.case.history.replicas) if series is not None
    ]
    moved = [(found.ratio, index) for index, series in enumerate(counts) if (found := scene.moved(series)) is not None]
    return counts[min(moved)[1]] if moved else None


def _busy(scene: Scene) -> float | None:
    gauges = scene.circumstances.gauges
    told = [gauges.get("concurrency") or scene.of_model(SATURATION.name), gauges.get("GPU"), gauges.get("CPU")]
    levels = [value for series in told if (value := level(series, scene.before)) is not None]
    return max(levels, default=None)
