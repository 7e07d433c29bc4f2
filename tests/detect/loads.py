"""Pasts whose loads and latencies are known: a day's swing through the waiting times of M/M/c."""

import math
from array import array
from collections.abc import Callable

import numpy

from console.domain.load_curve import LoadPast
from console.domain.series import Grid, Series

DAY = 86_400.0
SERVERS, RATE = 4, 10.0
"""Workers of a replica, and requests per second that one of them serves: 40/s are the most."""


def waiting(load: float, servers: int = SERVERS, rate: float = RATE) -> float:
    """Return the mean time in the system (seconds) of M/M/c at a load (1/s), by Erlang C (Kleinrock 1975, 3.5)."""
    offered = load / rate
    if offered >= servers:
        return math.inf
    below = sum(offered**k / math.factorial(k) for k in range(servers))
    queue = offered**servers / (math.factorial(servers) * (1 - offered / servers))
    return queue / (below + queue) / (servers * rate - load) + 1 / rate


def load_at(latency: float) -> float:
    """Return the load (1/s) of one replica at which M/M/c takes so long (seconds), by bisection."""
    low, high = 0.0, SERVERS * RATE
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if waiting(middle) < latency else (low, middle)
    return low


def past(
    load: Callable[[float], float], *, days: float = 7.0, replicas: int = 4, noise: float = 0.1, seed: int = 1
) -> LoadPast:
    """Return a past whose replicas carry `load` of the share of a day that has passed (0 to 1), with noise."""
    grid = Grid(0.0, 300.0, int(days * DAY / 300.0))
    random = numpy.random.default_rng(seed)
    loads = [load(grid.instant(index) / DAY % 1.0) for index in range(grid.count)]
    latencies = [waiting(each) * float(numpy.exp(noise * random.standard_normal())) for each in loads]
    return LoadPast(
        "latency_mean",
        traffic=Series(grid, array("d", [each * replicas for each in loads])),
        replicas=Series(grid, array("d", [float(replicas)] * grid.count)),
        latency=Series(grid, array("d", latencies)),
    )


def swing(low: float, high: float) -> Callable[[float], float]:
    """Return the load of a day that swings between two values (1/s)."""
    return lambda share: (low + high) / 2 - (high - low) / 2 * math.cos(2 * math.pi * share)
