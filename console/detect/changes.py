"""What changed about a model within the fine grid: versions and replicas."""

from collections.abc import Iterable, Mapping

from console.domain.change import Change, ChangeKind
from console.domain.series import Series
from console.history.view import ModelHistory

_LASTING_POINTS = 2
"""Points for which a new replica count must hold before it is told: one slow scrape is no change."""


def find_changes(history: ModelHistory) -> tuple[Change, ...]:
    """Return the changes of a model on its fine grid, oldest first."""
    versions = new_versions(history.traffic_by_version)
    return in_order([*versions, *count_changes(history.replicas, "replicas")])


def in_order(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return changes, the oldest first."""
    return tuple(sorted(changes, key=lambda change: change.at))


def version_shares(history: ModelHistory) -> dict[str, float]:
    """Return the share (ratio) of the traffic that each named version serves now, largest first; 0 without traffic."""
    now = {version: series.last for version, series in history.traffic_by_version.items() if series.last == series.last}
    total = sum(now.values())
    shares = {version: (value / total if total else 0.0) for version, value in now.items() if version}
    return dict(sorted(shares.items(), key=lambda item: (-item[1], item[0])))


def new_versions(traffic: Mapping[str, Series]) -> list[Change]:
    """Return when versions had their first traffic, but for those that were there first."""
    seen = {
        version: next((instant for instant, value in series.points() if value > 0), None)
        for version, series in traffic.items()
    }
    served = [instant for instant in seen.values() if instant is not None]
    first = min(served, default=0.0)
    return [
        Change(ChangeKind.VERSION, instant, version)
        for version, instant in seen.items()
        if instant is not None and instant > first and version
    ]


def count_changes(counts: Series, what: str) -> list[Change]:
    """Return the changes of a count of replicas that last: `6 → 5 replicas`."""
    if len(set(counts.values)) == 1:
        return []
    found: list[Change] = []
    known: float | None = None
    candidate: float | None = None
    candidate_since, held = 0.0, 0
    for instant, value in counts.points():
        if known is None or value == known:
            known, candidate = value, None
            continue
        if value != candidate:
            candidate, candidate_since, held = value, instant, 0
        held += 1
        if held >= _LASTING_POINTS:
            found.append(Change(ChangeKind.REPLICAS, candidate_since, f"{known:.0f} → {value:.0f} {what}"))
            known, candidate = value, None
    return found
