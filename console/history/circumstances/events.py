"""What happened to a workload, read off series: restarts of its containers, and rollouts."""

import math
from array import array
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from console.domain.change import Change, ChangeKind
from console.domain.label import harmless
from console.domain.series import NOT_A_NUMBER, Grid, Series

ONE_STORY = 600.0
"""Seconds within which restarts are told as one change: a container that crashes again and again waits five minutes."""


class Restarts(msgspec.Struct, frozen=True):
    """Restarts since the start of a grid, added up over containers, and the changes that they are."""

    series: Series | None = None
    changes: tuple[Change, ...] = ()


def restarts(counters: Iterable[tuple[str, Series]], grid: Grid) -> Restarts:
    """Return the restarts of containers by the pods (raw names) that they are in and their counters.

    What a container counts when it is seen for the first time happened before, unless others were seen earlier: then
    its pod is a new one.
    """
    rows = [(pod, list(series.points())) for pod, series in counters]
    earliest = min((points[0][0] for _, points in rows if points), default=None)
    if earliest is None:
        return Restarts()
    events = sorted(event for pod, points in rows if points for event in _growth(pod, points, earliest, grid.step))
    values, total = array("d"), 0.0
    pending = iter([*events, (math.inf, "", 0.0)])
    at, _, count = next(pending)
    for index in range(grid.count):
        instant = grid.instant(index)
        while at <= instant:
            total += count
            at, _, count = next(pending)
        values.append(total if instant >= earliest else NOT_A_NUMBER)
    return Restarts(Series(grid, values), tuple(map(_restarted, _stories(events))))


_Event = tuple[float, str, float]
"""When (UTC seconds), the pod, and how many restarts."""


def _growth(pod: str, points: Sequence[tuple[float, float]], earliest: float, step: float) -> Iterable[_Event]:
    known = points[0][1] if points[0][0] <= earliest + step else 0.0
    for at, value in points:
        grown = value - known if value >= known else value
        known = value
        if grown > 0:
            yield at, pod, grown


def _stories(events: Sequence[_Event]) -> list[list[_Event]]:
    stories: list[list[_Event]] = []
    for event in events:
        if stories and event[0] - stories[-1][-1][0] <= ONE_STORY:
            stories[-1].append(event)
        else:
            stories.append([event])
    return stories


def _restarted(story: Sequence[_Event]) -> Change:
    pods = sorted({pod for _, pod, _ in story})
    count = sum(grown for _, _, grown in story)
    who = harmless(pods[0]) if len(pods) == 1 else f"{len(pods)} pods"
    often = "" if count == len(pods) else f" {count:.0f} times" if len(pods) == 1 else f", {count:.0f} times in all"
    return Change(ChangeKind.RESTART, story[0][0], f"{who} restarted{often}")


def rollouts(replicas_of_sets: Mapping[str, Series], workload: str) -> tuple[Change, ...]:
    """Return the rollouts of a workload by the wanted replicas of each of its ReplicaSets, or its revisions' rows.

    One begins when a set that had none is to have replicas while another one has some.
    """
    found = []
    for name, series in replicas_of_sets.items():
        others = [other.values for key, other in replicas_of_sets.items() if key != name]
        for index in range(1, series.grid.count):
            begins = series.values[index] > 0 and not series.values[index - 1] > 0
            if begins and any(values[index - 1] > 0 for values in others):
                at = series.grid.instant(index)
                found.append(Change(ChangeKind.ROLLOUT, at, f"rollout of {harmless(workload)} to {harmless(name)}"))
    return tuple(sorted(found, key=lambda change: change.at))
