"""What each view of the detector buys: `python benchmarks/detector_views.py [SEEDS]`.

On series with labelled events (`labelled_series.py`): how many events are told and how many points are told wrongly,
after three days of learning. Then the same without each view and by each view alone, at thresholds that make all of
them tell as much that is wrong. A view without which as many events are told would go.
"""

import sys
from collections.abc import Sequence

import msgspec
import numpy
from labelled_series import Labelled, labelled

from console.detect.baseline.detector import detect
from console.detect.baseline.tail import THRESHOLD
from console.detect.baseline.views import EVERY_VIEW, View

SEEDS = 8
LEARNED = 3 * 288
ALLOWED = (0.1, 0.3)


class Told(msgspec.Struct, frozen=True):
    """The rarity (decades) of the rarest onset in each event, and of each onset where nothing is wrong."""

    in_events: list[float]
    in_calm: list[float]
    calm_points: int

    def __add__(self, other: "Told") -> "Told":
        return Told(
            self.in_events + other.in_events, self.in_calm + other.in_calm, self.calm_points + other.calm_points
        )

    def threshold_for(self, false_in_a_thousand: float) -> float:
        """Return the decades from which on so many points are told wrongly."""
        allowed = int(false_in_a_thousand * self.calm_points / 1000)
        return sorted(self.in_calm, reverse=True)[allowed] if allowed < len(self.in_calm) else 0.0

    def line(self, name: str, threshold: float) -> str:
        """Return how much is told from a threshold on as a row of the table."""
        told = sum(decades > threshold for decades in self.in_events)
        false = sum(decades > threshold for decades in self.in_calm)
        events = len(self.in_events)
        right = f"{told}/{events}" if events else "-"
        return f"{name:<22}{threshold:10.1f}{right:>10}{1000 * false / self.calm_points:18.2f}"


def listened(series: Sequence[Labelled], views: Sequence[View]) -> dict[str, Told]:
    """Return what is told of the series of each kind."""
    onsets = detect(numpy.array([each.values for each in series]), 300.0, views=tuple(views)).onsets
    by_kind: dict[str, Told] = {}
    for each, told in zip(series, onsets, strict=True):
        calm = numpy.ones(len(told), dtype=bool)
        calm[:LEARNED] = False
        for begin, end in each.events:
            calm[begin:end] = False
        in_events = [float(told[begin:end].max()) for begin, end in each.events]
        found = Told(in_events, told[calm & (told > 0)].tolist(), int(calm.sum()))
        by_kind[each.kind] = by_kind[each.kind] + found if each.kind in by_kind else found
    return by_kind


def together(by_kind: dict[str, Told]) -> Told:
    """Return what is told of all kinds."""
    return sum(by_kind.values(), Told([], [], 0))


def main(arguments: Sequence[str]) -> int:
    """Measure and print."""
    seeds = int(arguments[0]) if arguments else SEEDS
    series = [each for seed in range(seeds) for each in labelled(seed)]
    print(f"{len(series)} series\n{'':<22}{'threshold':>10}{'told':>10}{'false in 1,000':>18}")
    everything = listened(series, EVERY_VIEW)
    print(together(everything).line("all views", THRESHOLD))
    chosen = {"all views": EVERY_VIEW}
    chosen |= {f"without {view}": tuple(each for each in EVERY_VIEW if each != view) for view in EVERY_VIEW}
    chosen |= {f"{view} alone": (view,) for view in EVERY_VIEW}
    for false in ALLOWED:
        print(f"\nat thresholds that tell {false:.1f} of 1,000 points wrongly")
        for name, views in chosen.items():
            told = together(listened(series, views))
            print(told.line(name, told.threshold_for(false)))
    print()
    for kind, of_kind in everything.items():
        print(of_kind.line(kind, THRESHOLD))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
