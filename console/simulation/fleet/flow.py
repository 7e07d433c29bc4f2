"""What passes through a group of equal replicas: arrivals in, answers, rejections, waits and latencies out."""

import math

import msgspec
import numpy as np

from console.simulation.fleet.noise import Floats
from console.simulation.fleet.profile import Profile

STATIONARY_UTILISATION = 0.98
"""Above this a queue has no steady state worth speaking of: it grows and is followed as a backlog."""
REJECTION_SECONDS = 0.001


class Bounds(msgspec.Struct, frozen=True):
    """Upper bounds (seconds, ascending) of the buckets in which whole latencies and first tokens are counted."""

    latency: tuple[float, ...] = ()
    first_token: tuple[float, ...] = ()


class Flow(msgspec.Struct, frozen=True):
    """Rates per second and gauges of a whole group at T instants; each array has shape (T,) unless said otherwise.

    `latency` and `first_token` have shape (T, bounds + 1): requests per second that took at most each bound, then all.
    `queued_seconds` are seconds spent waiting, per second.
    """

    succeeded: Floats
    failed: Floats
    rejected: Floats
    timed_out: Floats
    latency: Floats
    latency_seconds: Floats
    queued_seconds: Floats
    first_token: Floats
    first_token_seconds: Floats
    utilisation: Floats
    waiting: Floats
    backlog: float
    """Requests that wait at the end of the last instant's step."""


def mean_wait(utilisation: Floats, workers: int) -> Floats:
    """Return the mean wait in an M/M/c queue, in service times.

    Sakasegawa's approximation ("An approximation formula L_q ≈ α·ρ^β/(1-ρ)", 1977), as in Hopp and Spearman,
    Factory Physics: ρ^(√(2(c+1)) - 1) / (c (1 - ρ)).
    """
    exponent = math.sqrt(2.0 * (workers + 1)) - 1.0
    return utilisation**exponent / (workers * (1.0 - utilisation))


class Latency(msgspec.Struct, frozen=True):
    """How long requests take (seconds): all wait `delay`, then a log-logistic time; nobody stays beyond `timeout`."""

    delay: Floats
    median: Floats
    tail: float
    timeout: float

    def within(self, seconds: float) -> Floats:
        """Return the ratio of requests that would take at most so many seconds if nobody gave up."""
        scaled = (np.maximum(seconds - self.delay, 0.0) / self.median) ** self.tail
        return scaled / (1.0 + scaled)

    def buckets(self, bounds: tuple[float, ...]) -> Floats:
        """Return the ratio of requests that take at most each bound, and at last 1: shape (T, bounds + 1)."""
        every = np.ones_like(self.delay)
        return np.stack(
            [self.within(bound) if bound < self.timeout else every for bound in (*bounds, math.inf)], axis=1
        )


def follow_backlog(surplus: Floats, steps: Floats, limit: float, start: float) -> tuple[Floats, Floats]:
    """Return the backlog (requests) during each step and the requests per second that found the queue full."""
    backlogs, rejected = np.zeros_like(surplus), np.zeros_like(surplus)
    backlog = start
    for index, (more, seconds) in enumerate(zip(surplus.tolist(), steps.tolist(), strict=True)):
        wanted = max(0.0, backlog + more * seconds)
        backlog = min(wanted, limit)
        backlogs[index] = backlog
        rejected[index] = (wanted - backlog) / seconds
    return backlogs, rejected


def flow(
    profile: Profile,
    arrivals: Floats,
    steps: Floats,
    replicas: int,
    backlog: float,
    failures: Floats,
    bounds: Bounds,
    slowdown: Floats | float = 1.0,
) -> Flow:
    """Let `arrivals` (requests per second, during steps of so many seconds) pass through `replicas` > 0 replicas.

    `backlog` is what waits already; `failures` is the ratio of answers that are errors; each request takes `slowdown`
    times as long as the profile says.
    """
    service_time = profile.mean_service_time * slowdown
    median = profile.service_time * slowdown
    capacity = replicas * profile.workers / service_time
    utilisation = arrivals / capacity
    limit = float(profile.queue_limit * replicas)
    backlogs, rejected = follow_backlog(arrivals - capacity, steps, limit, backlog)
    served = np.maximum(arrivals - rejected, 0.0)
    wait = service_time * mean_wait(np.minimum(utilisation, STATIONARY_UTILISATION), profile.workers)
    delay = backlogs / capacity
    stretch = 1.0 + wait / service_time
    whole = Latency(delay, median * stretch, profile.tail, profile.timeout)
    timed_out = served * (1.0 - whole.within(profile.timeout))
    answered = served - timed_out
    at_rest = profile.tokens.first_token * slowdown if profile.tokens else median
    first_token = Latency(delay, at_rest + wait, profile.tail, profile.timeout)
    return Flow(
        succeeded=answered * (1.0 - failures),
        failed=answered * failures,
        rejected=rejected,
        timed_out=timed_out,
        latency=served[:, None] * whole.buckets(bounds.latency) + rejected[:, None],
        latency_seconds=served * np.minimum(delay + service_time * stretch, profile.timeout)
        + rejected * REJECTION_SECONDS,
        queued_seconds=served * (delay + wait),
        first_token=served[:, None] * first_token.buckets(bounds.first_token),
        first_token_seconds=served * np.minimum(delay + at_rest + wait, profile.timeout),
        utilisation=np.where(backlogs > 0.0, 1.0, np.minimum(utilisation, 1.0)),
        waiting=backlogs + served * wait,
        backlog=float(backlogs[-1]),
    )
