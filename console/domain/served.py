"""How versions of a model served: what was measured of them, when the cluster ran them, and what that comes to."""

from enum import StrEnum

import msgspec

from console.domain.objective import Objective
from console.domain.series import Series

Span = tuple[float, float]
"""From one instant (UTC seconds) to another."""


class MeasuredVersion(msgspec.Struct, frozen=True):
    """What metrics tell of one version; all series are on the same grid, each point of the step that ends there.

    `name` is raw, and empty where the metrics name none: then it is the model as a whole. `traffic` is in requests per
    second, `error_ratio` a ratio, `latencies` are seconds by the name of the signal.
    """

    name: str
    traffic: Series
    error_ratio: Series | None = None
    latencies: dict[str, Series] = {}


class ServedPast(msgspec.Struct, frozen=True):
    """How the versions of a model served up to now, and what was promised of it.

    `unknown` says why nothing was measured, `reach` how far back was looked (seconds). A latency counts where at least
    `minimum_traffic` requests per second came, errors where at least `minimum_failed_requests` failed.
    """

    objective: Objective = Objective()
    versions: tuple[MeasuredVersion, ...] = ()
    unknown: str | None = None
    reach: float = 0.0
    minimum_traffic: float = 0.0
    minimum_failed_requests: float = 0.0
    is_promised: bool = True
    """Whether somebody promised the objective of this model; else it is what holds where nobody says anything."""


class KeptVersion(msgspec.Struct, frozen=True):
    """A version that could be gone back to.

    `names` are what metrics may call it (raw), the likeliest first. `alone` is when the cluster asked for it and for
    nothing else, empty where it does not tell.
    """

    names: tuple[str, ...]
    alone: tuple[Span, ...] = ()


class Verdict(StrEnum):
    """Whether a version met its objectives while it served."""

    MET = "met"
    MISSED = "missed"
    UNKNOWN = "unknown"


class VersionRecord(msgspec.Struct, frozen=True):
    """What is known of a version and its objectives, and the words that follow its name: `met its objectives …`."""

    verdict: Verdict
    text: str
