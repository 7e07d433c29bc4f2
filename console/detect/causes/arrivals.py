"""Which versions and replicas took over traffic before an onset, and when."""

import math
from collections.abc import Sequence

import msgspec
import numpy

from console.detect.causes.levels import Numbers, Span, first_index, median, values_in
from console.detect.causes.scene import Scene
from console.domain.circumstances import Part
from console.domain.series import Series

LATE = 3600.0
"""Seconds before an onset in which a release is looked for: what is older had its time to show."""
SLACK = 120.0
"""Seconds by which an onset may come before the first traffic that is seen: scrapes and rates are not exact."""
TAKEN_OVER = 0.1
"""The share of traffic that a version must have gained to count as changed, where it served before."""


class Arrival(msgspec.Struct, frozen=True):
    """A version that took over traffic at an instant (UTC seconds); `is_first` says that it had none before."""

    part: Part
    at: float
    is_first: bool


def arrivals(scene: Scene) -> list[Arrival]:
    """Return the versions that took over traffic within the hour before the onset, oldest first."""
    found = []
    for part in scene.circumstances.versions:
        first = first_traffic(part)
        at = first if first is not None else _promoted_at(part, scene)
        if at is not None and is_near(scene, at):
            found.append(Arrival(part, at, is_first=first is not None))
    return sorted(found, key=lambda arrival: arrival.at)


def newcomers(scene: Scene, replicas: Sequence[Part]) -> list[Part]:
    """Return the replicas that got their first traffic within the hour before the onset."""
    return [part for part in replicas if (at := first_traffic(part)) is not None and is_near(scene, at)]


def is_near(scene: Scene, at: float) -> bool:
    """Return whether an onset may follow what happened at an instant."""
    return scene.onset - LATE <= at <= scene.turn + SLACK


def first_traffic(part: Part) -> float | None:
    """Return when a part got its first traffic, None where it always had some, as far back as was read, or has none."""
    if part.traffic is None:
        return None
    first = next((instant for instant, value in part.traffic.points() if value > 0), None)
    always = first is not None and first <= part.traffic.grid.start + SLACK
    return None if always else first


def _promoted_at(part: Part, scene: Scene) -> float | None:
    """Return when a version that served before got a larger share of the traffic, None where it did not."""
    whole = Span(scene.before.start, scene.since.end)
    shares = _shares(part, scene.circumstances.versions, whole)
    if shares is None or part.traffic is None:
        return None
    instants = instants_in(part.traffic, whole)
    earlier, later = shares[instants <= scene.before.end], shares[instants >= scene.after.start]
    if numpy.isnan(earlier).all() or numpy.isnan(later).all():
        return None
    old, new = median(earlier[~numpy.isnan(earlier)]), median(later[~numpy.isnan(later)])
    if new - old < TAKEN_OVER:
        return None
    below = numpy.flatnonzero(shares <= (old + new) / 2)
    return float(instants[min(below[-1] + 1, len(instants) - 1)]) if len(below) else None


def instants_in(series: Series, span: Span) -> Numbers:
    """Return the instants (UTC seconds) of the points of a series within a span."""
    first = first_index(series, span)
    return numpy.array([series.grid.instant(first + index) for index in range(len(values_in(series, span)))])


def _shares(part: Part, versions: Sequence[Part], span: Span) -> Numbers | None:
    """Return a version's share of the traffic at the points of a span, NaN where nobody asks."""
    told = [values_in(other.traffic, span) for other in versions if other.traffic is not None]
    if part.traffic is None or len({len(values) for values in told}) != 1:
        return None
    own, total = values_in(part.traffic, span), numpy.nansum(numpy.stack(told), axis=0)
    shares: Numbers = numpy.full(len(own), math.nan)
    numpy.divide(own, total, out=shares, where=total > 0)
    return shares
