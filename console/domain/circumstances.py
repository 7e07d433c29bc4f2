"""What is read around the anomalies of one model to find out why: its parts over time, and what runs it."""

import msgspec

from console.domain.change import Change
from console.domain.series import Grid, Series


class Part(msgspec.Struct, frozen=True):
    """One version or one replica over time; each series on the grid of the circumstances, None where nobody exports it.

    `traffic` in requests per second, `error_ratio` a ratio, `latency` the mean in seconds, `latency_high` the model's
    worst quantile that is exported, in seconds.
    """

    name: str
    traffic: Series | None = None
    error_ratio: Series | None = None
    latency: Series | None = None
    latency_high: Series | None = None
    version: str | None = None
    """The version that a replica runs, where one is known."""
    node: str | None = None
    """The machine that a replica runs on, raw."""


class Capacity(msgspec.Struct, frozen=True):
    """Replicas over time: those that are ready, those that are wanted, and what the autoscaler may do."""

    ready: Series | None = None
    """Replicas that serve: those that the cluster takes for ready, but no more than have metrics."""
    measured: Series | None = None
    """Replicas that have metrics: a lost one is gone from here before the cluster notices."""
    wanted: Series | None = None
    autoscaler_most: float | None = None
    autoscaler_wants: Series | None = None
    restarts: Series | None = None
    """Restarts of containers since the start of the grid, added up over replicas."""


class Dependency(msgspec.Struct, frozen=True):
    """Something that several models call: its own latency (seconds) and errors (ratio) where they are exported."""

    name: str
    latency: Series | None = None
    error_ratio: Series | None = None
    models: tuple[str, ...] = ()
    """Ids of the models that call it."""
    troubled: tuple[str, ...] = ()
    """Ids of those of `models`, other than this one, whose anomalies began with this one's."""


class Circumstances(msgspec.Struct, frozen=True):
    """What was read of one model around the onset of its anomalies: from some time before it up to now.

    `gauges` are resources by a name that people know (`GPU`, `CPU`, `memory`, `queue`, `KV cache`, `concurrency`), as
    ratios of their limit where there is one. `changes` are all that is known of it, oldest first. `missing` says in
    words what could not be read, so that nothing is ruled out by it. `alongside` are the ids of other models whose
    anomalies began with this one's and have no cause of their own; where there is none, `others_well` is how many other
    models did not break with it, 0 where nobody looked.
    """

    model_id: str
    grid: Grid
    onset: float
    versions: tuple[Part, ...] = ()
    replicas: tuple[Part, ...] = ()
    capacity: Capacity = Capacity()
    gauges: dict[str, Series] = {}
    dependencies: tuple[Dependency, ...] = ()
    changes: tuple[Change, ...] = ()
    missing: tuple[str, ...] = ()
    alongside: tuple[str, ...] = ()
    others_well: int = 0
