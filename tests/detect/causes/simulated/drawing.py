"""A model that is well, drawn widely, and what can be done to its pods."""

import math

import msgspec
import numpy

from console.domain.anomaly import Anomaly, CauseKind
from tests.detect.causes.simulated.pods import STEP, Counters, Numbers, Pods

POINTS = 900
"""Points of fifteen seconds that are simulated: three and three quarter hours."""
DAY = 86_400.0
ENDS = 1_790_000_100.0 - 1_790_000_100.0 % 300


class Seen(msgspec.Struct, frozen=True):
    """What can be read of this model."""

    versions: bool
    replicas: bool
    ready: bool
    quantile: bool
    gauges: frozenset[str]
    autoscaler: bool
    season: bool


class Drawn(msgspec.Struct):
    """An incident: its pods, when it begins (a point), what else happens, and what is seen of all this."""

    cause: CauseKind
    random: numpy.random.Generator
    pods: Pods
    bounds: Numbers
    begins: int
    replicas: int
    daily: float
    phase: float
    seen: Seen
    notes: list[str] = []
    ready_lags: int = 0
    notices: bool = True
    gpu: Numbers | None = None
    dependencies: tuple[tuple[str, Numbers | None, Numbers | None, bool], ...] = ()
    logged: tuple[Anomaly, ...] = ()
    alongside: tuple[str, ...] = ()
    counters: Counters | None = None

    def story(self) -> str:
        """Return what happens beside it and what is seen, in words."""
        seen = [name for name in ("versions", "replicas", "ready", "quantile", "season") if getattr(self.seen, name)]
        beside = ", ".join(self.notes) or "nothing else"
        return f"{self.replicas} replicas, {beside}; seen: {', '.join([*seen, *sorted(self.seen.gauges)])}"

    @property
    def times(self) -> Numbers:
        """Return the instants of the points, UTC seconds."""
        return instants()


def instants() -> Numbers:
    """Return the instants of the points, UTC seconds."""
    return (ENDS - STEP * (POINTS - 1) + STEP * numpy.arange(POINTS)).astype(numpy.float64)


def step(begins: int, ramp: int = 1) -> Numbers:
    """Return 0 before a point and 1 from it on, with a ramp of so many points."""
    return numpy.clip((numpy.arange(POINTS) - begins + 1) / max(ramp, 1), 0.0, 1.0)


def log_uniform(random: numpy.random.Generator, low: float, high: float) -> float:
    """Draw a number whose logarithm is uniform."""
    return float(math.exp(random.uniform(math.log(low), math.log(high))))


def happens(random: numpy.random.Generator, chance: float) -> bool:
    """Draw whether something happens."""
    return bool(random.random() < chance)


def wander(random: numpy.random.Generator, shape: tuple[int, ...], scale: float, minutes: float) -> Numbers:
    """Draw autocorrelated noise around 1."""
    kept = math.exp(-STEP / 60 / minutes)
    shocks = random.normal(0, scale * math.sqrt(1 - kept * kept), shape)
    values = numpy.empty(shape)
    values[..., 0] = random.normal(0, scale, shape[:-1])
    for index in range(1, shape[-1]):
        values[..., index] = kept * values[..., index - 1] + shocks[..., index]
    return numpy.exp(values)


def healthy(cause: CauseKind, random: numpy.random.Generator, replicas: int) -> Drawn:
    """Draw a model that is well, to which something will happen."""
    service = log_uniform(random, 0.004, 3.0)
    workers = float(random.choice([1, 2, 4, 8, 16, 32]))
    used = float(random.uniform(0.1, 0.7))
    traffic = used * replicas * workers / service / 1.2
    if traffic > 4000:
        workers, traffic = max(1.0, workers * 4000 / traffic), 4000.0
    shape = (replicas, POINTS)
    daily, phase = float(random.uniform(0, 0.5)), float(random.uniform(0, 2 * math.pi))
    times = instants()
    wave = _wave(times, daily, phase) / _wave(times[:1], daily, phase)
    kinds = wander(random, (replicas, 1), float(random.uniform(0, 0.06)), 1.0)
    pods = Pods(
        arrivals=traffic
        * wave
        * wander(random, (POINTS,), float(random.uniform(0.01, 0.12)), log_uniform(random, 0.5, 30)),
        share=numpy.ones(shape) * wander(random, (replicas, 1), float(random.uniform(0, 0.1)), 1.0),
        service=service
        * kinds
        * wander(random, shape, float(random.uniform(0.01, 0.08)), log_uniform(random, 0.5, 20)),
        waits=numpy.full(shape, service * float(random.uniform(0, 0.5))),
        fails=log_uniform(random, 1e-5, 1e-3) * wander(random, shape, 0.3, 5.0),
        workers=numpy.full(replicas, workers),
        versions=["v41"] * replicas,
        nodes=[f"node-{int(random.integers(0, max(2, replicas // 2)))}" for _ in range(replicas)],
        tail=float(random.uniform(2.5, 6.0)),
        timeout=max(1.0, service * log_uniform(random, 20, 200)),
        queue_limit=float(random.choice([4, 16, 64, 256])),
    )
    gauges = frozenset(
        name
        for name, chance in (("concurrency", 0.6), ("queue", 0.5), ("GPU", 0.25), ("CPU", 0.2))
        if happens(random, chance)
    )
    seen = Seen(
        versions=happens(random, 0.85),
        replicas=happens(random, 0.85),
        ready=happens(random, 0.6),
        quantile=happens(random, 0.85),
        gauges=gauges,
        autoscaler=happens(random, 0.3),
        season=happens(random, 0.75),
    )
    return Drawn(
        cause=cause,
        random=random,
        pods=pods,
        bounds=_bounds(random, service),
        begins=int(random.integers(520, 680)),
        replicas=replicas,
        daily=daily,
        phase=phase,
        seen=seen,
    )


def _wave(times: Numbers, daily: float, phase: float) -> Numbers:
    return 1.0 + daily * numpy.cos(2 * math.pi * times / DAY + phase)


def _bounds(random: numpy.random.Generator, service: float) -> Numbers:
    if happens(random, 0.5):
        return numpy.array([0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120.0])
    return numpy.geomspace(service / 10, service * 100, int(random.integers(10, 24)))


def add_pods(drawn: Drawn, count: int, version: str, share: Numbers) -> range:
    """Add pods that are like the first ones, with a weight over time."""
    pods, random = drawn.pods, drawn.random
    like = random.integers(0, drawn.replicas, count)
    first = len(pods.versions)
    pods.share = numpy.concatenate([pods.share, numpy.repeat(share[None], count, axis=0)])
    for name in ("service", "waits", "fails"):
        values = getattr(pods, name)
        setattr(pods, name, numpy.concatenate([values, values[like]]))
    pods.workers = numpy.concatenate([pods.workers, pods.workers[like]])
    pods.versions += [version] * count
    pods.nodes += [f"node-{int(random.integers(0, 9))}" for _ in range(count)]
    return range(first, first + count)


def release(drawn: Drawn, version: str, at: int) -> range:
    """Release a version: as a canary, at once, or pod by pod; return its pods."""
    pods, random, old = drawn.pods, drawn.random, range(len(drawn.pods.versions))
    style = random.choice(["canary", "switch", "rolling"])
    if style == "canary":
        portion = float(random.choice([0.05, 0.1, 0.2, 0.5]))
        count = max(1, round(portion / (1 - portion) * drawn.replicas))
        weight = portion / (1 - portion) * drawn.replicas / count
        return add_pods(drawn, count, version, weight * step(at))
    new = add_pods(drawn, drawn.replicas, version, step(at))
    spread = 1 if style == "switch" else int(random.integers(8, 40))
    alive = pods.share[: drawn.replicas].max(axis=1) > 0
    for index in range(drawn.replicas):
        moment = at + round(spread * index / max(1, drawn.replicas))
        pods.share[new[index]] = step(moment) * alive[index]
        pods.share[old[index]] = pods.share[old[index]] * (1 - step(moment + int(random.integers(0, 4))))
    return new


def worsen(drawn: Drawn, pods: list[int], course: Numbers) -> None:
    """Make pods slower, or failing, or both, along a course from 0 to 1."""
    random = drawn.random
    how = random.choice(["slow", "slow", "fail", "both"])
    if how != "fail":
        drawn.pods.service[pods] = drawn.pods.service[pods] * (1 + course * (log_uniform(random, 2.0, 10.0) - 1))
    if how != "slow":
        drawn.pods.fails[pods] = numpy.maximum(drawn.pods.fails[pods], course * log_uniform(random, 0.03, 1.0))
