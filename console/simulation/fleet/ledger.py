"""What a replica has counted since it started and what its gauges show, as rows of numbers."""

import math
from enum import StrEnum

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.simulation.fleet.flow import Bounds, Flow
from console.simulation.fleet.noise import Floats
from console.simulation.fleet.profile import Profile

Matrix = NDArray[np.float64]


class Counter(StrEnum):
    """A running total of a replica; requests unless the name says seconds."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    REJECTED = "rejected"
    TIMED_OUT = "timed_out"
    LATENCY_SECONDS = "latency_seconds"
    QUEUED_SECONDS = "queued_seconds"
    FIRST_TOKEN_SECONDS = "first_token_seconds"  # noqa: S105 -- a token of a language model


class Gauge(StrEnum):
    """A momentary value of a replica."""

    UTILISATION = "utilisation"
    WAITING = "waiting"
    RUNNING = "running"


COUNTERS = tuple(Counter)
GAUGES = tuple(Gauge)


class Columns(msgspec.Struct, frozen=True):
    """The order of a replica's numbers: the counters, then latency buckets, then first-token buckets."""

    bounds: Bounds

    @property
    def latency(self) -> range:
        """Return the columns of the latency buckets, the last of which counts every request."""
        return range(len(COUNTERS), len(COUNTERS) + len(self.bounds.latency) + 1)

    @property
    def first_token(self) -> range:
        """Return the columns of the first-token buckets, the last of which counts every request."""
        return range(self.latency.stop, self.latency.stop + len(self.bounds.first_token) + 1)

    def counters(self, flow: Flow) -> Matrix:
        """Return the rates per second of a flow, shape (T, columns)."""
        single = np.stack([getattr(flow, counter) for counter in COUNTERS], axis=1)
        return np.concatenate([single, flow.latency, flow.first_token], axis=1)

    def gauges(self, flow: Flow, profile: Profile, replicas: int) -> Matrix:
        """Return what each of the replicas shows, shape (T, gauges)."""
        shown: dict[Gauge, Floats] = {
            Gauge.UTILISATION: flow.utilisation,
            Gauge.WAITING: np.round(flow.waiting / replicas),
            Gauge.RUNNING: np.round(flow.utilisation * profile.workers),
        }
        return np.stack([shown[gauge] for gauge in GAUGES], axis=1)

    @property
    def width(self) -> int:
        """Return the number of counters."""
        return self.first_token.stop


class Exported(msgspec.Struct, frozen=True):
    """One exported series: a counter column or a gauge, scaled; `whole` numbers are rounded down.

    `labels` are the labels that the replica itself writes, escaped values included.
    """

    name: str
    labels: tuple[tuple[str, str], ...]
    source: int | Gauge
    scale: float = 1.0
    whole: bool = True

    def values(self, counters: Matrix, gauges: Matrix) -> Floats:
        """Return the values over rows of counters (T, columns) and gauges (T, gauges)."""
        if isinstance(self.source, Gauge):
            values = gauges[:, GAUGES.index(self.source)] * self.scale
        else:
            values = counters[:, self.source] * self.scale
        return np.floor(values) if self.whole else values


class Family(msgspec.Struct, frozen=True):
    """Series that share a name, a kind (`counter`, `gauge`, `histogram`) and a help text."""

    name: str
    kind: str
    help: str
    series: tuple[Exported, ...]


def histogram(
    name: str,
    text: str,
    labels: tuple[tuple[str, str], ...],
    bounds: tuple[float, ...],
    columns: range,
    seconds: Counter,
) -> Family:
    """Return the family of a histogram in seconds: buckets, sum and count."""
    edges = (*bounds, math.inf)
    buckets = tuple(
        Exported(f"{name}_bucket", (*labels, ("le", "+Inf" if math.isinf(edge) else repr(float(edge)))), column)
        for edge, column in zip(edges, columns, strict=True)
    )
    total = Exported(f"{name}_sum", labels, COUNTERS.index(seconds), whole=False)
    return Family(name, "histogram", text, (*buckets, total, Exported(f"{name}_count", labels, columns[-1])))
