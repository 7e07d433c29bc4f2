"""Series of many kinds with what is wrong in them, drawn anew for each seed: events that a detector should tell."""

from collections.abc import Callable, Iterator, Sequence

import msgspec
import numpy
from numpy.typing import NDArray

Change = Callable[[NDArray[numpy.float64]], NDArray[numpy.float64]]
"""Makes of the points of an event what they were in it."""
DAY = 288
"""Five-minute points."""
_EARLY, _LATE = 24, 144
"""Points before an event begins and after it from which on what is told of it is told right."""


class Labelled(msgspec.Struct, frozen=True):
    """A series at `step` seconds, and the ranges of points in which something is wrong."""

    kind: str
    step: float
    values: NDArray[numpy.float64]
    events: tuple[tuple[int, int], ...] = ()


def labelled(seed: int) -> Iterator[Labelled]:
    """Yield one series of each kind."""
    draws = numpy.random.default_rng(seed)
    points = 14 * DAY
    clock = numpy.arange(points)
    begin = int(draws.integers(7 * DAY, 12 * DAY))
    wave = numpy.sin(2 * numpy.pi * clock / DAY)
    weekday = numpy.where((clock // DAY) % 7 >= 5, 0.65, 1.0)
    wandering = _wandering(draws, points)

    office = 20 + 60.0 * ((clock % DAY >= 108) & (clock % DAY < 216)) + draws.uniform(-3, 3, points)
    morning = begin // DAY * DAY + 108
    yield _with("hours missed", office, morning, 108, lambda part: part * 0 + 20 + draws.uniform(-3, 3, len(part)))
    yield _with("hours too high", office, morning, 108, lambda part: part * 2)
    yield _with("new level", 50 + wandering, begin, points - begin, lambda part: part + 8)
    yield _with("slow drift", 50 + wandering, begin, 600, lambda part: part + numpy.linspace(0, 12, len(part)))
    latency = 45 * numpy.exp(draws.normal(0, 0.03, points))
    yield _with("latency", latency, begin, 8, lambda part: part * 1.5)
    heavy = 45 * numpy.exp(
        draws.normal(0, 0.05, points) + (draws.random(points) < 0.02) * draws.exponential(0.3, points)
    )
    yield _with("latency, heavy tail", heavy, begin, 30, lambda part: part * 1.8)
    requests = draws.poisson(300 * (1 + 0.6 * wave) * weekday).astype(float)
    yield _with("requests trebled", requests, begin, 20, lambda part: part * 2.8)
    yield _with("requests lost", requests, begin, 36, lambda part: part * 0.3)
    bursts = numpy.where(draws.random(points) < 0.05, draws.uniform(0.3, 1, points), 0.0)
    yield _with("bursts, one higher", bursts, begin, 3, lambda part: part * 0 + 3)
    rare = 20 + 20.0 * (draws.random(points) < 0.01)
    crowd = draws.random(points) < 0.12
    yield _with("bursts, more often", rare, begin, 400, lambda part: numpy.where(crowd[: len(part)], 40.0, part))

    yield Labelled("quiet: noise", 300.0, 10 + draws.normal(0, 1, points))
    yield Labelled("quiet: counts", 300.0, draws.poisson(60 * (1 + 0.6 * wave)).astype(float))
    yield Labelled("quiet: nightly job", 300.0, 20 + draws.normal(0, 1, points) + 60.0 * (clock % DAY == 30))
    yield Labelled("quiet: rare counts", 300.0, draws.poisson(0.05, points).astype(float))


def _with(kind: str, values: NDArray[numpy.float64], begin: int, lasts: int, change: Change) -> Labelled:
    changed = values.copy()
    changed[begin : begin + lasts] = change(values[begin : begin + lasts])
    return Labelled(kind, 300.0, changed, ((begin - _EARLY, min(begin + max(lasts, _LATE), len(values))),))


def _wandering(draws: numpy.random.Generator, points: int) -> NDArray[numpy.float64]:
    steps: Sequence[float] = draws.normal(size=points).tolist()
    values, value = [], 0.0
    for step in steps:
        value = 0.8 * value + step
        values.append(value)
    return numpy.array(values)
