"""Versions that served on a grid of five-minute points, as metrics would tell of them."""

import math
from array import array
from collections.abc import Callable, Sequence

from console.domain.objective import Objective
from console.domain.series import Grid, Series
from console.domain.served import MeasuredVersion, ServedPast, Span

NOW = 1_764_168_000.0
HOUR = 3600.0
GRID = Grid.until(NOW, 24 * HOUR, 300.0)
PROMISED = Objective(availability=0.999, latency={"latency_p99": 0.5})


def hours_ago(since: float, until: float) -> Span:
    return NOW - since * HOUR, NOW - until * HOUR


def series(value_at: Callable[[float], float]) -> Series:
    return Series(GRID, array("d", [value_at(GRID.instant(index)) for index in range(GRID.count)]))


def within(*spans: Span, value: float) -> Series:
    """Return a value at the points whose steps lie within some spans, and no data elsewhere."""

    def value_at(instant: float) -> float:
        inside = any(since <= instant - GRID.step and instant <= until for since, until in spans)
        return value if inside else math.nan

    return series(value_at)


def served(name: str, *spans: Span, traffic: float = 20.0, p99: float = 0.2, errors: float = 0.0001) -> MeasuredVersion:
    """Return a version that served evenly within some spans."""
    return MeasuredVersion(
        name,
        within(*spans, value=traffic),
        within(*spans, value=errors),
        {"latency_p99": within(*spans, value=p99)},
    )


def past_of(versions: Sequence[MeasuredVersion], objective: Objective = PROMISED) -> ServedPast:
    return ServedPast(objective, tuple(versions), reach=24 * HOUR, minimum_traffic=0.1, minimum_failed_requests=5.0)
