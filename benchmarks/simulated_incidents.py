"""Incidents of one model whose cause is known, drawn widely: sizes, loads, noise, what is missing, and coincidences."""

import math
from collections.abc import Callable

import msgspec
import numpy
from simulated_pods import STEP, Counters, Numbers, Pods, serve

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Severity

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
    begins: int
    replicas: int
    daily: float
    phase: float
    seen: Seen
    notes: list[str]
    ready_lags: int = 0
    notices: bool = True
    gpu: Numbers | None = None
    dependencies: tuple[tuple[str, Numbers | None, Numbers | None, bool], ...] = ()
    logged: tuple[Anomaly, ...] = ()
    alongside: bool = False
    counters: Counters | None = None

    def story(self) -> str:
        """Return what happens beside it and what is seen, in words."""
        seen = [name for name in ("versions", "replicas", "ready", "quantile", "season") if getattr(self.seen, name)]
        beside = ", ".join(self.notes) or "nothing else"
        return f"{self.replicas} replicas, {beside}; seen: {', '.join([*seen, *sorted(self.seen.gauges)])}"

    @property
    def times(self) -> Numbers:
        """Return the instants of the points, UTC seconds."""
        return ENDS - STEP * (POINTS - 1) + STEP * numpy.arange(POINTS)


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


def draw(cause: CauseKind, seed: int) -> Drawn:
    """Draw an incident of a cause."""
    random = numpy.random.default_rng([seed, list(CauseKind).index(cause)])
    replicas = max(1, round(log_uniform(random, 1, 16)))
    if cause is CauseKind.UNKNOWN:
        replicas = max(replicas, int(random.integers(4, 12)))
    if cause is CauseKind.BAD_REPLICA or (cause is CauseKind.CAPACITY_LOSS and replicas == 1):
        replicas = max(replicas, int(random.integers(2, 9)))
    service = log_uniform(random, 0.004, 3.0)
    workers = float(random.choice([1, 2, 4, 8, 16, 32]))
    used = float(random.uniform(0.1, 0.7))
    traffic = used * replicas * workers / service / 1.2
    if traffic > 4000:
        workers, traffic = max(1.0, workers * 4000 / traffic), 4000.0
    shape = (replicas, POINTS)
    daily, phase = float(random.uniform(0, 0.5)), float(random.uniform(0, 2 * math.pi))
    times = ENDS - STEP * (POINTS - 1) + STEP * numpy.arange(POINTS)
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
    drawn = Drawn(cause, random, pods, int(random.integers(520, 680)), replicas, daily, phase, seen, [])
    _COINCIDENCES(drawn)
    _FAULTS[cause](drawn)
    drawn.counters = serve(drawn.pods, _bounds(random, service), random)
    return drawn


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


def _coincidences(drawn: Drawn) -> None:
    random, begins = drawn.random, drawn.begins
    if happens(random, 0.2):
        release(drawn, "v42", begins - int(random.integers(4, 140)))
        drawn.notes.append("benign release")
    if happens(random, 0.15) and drawn.replicas >= 3:
        drawn.pods.arrivals = drawn.pods.arrivals * (
            1 + random.uniform(-0.25, 0.15) * step(begins - int(random.integers(0, 120)), 8)
        )
        drawn.notes.append("traffic moves")
    if happens(random, 0.1) and drawn.replicas >= 4:
        pod, at = int(random.integers(0, drawn.replicas)), begins - int(random.integers(20, 200))
        drawn.pods.share[pod, at : at + int(random.integers(3, 8))] = 0.0
        drawn.notes.append("one restart")
    if happens(random, 0.35):
        names = ["feature-store", "postgres"][: int(random.integers(1, 3))]
        steady = 0.02 * wander(random, (POINTS,), 0.1, 5.0)
        drawn.dependencies = tuple(
            (name, steady if happens(random, 0.5) else None, None, happens(random, 0.03)) for name in names
        )
    drawn.alongside = happens(random, 0.03)
    if happens(random, 0.03):
        drawn.logged = (_broken_inputs(drawn, begins - int(random.integers(0, 240))),)
        drawn.notes.append("broken inputs")


def _broken_inputs(drawn: Drawn, at: int) -> Anomaly:
    hour = math.floor(drawn.times[at] / 3600) * 3600.0
    cause = Cause(CauseKind.UPSTREAM_DATA, 0.8, "no version changed when it began")
    told = "`age` null in 62 % of rows, expected 1 %"
    return Anomaly(
        "m/data_quality", AnomalyKind.DATA_QUALITY, "data_quality", Severity.CRITICAL, hour, told, causes=(cause,)
    )


def _new_version(drawn: Drawn) -> None:
    random = drawn.random
    new = release(drawn, "v43", drawn.begins)
    worsen(drawn, list(new), numpy.ones(POINTS))
    if happens(random, 0.1):
        drawn.pods.arrivals = drawn.pods.arrivals * (1 + 0.2 * step(drawn.begins))


def worsen(drawn: Drawn, pods: list[int], course: Numbers) -> None:
    """Make pods slower, or failing, or both, along a course from 0 to 1."""
    random = drawn.random
    how = random.choice(["slow", "slow", "fail", "both"])
    if how != "fail":
        drawn.pods.service[pods] = drawn.pods.service[pods] * (1 + course * (log_uniform(random, 2.0, 10.0) - 1))
    if how != "slow":
        drawn.pods.fails[pods] = numpy.maximum(drawn.pods.fails[pods], course * log_uniform(random, 0.03, 1.0))


def _surge(drawn: Drawn) -> None:
    random, begins = drawn.random, drawn.begins
    used = _used(drawn)
    factor = max(1.4, float(random.uniform(0.95, 1.8)) / used) if used < 0.75 else float(random.uniform(1.4, 2.5))
    ramp = int(random.choice([1, 4, 12, 40, 80]))
    drawn.pods.arrivals = drawn.pods.arrivals * (1 + (factor - 1) * step(begins - ramp // 2, ramp))
    if happens(random, 0.4):
        add_pods(drawn, max(1, drawn.replicas // 2), _running(drawn), step(begins + int(random.integers(12, 60))))
        drawn.notes.append("scaled out")
    if happens(random, 0.25) and drawn.replicas >= 2 and used * factor > 1:
        pod, at = int(random.integers(0, drawn.replicas)), begins + int(random.integers(12, 60))
        drawn.pods.share[pod, at : at + 12] = 0.0
        drawn.notes.append("killed under load")


def _running(drawn: Drawn) -> str:
    return drawn.pods.versions[int(numpy.argmax(drawn.pods.share[:, drawn.begins]))]


def _used(drawn: Drawn) -> float:
    pods, at = drawn.pods, drawn.begins
    alive = pods.share[:, at] > 0
    capacity = (pods.workers / (pods.service[:, at] + pods.waits[:, at]))[alive].sum()
    return float(pods.arrivals[at] * 1.2 / capacity)


def _loss(drawn: Drawn) -> None:
    random, begins = drawn.random, drawn.begins
    alive = numpy.flatnonzero(drawn.pods.share[:, begins] > 0)
    used = _used(drawn)
    least = math.ceil(len(alive) * max(0.0, 1 - used / float(random.uniform(0.95, 1.5))))
    lost = min(max(1, least), max(1, len(alive) - 1))
    for pod in random.permutation(alive)[:lost]:
        drawn.pods.share[pod] = drawn.pods.share[pod] * (1 - step(begins + int(random.integers(0, 3))))
    drawn.ready_lags = int(random.integers(0, 5))
    drawn.notices = happens(random, 0.75)


def _bad_replica(drawn: Drawn) -> None:
    random, begins = drawn.random, drawn.begins
    alive = numpy.flatnonzero(drawn.pods.share[:, begins + 60] > 0)
    count = 1 if len(alive) < 6 else int(random.integers(1, max(2, len(alive) // 5 + 1)))
    chosen = random.permutation(alive)[:count].tolist()
    worsen(drawn, chosen, step(begins, int(random.choice([1, 1, 8]))))
    if happens(random, 0.5):
        for pod in chosen:
            drawn.pods.nodes[pod] = "node-bad"


def _saturation(drawn: Drawn) -> None:
    random, begins = drawn.random, drawn.begins
    course = step(begins, int(random.choice([1, 8, 40])))
    factor = max(1.5, float(random.uniform(0.95, 1.6)) / _used(drawn))
    drawn.pods.service = drawn.pods.service * (1 + (factor - 1) * course)
    own = drawn.seen.gauges | {str(random.choice(["GPU", "CPU", "KV cache"]))}
    drawn.seen = msgspec.structs.replace(
        drawn.seen, gauges=own if happens(random, 0.8) else drawn.seen.gauges | {"concurrency"}
    )
    level = float(random.uniform(0.3, 0.8))
    drawn.gpu = numpy.minimum(1.0, level + course * (float(random.uniform(0.94, 1.0)) - level)) * wander(
        random, (POINTS,), 0.01, 3
    )


def _dependency(drawn: Drawn) -> None:
    random, begins = drawn.random, drawn.begins
    course = step(begins, int(random.choice([1, 1, 8, 40])))
    how = random.choice(["slow", "slow", "fail", "both"])
    usual = float(drawn.pods.service.mean())
    if how != "fail":
        drawn.pods.waits = drawn.pods.waits + usual * log_uniform(random, 2, 12) * course
    if how != "slow":
        drawn.pods.fails = numpy.maximum(drawn.pods.fails, course * log_uniform(random, 0.03, 1.0))
    steady = wander(random, (POINTS,), 0.1, 5.0)
    measured, known = happens(random, 0.4), happens(random, 0.4)
    drawn.alongside = happens(random, 0.8)
    if measured or known:
        latency = 0.02 * steady * (1 + course * log_uniform(random, 3, 40)) if measured and how != "fail" else None
        errors = numpy.clip(0.001 * steady + course * 0.3, 0, 1) if measured and how != "slow" else None
        others = drawn.dependencies[:1] if happens(random, 0.5) else ()
        drawn.dependencies = (*others, ("embeddings-db", latency, errors, known and drawn.alongside))


def _upstream(drawn: Drawn) -> None:
    random = drawn.random
    drawn.pods.fails = numpy.maximum(drawn.pods.fails, step(drawn.begins, 4) * log_uniform(random, 0.03, 0.8))
    if happens(random, 0.9):
        drawn.logged = (_broken_inputs(drawn, drawn.begins),)


def _unexplained(drawn: Drawn) -> None:
    random = drawn.random
    alive = numpy.flatnonzero(drawn.pods.share[:, drawn.begins + 60] > 0)
    half = random.permutation(alive)[: max(1, round(len(alive) * float(random.uniform(0.4, 0.6))))].tolist()
    chosen = half if happens(random, 0.3) else alive.tolist()
    course = step(drawn.begins, int(random.choice([1, 8])))
    if happens(random, 0.3):
        drawn.pods.fails[chosen] = numpy.maximum(drawn.pods.fails[chosen], course * log_uniform(random, 0.03, 1.0))
    else:
        drawn.pods.waits[chosen] += drawn.pods.service[chosen] * log_uniform(random, 1, 6) * course


_COINCIDENCES = _coincidences
_FAULTS: dict[CauseKind, Callable[[Drawn], None]] = {
    CauseKind.NEW_VERSION: _new_version,
    CauseKind.TRAFFIC_SURGE: _surge,
    CauseKind.CAPACITY_LOSS: _loss,
    CauseKind.BAD_REPLICA: _bad_replica,
    CauseKind.SATURATION: _saturation,
    CauseKind.DEPENDENCY: _dependency,
    CauseKind.UPSTREAM_DATA: _upstream,
    CauseKind.UNKNOWN: _unexplained,
}
