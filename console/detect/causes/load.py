"""The load of a model over an onset: its traffic, its ready replicas, and what each of these carries."""

import msgspec

from console.detect.causes.levels import Shift, turned_at
from console.detect.causes.scene import Scene
from console.domain.series import Series
from console.domain.signal import TRAFFIC

MORE = 1.25
"""The factor from which on load is more: below it the days of a week differ, and latency hardly moves."""


class Load(msgspec.Struct, frozen=True):
    """How traffic and ready replicas moved; None where they are not known. Instants are UTC seconds."""

    traffic: Shift | None
    ready: Shift | None
    usual: float | None
    """Requests per second that this hour usually has."""
    traffic_turned: float | None
    ready_turned: float | None

    @property
    def per_replica(self) -> float | None:
        """Return by what factor the traffic of one replica changed, None where it is not known."""
        if self.traffic is None or self.ready is None or not (self.ready.before and self.ready.after):
            return None
        return self.traffic.ratio / self.ready.ratio

    @property
    def is_more(self) -> bool | None:
        """Return whether a replica carries more than before; without replica counts the traffic stands for it."""
        if self.traffic is None:
            return None
        return (self.traffic.ratio if self.per_replica is None else self.per_replica) >= MORE


def load_of(scene: Scene) -> Load:
    """Return the load of a model over the onset of an anomaly."""
    requests, replicas = scene.of_model(TRAFFIC.name), ready_replicas(scene)
    traffic, ready = scene.moved(requests), scene.moved(replicas)
    within = msgspec.structs.replace(scene.since, start=scene.before.start)
    return Load(
        traffic=traffic,
        ready=ready,
        usual=scene.traffic_of_season(),
        traffic_turned=turned_at(requests, traffic, within) if traffic else None,
        ready_turned=turned_at(replicas, ready, within) if ready else None,
    )


def ready_replicas(scene: Scene) -> Series | None:
    """Return the ready replicas over time; where nobody counts them, those that the metrics show."""
    ready = scene.circumstances.capacity.ready
    if ready is not None and ready.last_seen() is not None:
        return ready
    shown = scene.case.history.replicas
    return shown if shown.last_seen() is not None else None
