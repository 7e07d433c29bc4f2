"""Which resources of a model are full or nearly so, and whether requests wait in a queue."""

from collections.abc import Iterable, Mapping

from console.domain.signal import KV_CACHE, QUEUE, SATURATION, Reading, State

NEAR_LIMIT = 0.8
"""A ratio of its limit from which a resource makes requests wait for each other: M/M/1 waits four services there."""
_LONG_QUEUE = 2.0
"""How many times its usual length a queue must have."""
_CURRENT = frozenset({State.OK, State.PARTIAL})
RESOURCES = (SATURATION, KV_CACHE)
"""Signals that are ratios of a limit."""


def is_near_limit(used: float | None) -> bool:
    """Return whether a resource of which this ratio is used has no room left; unknown is no."""
    return used is not None and used >= NEAR_LIMIT


def is_queueing(waiting: float | None, usual: float | None) -> bool:
    """Return whether more requests wait than usually do; unknown is no."""
    return waiting is not None and waiting >= 1 and waiting > _LONG_QUEUE * (usual or 0.0)


def at_limit(readings: Mapping[str, Reading]) -> frozenset[str]:
    """Return the names of the signals of a model that are at their limit now; what is not current tells nothing."""
    return frozenset(_names(readings))


def _names(readings: Mapping[str, Reading]) -> Iterable[str]:
    for signal in RESOURCES:
        reading = readings.get(signal.name)
        if reading is not None and reading.state in _CURRENT and is_near_limit(reading.value):
            yield signal.name
    queue = readings.get(QUEUE.name)
    if queue is not None and queue.state in _CURRENT and is_queueing(queue.value, queue.expected):
        yield QUEUE.name
