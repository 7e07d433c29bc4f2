"""The past of one model's predictions as judgement reads it: counts by version, hour and bin."""

from typing import TYPE_CHECKING, TypeAlias

import msgspec

from console.domain.bins import Reference
from console.domain.model import Model
from console.domain.series import Grid

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Counts: TypeAlias = NDArray[numpy.int64]
    Numbers: TypeAlias = NDArray[numpy.float64]

__all__ = ["HOUR", "PredictionPast", "Reference"]

HOUR = 3600.0


class PredictionPast(msgspec.Struct, frozen=True):
    """The past of one model that ends at `at` (UTC seconds).

    Arrays are shaped (versions, buckets) or (versions, buckets, codes).

    `grid` holds the start of every hourly bucket; the last one is the running hour, which `at` cuts off. `versions` are
    raw, by first appearance. A bucket without rows counts 0: that the store was not asked for it says `known`, an array
    of booleans by bucket. `counts` are by column name and in the codes of `reference.bins`.
    """

    model: Model
    at: float
    grid: Grid
    versions: tuple[str, ...]
    reference: Reference
    rows: "Counts"
    counts: "dict[str, Counts]"
    known: "NDArray[numpy.bool_]"
    errors: "Counts | None" = None
    """Failed requests, None where the log does not tell."""
    latency: "Counts | None" = None
    """Requests by latency, in the codes of `latency_bounds`: (versions, buckets, len(latency_bounds) + 1)."""
    latency_bounds: tuple[float, ...] = ()
    """Seconds, ascending; the code of a latency is the number of bounds below it."""
    newest_row: float | None = None
    """The timestamp of the newest row (UTC seconds), None where there is none."""
    types: dict[str, str] = {}
    """The type in the store that each column has now, by name; a column that is gone is absent."""
