"""What changed around the onset of a model's anomalies, by all that was read of its circumstances."""

from collections.abc import Iterable
from statistics import median

from console.detect.changes import count_changes, in_order, new_versions
from console.domain.change import Change, ChangeKind
from console.domain.circumstances import Circumstances, Part
from console.domain.quantity import times
from console.domain.series import Series

_LASTING_SECONDS = 120.0
"""For how long traffic must be another before it is told."""
_OTHER_TRAFFIC = 1.5
"""The factor from which on traffic is told to have changed: within it the hours of a day differ."""
_ONE_CHANGE = 300.0
"""Seconds within which two sources that tell the same change differ: the window of rates."""


def changes_around(read: Circumstances) -> tuple[Change, ...]:
    """Return the changes that the series around an onset tell, and those that were read with them, oldest first."""
    capacity = read.capacity
    traffic = {part.name: part.traffic for part in read.versions if part.traffic is not None}
    found = [*read.changes, *new_versions(traffic)]
    if capacity.ready is not None:
        found += count_changes(capacity.ready, "replicas")
    if capacity.wanted is not None:
        found += count_changes(capacity.wanted, "wanted replicas")
    found += _at_the_maximum(capacity.autoscaler_wants, capacity.autoscaler_most)
    found += _other_traffic(read.versions or read.replicas, read.onset)
    return in_order(found)


def merged(known: Iterable[Change], further: Iterable[Change], step: float) -> tuple[Change, ...]:
    """Return changes with those that none of them tells already, oldest first.

    `step` (seconds) is that of the coarser grid: no two tell a change more closely.

    A version comes once: where two sources saw it first at different times, the earlier one is right.
    """
    changes, apart = list(known), max(step, _ONE_CHANGE)
    for change in further:
        alike = [other for other in changes if (other.kind, other.detail) == (change.kind, change.detail)]
        if change.kind is ChangeKind.VERSION and alike:
            if change.at < alike[0].at - apart:
                changes[changes.index(alike[0])] = change
        elif all(abs(other.at - change.at) > apart for other in alike):
            changes.append(change)
    return in_order(changes)


def _at_the_maximum(wants: Series | None, most: float | None) -> list[Change]:
    """Return each time at which the autoscaler began to want as many replicas as it may have."""
    if wants is None or most is None:
        return []
    found, was_there = [], False
    for instant, value in wants.points():
        is_there = value >= most
        if is_there and not was_there:
            found.append(Change(ChangeKind.AUTOSCALER, instant, f"autoscaler at its maximum of {most:.0f} replicas"))
        was_there = is_there
    return found


def _other_traffic(parts: Iterable[Part], onset: float) -> list[Change]:
    """Return when the traffic of all parts together left what it was before an onset, if it is another until now."""
    points: dict[float, float] = {}
    for part in parts:
        for instant, value in part.traffic.points() if part.traffic is not None else ():
            points[instant] = points.get(instant, 0.0) + value
    before = [value for instant, value in points.items() if instant < onset - _ONE_CHANGE]
    usual = median(before) if before else 0.0
    if usual <= 0:
        return []
    run: list[tuple[float, float]] = []
    for instant in sorted(points):
        factor = points[instant] / usual
        is_usual = 1 / _OTHER_TRAFFIC < factor < _OTHER_TRAFFIC
        if is_usual:
            run.clear()
        else:
            run.append((instant, factor))
    if not run or run[-1][0] - run[0][0] < _LASTING_SECONDS:
        return []
    return [Change(ChangeKind.TRAFFIC, run[0][0], f"traffic {times(median(factor for _, factor in run))} what it was")]
