"""All that one refresh read, by preset, before it is told apart by model."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from console.history.buffer import Rows
from console.history.reader import Instant, Reading
from console.sources.prometheus.signal_query import Composition, Structure


class BurnReading(msgspec.Struct, frozen=True):
    """The samples of one burn query with the windows (seconds) that it tells of."""

    windows: tuple[float, ...]
    instant: Instant


class EndsReading(msgspec.Struct, frozen=True):
    """The bounds of the buckets that a signal was made of, which are told in `divisor` parts of a second."""

    signal: str
    divisor: int
    instant: Instant


class PresetReadings(msgspec.Struct, frozen=True):
    """All that was read about the models of one preset, by signal name and by structure."""

    composition: Composition
    fine: dict[str, Reading]
    coarse: dict[str, Reading]
    structures: dict[Structure, Reading]
    replica_names: Instant | None = None
    shared: Instant | None = None
    burns: tuple[BurnReading, ...] = ()
    ends: tuple[EndsReading, ...] = ()

    def rows(self) -> Iterator[Rows]:
        """Yield the rows of everything that was read onto a grid."""
        for readings in (self.fine, self.coarse, self.structures):
            yield from (reading.rows for reading in readings.values())

    def errors(self) -> Iterator[tuple[str, str | None]]:
        """Yield what was asked for, in words, and why it failed (None where it did not)."""
        yield from ((signal, reading.error) for signal, reading in self.fine.items())
        yield from ((f"{signal} of the last day", reading.error) for signal, reading in self.coarse.items())
        yield from ((structure.replace("_", " "), reading.error) for structure, reading in self.structures.items())
        if self.replica_names is not None:
            yield "replica names", self.replica_names.error
        if self.shared is not None:
            yield "which models share a workload", self.shared.error
        yield from (("where histograms end", each.instant.error) for each in self.ends)
        yield from (("error budget", burn.instant.error) for burn in self.burns)


def what_failed(readings: Sequence[PresetReadings]) -> str | None:
    """Return which queries failed alone and why, in words, None when all were answered."""
    told = []
    for of_preset in readings:
        failed: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for what, error in of_preset.errors():
            if error is not None:
                failed[error][what] = None
        everything = all(error is not None for _, error in of_preset.errors())
        for error, names in failed.items():
            missing = "anything" if everything else ", ".join(names)
            told.append(f"{of_preset.composition.preset} did not tell {missing}: {error}")
    return "; ".join(told) or None
