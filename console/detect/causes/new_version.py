"""`new_version`: the onset follows a version that took over traffic, and it is worse than the one beside it."""

from collections.abc import Sequence

import numpy

from console.detect.causes.arrivals import LATE, Arrival, arrivals, first_traffic, is_near, newcomers
from console.detect.causes.beside import Standing, beside, carry_it_alone, serving
from console.detect.causes.finding import Fact, Finding
from console.detect.causes.levels import FEWEST_VALUES, Numbers, Span, median, values_in
from console.detect.causes.scene import Scene
from console.detect.causes.weights import FactKey
from console.domain.anomaly import CauseKind
from console.domain.change import Change, ChangeKind
from console.domain.circumstances import Part
from console.domain.label import harmless
from console.domain.moments import clock_time, in_words
from console.domain.quantity import times

SOON = 900.0
"""Seconds after a release within which an onset follows it: five minutes of rates, and the time a rollout takes."""
OVERLOADED = 1.3
"""The factor over its neighbours from which the load of a version's replicas may be what makes it worse."""
_OF_OURS = frozenset({ChangeKind.VERSION, ChangeKind.ROLLOUT, ChangeKind.CONFIGURATION})


def examine_new_version(scene: Scene) -> Finding:
    """Return what speaks for a release as the cause: the comparison before the mere order of events."""
    versions = serving(scene.circumstances.versions, Span(scene.before.start, scene.since.end))
    arrived = arrivals(scene)
    compared = [
        (one, standing)
        for one in arrived
        if (standing := beside(scene, one.part, _others(one, versions), _together(scene, one))) is not None
    ]
    facts: tuple[Fact, ...] = ()
    for arrival, standing in compared:
        others = _others(arrival, versions)
        if standing.worse and carry_it_alone(scene, [arrival.part], others, _together(scene, arrival)):
            facts = _worse(scene, arrival, standing, others)
    if not facts and compared and all(standing.alike for _, standing in compared):
        arrival, standing = compared[-1]
        told = standing.told(_name(arrival.part), _names(_others(arrival, versions)))
        facts = (Fact(FactKey.VERSION_ALIKE, f"{told}: no worse"),)
    if not facts:
        facts = _order_of_events(scene, arrived, versions)
    return Finding(CauseKind.NEW_VERSION, facts, None if facts else "versions")


def examine_order_of_events(scene: Scene) -> Finding:
    """Return what the mere order of events says of a release as the cause."""
    versions = serving(scene.circumstances.versions, Span(scene.before.start, scene.since.end))
    facts = _order_of_events(scene, arrivals(scene), versions)
    return Finding(CauseKind.NEW_VERSION, facts, None if facts else "versions")


def _order_of_events(scene: Scene, arrived: Sequence[Arrival], versions: Sequence[Part]) -> tuple[Fact, ...]:
    if arrived:
        return (_followed(scene, arrived[-1].at, _name(arrived[-1].part)),)
    announced = announced_change(scene)
    if announced is not None:
        return (_announced(scene, announced),)
    if versions:
        words = f"no version took over traffic within {in_words(LATE)} before"
        return (Fact(FactKey.VERSIONS_UNCHANGED, words),)
    return _new_replicas(scene)


def announced_change(scene: Scene) -> Change | None:
    """Return the newest change of version, rollout or configuration that the onset may follow."""
    near = [change for change in scene.circumstances.changes if change.kind in _OF_OURS and is_near(scene, change.at)]
    return near[-1] if near else None


def _others(arrival: Arrival, versions: Sequence[Part]) -> list[Part]:
    return [other for other in versions if other.name != arrival.part.name]


def _together(scene: Scene, arrival: Arrival) -> Span:
    """Return the span in which a version is compared with the others: since it took over traffic."""
    return Span(arrival.at if arrival.is_first else max(arrival.at, scene.onset), scene.since.end)


def _worse(scene: Scene, arrival: Arrival, standing: Standing, others: Sequence[Part]) -> tuple[Fact, ...]:
    followed = _followed(scene, arrival.at, _name(arrival.part))
    healthy = _healthy_replicas(scene, arrival.part)
    if healthy:
        words = f"{healthy} replicas of {_name(arrival.part)} are no worse than those of the others"
        return Fact(FactKey.VERSION_RUNS_WELL, words), followed
    told = standing.told(_name(arrival.part), _names(others))
    worse = Fact(FactKey.VERSION_WORSE, f"{told} at the same time")
    carried = _load_beside_others(scene, arrival)
    if carried is None or carried < OVERLOADED:
        return worse, followed
    words = f"each of its replicas carries {times(carried)} the load of the others"
    return worse, followed, Fact(FactKey.VERSION_OVERLOADED, words)


def _healthy_replicas(scene: Scene, version: Part) -> int:
    """Return how many replicas of a version are alike those of the others, 0 unless they are most of it."""
    replicas = serving(scene.circumstances.replicas, scene.after)
    own = [part for part in replicas if part.version == version.name]
    others = [part for part in replicas if part.version not in (None, version.name)]
    standings = [standing for part in own if (standing := beside(scene, part, others, scene.after)) is not None]
    healthy = sum(standing.alike or standing.times < 1 for standing in standings)
    return healthy if healthy > len(standings) / 2 else 0


def _load_beside_others(scene: Scene, arrival: Arrival) -> float | None:
    """Return the load of a version's replica over that of another's at the same points, None where that is not known.

    Of replicas that have just come or are about to go, rates tell less than what they carry: both sides need points.
    """
    span = _together(scene, arrival)
    named = [part for part in scene.circumstances.replicas if part.version is not None]
    own = _mean_load([part for part in named if part.version == arrival.part.name], span)
    others = _mean_load([part for part in named if part.version != arrival.part.name], span)
    if own is None or others is None or len(own) != len(others):
        return None
    both = (own > 0) & (others > 0)
    return median(own[both] / others[both]) if both.sum() >= FEWEST_VALUES else None


def _mean_load(replicas: Sequence[Part], span: Span) -> Numbers | None:
    """Return the requests per second of the replicas that serve at each point of a span, 0 where none does."""
    rows = [values_in(part.traffic, span) for part in replicas if part.traffic is not None]
    if not rows or len({len(row) for row in rows}) != 1:
        return None
    asked = numpy.nan_to_num(numpy.stack(rows))
    mean: Numbers = asked.sum(axis=0) / numpy.maximum((asked > 0).sum(axis=0), 1)
    return mean


def _new_replicas(scene: Scene) -> tuple[Fact, ...]:
    """Return what replicas tell of a release where nothing names versions: new ones that are worse than the old."""
    replicas = serving(scene.circumstances.replicas, Span(scene.before.start, scene.since.end))
    new = newcomers(scene, replicas)
    if not new and replicas:
        words = f"none of its {len(replicas)} replicas came within {in_words(LATE)} before"
        return (Fact(FactKey.REPLICAS_OLD, words),)
    if not new:
        return ()
    old = [part for part in replicas if part not in new]
    came = min(at for part in new if (at := first_traffic(part)) is not None)
    together = Span(came, scene.since.end)
    standings = [beside(scene, part, old, together) for part in new] if old else []
    told = [standing for standing in standings if standing is not None]
    if told and all(standing.worse for standing in told) and carry_it_alone(scene, new, old, together):
        words = told[0].told(f"replicas that are new ({len(new)})", f"the {len(old)} that were there before")
        return (Fact(FactKey.NEW_REPLICAS_WORSE, words),)
    still = serving(old, scene.after)
    if not still and old:
        return (Fact(FactKey.REPLICAS_REPLACED, f"all {len(new)} replicas were replaced shortly before the onset"),)
    return ()


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


def _names(parts: Sequence[Part]) -> str:
    return ", ".join(_name(part) for part in parts)
