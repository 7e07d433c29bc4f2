"""`new_version`: the onset follows a version that took over traffic, and it is worse than the one beside it."""

import math
from collections.abc import Sequence

import msgspec
import numpy

from console.detect.causes.beside import Standing, beside, level_of, serving
from console.detect.causes.finding import Fact, Finding
from console.detect.causes.levels import Numbers, Span, values_in
from console.detect.causes.scene import Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.change import Change, ChangeKind
from console.domain.circumstances import Part
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words
from console.domain.series import Series

SOON = 900.0
"""Seconds after a release within which an onset follows it: five minutes of rates, and the time a rollout takes."""
LATE = 3600.0
"""Seconds after which nothing that was released is looked at any more."""
SLACK = 120.0
"""Seconds by which an onset may come before the first traffic that is seen: scrapes and rates are not exact."""
TAKEN_OVER = 0.1
"""The share of traffic that a version must have gained to count as changed, where it served before."""


class Arrival(msgspec.Struct, frozen=True):
    """A version that took over traffic at an instant (UTC seconds); `is_first` says that it had none before."""

    part: Part
    at: float
    is_first: bool


def examine_new_version(scene: Scene) -> Finding:
    """Return what speaks for a release as the cause: the comparison before the mere order of events."""
    versions = serving(scene.circumstances.versions, Span(scene.before.start, scene.since.end))
    arrived = arrivals(scene)
    compared = [(one, standing) for one in arrived if (standing := _beside_the_old(scene, one, versions)) is not None]
    for arrival, standing in compared:
        if standing.worse and _explains(scene, arrival, versions):
            return Finding(CauseKind.NEW_VERSION, _worse(scene, arrival, standing, versions))
    for arrival, standing in compared:
        if standing.alike:
            words = f"{standing.told(_name(arrival.part), _names(versions, arrival.part))}: no worse"
            return Finding(CauseKind.NEW_VERSION, (Fact(FactKey.VERSION_ALIKE, words),))
    if arrived:
        return Finding(CauseKind.NEW_VERSION, (_followed(scene, arrived[-1].at, _name(arrived[-1].part)),))
    announced = announced_change(scene)
    if announced is not None:
        return Finding(CauseKind.NEW_VERSION, (_announced(scene, announced),))
    if not versions:
        return Finding(CauseKind.NEW_VERSION, untestable="versions")
    words = f"no version took over traffic within {in_words(LATE)} before"
    return Finding(CauseKind.NEW_VERSION, (Fact(FactKey.VERSIONS_UNCHANGED, words),))


def arrivals(scene: Scene) -> list[Arrival]:
    """Return the versions that took over traffic within the hour before the onset, oldest first."""
    found = []
    earliest, latest = scene.onset - LATE, scene.onset + SLACK
    for part in scene.circumstances.versions:
        if part.traffic is None:
            continue
        first = _first_traffic(part.traffic)
        if first is not None and first > part.traffic.grid.start + SLACK:
            if earliest <= first <= latest:
                found.append(Arrival(part, first, is_first=True))
            continue
        promoted = _promoted_at(part, scene)
        if promoted is not None and earliest <= promoted <= latest:
            found.append(Arrival(part, promoted, is_first=False))
    return sorted(found, key=lambda arrival: arrival.at)


def announced_change(scene: Scene) -> Change | None:
    """Return the newest change of version, rollout or configuration that the onset may follow."""
    kinds = (ChangeKind.VERSION, ChangeKind.ROLLOUT, ChangeKind.CONFIGURATION)
    near = [
        change
        for change in scene.circumstances.changes
        if change.kind in kinds and scene.onset - LATE <= change.at <= scene.onset + SLACK
    ]
    return near[-1] if near else None


def _first_traffic(traffic: Series) -> float | None:
    return next((instant for instant, value in traffic.points() if value > 0), None)


def _promoted_at(part: Part, scene: Scene) -> float | None:
    """Return when a version that served before got a larger share of the traffic, None where it did not."""
    whole = Span(scene.before.start, scene.since.end)
    shares = _shares(part, scene.circumstances.versions, whole)
    if shares is None or part.traffic is None:
        return None
    grid = part.traffic.grid
    instants = max(grid.start, math.ceil(whole.start / grid.step) * grid.step) + grid.step * numpy.arange(len(shares))
    earlier, later = shares[instants <= scene.before.end], shares[instants >= scene.after.start]
    if numpy.isnan(earlier).all() or numpy.isnan(later).all():
        return None
    old, new = float(numpy.nanmedian(earlier)), float(numpy.nanmedian(later))
    if new - old < TAKEN_OVER:
        return None
    below = numpy.flatnonzero(shares <= (old + new) / 2)
    return float(instants[min(below[-1] + 1, len(instants) - 1)]) if len(below) else None


def _shares(part: Part, versions: Sequence[Part], span: Span) -> Numbers | None:
    """Return a version's share of the traffic at the points of a span, NaN where nobody asks."""
    told = [values_in(other.traffic, span) for other in versions if other.traffic is not None]
    if part.traffic is None or len({len(values) for values in told}) != 1:
        return None
    own, total = values_in(part.traffic, span), numpy.nansum(numpy.stack(told), axis=0)
    shares: Numbers = numpy.full(len(own), math.nan)
    numpy.divide(own, total, out=shares, where=total > 0)
    return shares


def _beside_the_old(scene: Scene, arrival: Arrival, versions: Sequence[Part]) -> Standing | None:
    """Return how a version stands beside the others since it got traffic: until now, or while both still served."""
    others = [other for other in versions if other.name != arrival.part.name]
    start = arrival.at if arrival.is_first else max(arrival.at, scene.onset)
    return beside(scene, arrival.part, others, Span(start, scene.since.end)) if others else None


def _explains(scene: Scene, arrival: Arrival, versions: Sequence[Part]) -> bool:
    """Return whether the others are better off than before the release by far than the version is worse.

    Where all versions got worse, the difference between them is not what began at the onset.
    """
    own = level_of(scene, arrival.part, scene.after)
    for other in versions:
        if other.name == arrival.part.name:
            continue
        earlier, later = level_of(scene, other, scene.before), level_of(scene, other, scene.after)
        if own is None or not earlier or later is None:
            continue
        risen, gap = max(later / earlier, 1.0), max(own / earlier, 1.0)
        if math.log(risen) > math.log(gap) / 2:
            return False
    return True


def _worse(scene: Scene, arrival: Arrival, standing: Standing, versions: Sequence[Part]) -> tuple[Fact, ...]:
    told = standing.told(_name(arrival.part), _names(versions, arrival.part))
    facts = [Fact(FactKey.VERSION_WORSE, f"{told} at the same time")]
    facts.append(_followed(scene, arrival.at, _name(arrival.part)))
    return tuple(facts)


def _followed(scene: Scene, at: float, name: str) -> Fact:
    since = f"{name} takes traffic since {clock_time(at)}"
    if scene.onset - at <= SOON:
        return Fact(FactKey.VERSION_FOLLOWED, f"{since}, the onset follows")
    return Fact(FactKey.VERSION_EARLIER, f"{since}, {in_words(scene.onset - at)} before the onset")


def _announced(scene: Scene, change: Change) -> Fact:
    words = f"{harmless(change.detail)} at {clock_time(change.at)}"
    soon = scene.onset - change.at <= SOON
    return Fact(FactKey.CONFIGURATION_FOLLOWED if soon else FactKey.VERSION_EARLIER, words)


def _name(part: Part) -> str:
    return harmless(part.name)


def _names(versions: Sequence[Part], arrived: Part) -> str:
    return ", ".join(_name(part) for part in versions if part.name != arrived.name)
