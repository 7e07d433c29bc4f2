"""Pods that serve requests, as a queueing model has them, and what Prometheus would tell of any group of them.

Made for the calibration of causes alone: a thousand incidents in a minute, no server. Counts are drawn, so that small
models are as noisy as real ones; rates are over five minutes and pods that ended are gone from them at once.
"""

import math
from array import array
from collections.abc import Sequence

import msgspec
import numpy
from numpy.typing import NDArray

from console.domain.series import Grid, Series

Numbers = NDArray[numpy.float64]

STEP = 15.0
WINDOW_STEPS = 20
"""Steps of a rate window: five minutes."""
STEADY = 0.98
"""Above this utilisation a queue has no steady state and is followed as a backlog."""


class Pods(msgspec.Struct):
    """Pods over time: arrays have shape (pods, points), seconds and ratios.

    `share` weighs how much of the traffic a pod gets, 0 where it does not serve; `busy` is the part of `service` in
    which it computes, `waits` what it waits for others, `workers` how many requests it serves at once.
    """

    arrivals: Numbers
    """Requests per second of the whole model, shape (points,)."""
    share: Numbers
    service: Numbers
    waits: Numbers
    fails: Numbers
    workers: Numbers
    versions: list[str]
    nodes: list[str]
    tail: float
    timeout: float
    queue_limit: float


class Counters(msgspec.Struct):
    """What pods counted in each step, shape (pods, points), and their gauges; `buckets` are not cumulative."""

    requests: Numbers
    failed: Numbers
    seconds: Numbers
    buckets: NDArray[numpy.float64]
    bounds: Numbers
    serves: NDArray[numpy.bool_]
    concurrency: Numbers
    computing: Numbers
    queue: Numbers


def serve(pods: Pods, bounds: Numbers, random: numpy.random.Generator) -> Counters:
    """Let the traffic pass through the pods and count it."""
    serves = pods.share > 0
    weights = pods.share / numpy.maximum(pods.share.sum(axis=0), 1e-12)
    requests = random.poisson(pods.arrivals * weights * STEP).astype(float)
    rate = requests / STEP
    holds = pods.service + pods.waits
    capacity = pods.workers[:, None] / holds
    backlog, rejected = _backlogs(pods.arrivals * weights - capacity, pods.queue_limit * pods.workers)
    used = numpy.minimum(rate / capacity, STEADY)
    exponent = numpy.sqrt(2.0 * (pods.workers[:, None] + 1.0)) - 1.0
    stretch = 1.0 + used**exponent / (pods.workers[:, None] * (1.0 - used))
    delay = backlog / capacity
    median = holds * stretch
    late = 1.0 - _within(pods.timeout, delay, median, pods.tail)
    turned_away = numpy.minimum(rejected / numpy.maximum(rate, 1e-9), 1.0)
    failing = 1.0 - (1.0 - numpy.clip(pods.fails, 0, 1)) * (1.0 - late) * (1.0 - turned_away)
    failed = random.binomial(requests.astype(int), numpy.clip(failing, 0, 1)).astype(float)
    spread = math.pi / pods.tail / math.sin(math.pi / pods.tail)
    mean = numpy.minimum(delay + median * spread, pods.timeout)
    noise = numpy.exp(random.normal(0, 0.6, requests.shape) / numpy.sqrt(numpy.maximum(requests, 1.0)))
    below = numpy.stack([_within(bound, delay, median, pods.tail) for bound in bounds], axis=-1)
    parts = numpy.diff(below, prepend=0.0, append=1.0, axis=-1)
    buckets = random.poisson(numpy.maximum(parts, 0.0) * requests[..., None]).astype(float)
    at_work = numpy.minimum(rate * holds * spread / pods.workers[:, None], 1.0)
    return Counters(
        requests=requests,
        failed=failed,
        seconds=requests * mean * noise,
        buckets=buckets,
        bounds=bounds,
        serves=serves,
        concurrency=numpy.where(backlog > 0, 1.0, at_work),
        computing=at_work * pods.service / holds,
        queue=backlog + rate * holds * (stretch - 1.0),
    )


def _within(seconds: float, delay: Numbers, median: Numbers, tail: float) -> Numbers:
    scaled = (numpy.maximum(seconds - delay, 0.0) / median) ** tail
    return scaled / (1.0 + scaled)


def _backlogs(surplus: Numbers, limit: Numbers) -> tuple[Numbers, Numbers]:
    backlogs, rejected = numpy.zeros_like(surplus), numpy.zeros_like(surplus)
    backlog = numpy.zeros(len(surplus))
    for index in range(surplus.shape[1]):
        wanted = numpy.maximum(0.0, backlog + surplus[:, index] * STEP)
        backlog = numpy.minimum(wanted, limit)
        backlogs[:, index] = backlog
        rejected[:, index] = (wanted - backlog) / STEP
    return backlogs, rejected


class Told(msgspec.Struct, frozen=True):
    """What Prometheus tells of a group of pods on a grid: shape (points,), NaN where nothing is told."""

    traffic: Numbers
    error_ratio: Numbers
    mean: Numbers
    high: Numbers


def told_of(counters: Counters, members: Sequence[int], quantile: float = 0.99) -> Told:
    """Return rates over five minutes, ratios, means and a quantile of some pods together."""
    chosen = list(members)
    alive = counters.serves[chosen]
    requests = _windowed(counters.requests[chosen], alive)
    failed = _windowed(counters.failed[chosen], alive)
    seconds = _windowed(counters.seconds[chosen], alive)
    buckets = _windowed(counters.buckets[chosen], alive)
    anyone = alive.any(axis=0)
    with numpy.errstate(divide="ignore", invalid="ignore"):
        traffic = numpy.where(anyone, requests / (WINDOW_STEPS * STEP), math.nan)
        ratio = numpy.where(requests > 0, failed / requests, math.nan)
        mean = numpy.where(requests > 0, seconds / requests, math.nan)
    return Told(traffic, ratio, mean, _quantile(buckets.T, counters.bounds, quantile))


def _windowed(values: Numbers, alive: NDArray[numpy.bool_]) -> Numbers:
    """Return the sum over the window of the pods that are alive at its end, shape (points, ...)."""
    padded = numpy.concatenate([numpy.repeat(values[:, :1], WINDOW_STEPS, axis=1), values], axis=1)
    sums = numpy.cumsum(padded, axis=1)
    of_window = sums[:, WINDOW_STEPS:] - sums[:, :-WINDOW_STEPS]
    summed: Numbers = (of_window * alive.reshape(*alive.shape, *[1] * (values.ndim - 2))).sum(axis=0)
    return summed


def _quantile(buckets: Numbers, bounds: Numbers, quantile: float) -> Numbers:
    """Return what `histogram_quantile` answers for buckets of shape (bounds + 1, points)."""
    cumulative = numpy.cumsum(buckets, axis=0)
    total = cumulative[-1]
    wanted = quantile * total
    index = (cumulative < wanted).sum(axis=0)
    inside = numpy.minimum(index, len(bounds) - 1)
    points = numpy.arange(buckets.shape[1])
    lower = numpy.where(inside > 0, bounds[inside - 1], 0.0)
    before = numpy.where(inside > 0, cumulative[inside - 1, points], 0.0)
    within = numpy.maximum(buckets[inside, points], 1e-12)
    value = lower + (bounds[inside] - lower) * (wanted - before) / within
    return numpy.where(total > 0, numpy.where(index >= len(bounds), bounds[-1], value), math.nan)


def as_series(grid: Grid, values: Numbers) -> Series:
    """Return the last values as a series on a grid of the same step."""
    return Series(grid, array("d", values[-grid.count :]))
