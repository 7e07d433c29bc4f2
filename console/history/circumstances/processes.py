"""What happened to the processes of replicas: another configuration, another start."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping

from console.domain.change import Change, ChangeKind
from console.domain.label import harmless
from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.history.circumstances.events import Restarts, restarts
from console.sources.prometheus.replica_queries import HASH, NAMED_BY

LONGEST_HASH = 12
"""Characters of a hash that are shown: as many as tell two apart."""
SECONDS_BETWEEN_STARTS = 1.0
"""The least by which two starts differ: a start is told in fractions of a second that are rounded by some exporters."""

Row = tuple[Mapping[str, str], Series]


def configuration_changes(rows: Iterable[Row]) -> tuple[Change, ...]:
    """Return when the replicas of a model began to run by another configuration, by rows of hashes."""
    by_label: defaultdict[str, dict[str, tuple[float, float]]] = defaultdict(dict)
    for labels, series in rows:
        first = next((instant for instant, _ in series.points()), None)
        last = series.last_seen()
        if first is None or last is None:
            continue
        seen, name = by_label[labels.get(NAMED_BY, "")], labels.get(HASH, "")
        known = seen.get(name, (first, last))
        seen[name] = min(known[0], first), max(known[1], last)
    return tuple(change for seen in by_label.values() for change in _moves(seen))


def _moves(seen: Mapping[str, tuple[float, float]]) -> Iterable[Change]:
    """Yield the first sight of each hash but those that were there first, with the one that was there before."""
    in_order = sorted(seen.items(), key=lambda item: (item[1], item[0]))
    earliest = in_order[0][1][0]
    before = in_order[0][0]
    for name, (first, _) in in_order:
        if first > earliest:
            yield Change(ChangeKind.CONFIGURATION, first, f"configuration {_short(before)} → {_short(name)}")
        before = name


def _short(text: str) -> str:
    return harmless(text, LONGEST_HASH)


def restarts_of_processes(rows: Iterable[tuple[str, Series]], grid: Grid) -> Restarts:
    """Return the restarts of replicas by (name, when its process began) over time."""
    return restarts(((name, _counted(series)) for name, series in rows), grid)


def _counted(series: Series) -> Series:
    """Return how often a process was started anew; several behind one address may tell of themselves in turns."""
    counts, count, known = array("d"), 0.0, NOT_A_NUMBER
    for began in series.values:
        if began == began:
            count += began > known + SECONDS_BETWEEN_STARTS
            known = max(began, known)
        counts.append(count if began == began else NOT_A_NUMBER)
    return Series(series.grid, counts)
