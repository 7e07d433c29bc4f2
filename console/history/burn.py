"""How much of what was asked failed, window by window, from the counts of the ways that a preset has."""

from collections.abc import Collection, Iterable
from functools import lru_cache

import msgspec

from console.domain.label import harmless
from console.domain.moments import parse_duration
from console.domain.objective import BurnRate
from console.sources.prometheus.signal_query import ASKED, COUNTED_LABEL, WINDOW_LABEL
from console.transport.http import NotJson

_seconds_of = lru_cache(maxsize=64)(parse_duration)
"""The same few windows come with every sample of every model."""


class _Counts(msgspec.Struct):
    asked: float = 0.0
    failed: float = 0.0


class BurnCounts:
    """The counts of one model; failed and asked requests of a window are always those of one preset and one way."""

    def __init__(self) -> None:
        self._counts: dict[float, dict[tuple[str, int], _Counts]] = {}

    def take(self, preset: str, labels: dict[str, str], value: float) -> None:
        """Take one sample of a burn query; presets must come in the order in which they own signals.

        Raises:
            NotJson: the labels are not those that a burn query gives.
        """
        kind, _, way = labels.get(COUNTED_LABEL, "").partition(" ")
        try:
            window, number = _seconds_of(labels.get(WINDOW_LABEL, "")), int(way)
        except ValueError:
            raise NotJson(f"a burn query was answered by a row of other labels: {harmless(str(labels))}") from None
        counts = self._counts.setdefault(window, {}).setdefault((preset, number), _Counts())
        if kind == ASKED:
            counts.asked = value
        else:
            counts.failed = value

    def rates(self) -> Iterable[BurnRate]:
        """Yield the rate of each window in which anything was asked, the shortest first.

        Of several ways the first by which anything was asked counts: its failures, which are 0 where none are counted.
        """
        for window, ways in sorted(self._counts.items()):
            in_order = (ways[name] for name in _in_order(ways))
            counts = next((counts for counts in in_order if counts.asked > 0), None)
            if counts is not None and counts.failed == counts.failed:
                yield BurnRate(window, counts.failed / counts.asked, counts.asked)


def _in_order(ways: Collection[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return presets as they came, the ways of each by their number: servers promise no order of samples."""
    if len(ways) == 1:
        return list(ways)
    presets = list(dict.fromkeys(preset for preset, _ in ways))
    return sorted(ways, key=lambda name: (presets.index(name[0]), name[1]))
