"""The past of a fleet as judgement reads it: frozen, complete in itself, a function of the sources and `at`."""

from typing import TYPE_CHECKING

import msgspec

from console.domain.circumstances import Part
from console.domain.model import Model
from console.domain.objective import BurnRate
from console.domain.series import Grid, Series
from console.domain.usual import Usual

if TYPE_CHECKING:
    import numpy


class Week(msgspec.Struct, frozen=True):
    """A signal of the whole fleet at five-minute points, as far back as it was read: what its baselines are made of.

    `values` is float64 of shape (models, points), NaN is no data. Row n is the n-th model of the history; models that
    only a log of predictions knows stand behind these and have no row. The grid ends with that of the last day, or
    earlier while that could not be read.
    """

    grid: Grid
    values: "numpy.ndarray[tuple[int, int], numpy.dtype[numpy.float64]]"


class ModelHistory(msgspec.Struct, frozen=True, gc=False):
    """The past of one model.

    `fine` holds signals by name on the judgement grid, `coarse` those that have an expectation on the grid of the last
    day, `expected` the median of each of these, `older` those that were read further back, for older onsets.
    `live_targets` and `dead_targets` count the scrape targets of the model that have a current sample and those that
    served it lately and are down. `errors` says per signal why its query failed, `not_exported` why it cannot be had.
    """

    model: Model
    fine: dict[str, Series]
    coarse: dict[str, Series]
    live_targets: Series
    dead_targets: Series
    replicas: Series
    expected: dict[str, float] = {}
    older: dict[str, Series] = {}
    traffic_by_version: dict[str, Series] = {}
    replica_names: tuple[str, ...] = ()
    """Pods (raw label values) that the metrics show now."""
    burn_rates: tuple[BurnRate, ...] = ()
    not_exported: dict[str, str] = {}
    errors: dict[str, str] = {}
    ends: dict[str, float] = {}
    """The highest finite bound (seconds) of the histogram of a quantile that may stand there: it is at least that."""

    presets: tuple[str, ...] = ()
    """Names of the presets that know of the model: the systems that serve it, as far as the metrics tell."""

    from_log: bool = False
    """The log of predictions tells all this, and no metrics do: then `live_targets` is 1 wherever the log tells."""

    logged_versions: tuple[tuple[Part, ...], ...] = ()
    """How each version served, as the log tells it: on the fine grid, and on that of the last day."""

    usual: dict[str, Usual] = {}
    """By signal name: what its baseline says of now; only of signals whose weeks were read (see `detect.baseline`)."""

    def is_at_the_end(self, signal: str, value: float | None) -> bool:
        """Return whether a value of a signal is only the least that it can be."""
        end = self.ends.get(signal)
        return end is not None and value is not None and value >= end

    def as_far_back(self, signal: str) -> Series | None:
        """Return what is known of a signal at five-minute points, the last day included."""
        return self.older.get(signal) or self.coarse.get(signal)


class History(msgspec.Struct, frozen=True):
    """The past of the fleet that ends at `at` (UTC seconds).

    `partial` is a source's word that its answer is incomplete.
    """

    at: float
    fine_grid: Grid
    coarse_grid: Grid
    models: tuple[ModelHistory, ...]
    partial: str | None = None
    rate_window: float = 300.0
    """Seconds over which the rates of the fine grid are taken."""
    failed: str | None = None
    """Which queries failed alone, in words; what they would have told is missing from the models."""
    weeks: dict[str, Week] = {}
    """By signal name: the last seven days or what there is of them; none while days are still being read."""
    baselines: str | None = None
    """Of how many days the weeks are, in words, None where it is all seven."""
    too_heavy: str | None = None
    """Why ranges were read in parts: the server refused them as a whole."""
