"""Incidents of one model whose cause is known, drawn widely: sizes, loads, noise, what is missing, and coincidences."""

import math
from collections.abc import Callable

import msgspec
import numpy

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Severity
from tests.detect.causes.simulated.drawing import (
    POINTS,
    Drawn,
    add_pods,
    happens,
    healthy,
    log_uniform,
    release,
    step,
    wander,
    worsen,
)
from tests.detect.causes.simulated.pods import serve


def draw(cause: CauseKind, seed: int) -> Drawn:
    """Draw an incident of a cause."""
    random = numpy.random.default_rng([seed, list(CauseKind).index(cause)])
    replicas = max(1, round(log_uniform(random, 1, 16)))
    if cause is CauseKind.UNKNOWN:
        replicas = max(replicas, int(random.integers(4, 12)))
    if cause in (CauseKind.BAD_REPLICA, CauseKind.CAPACITY_LOSS):
        replicas = max(replicas, int(random.integers(2, 9)))
    drawn = healthy(cause, random, replicas)
    _coincidences(drawn)
    _FAULTS[cause](drawn)
    drawn.counters = serve(drawn.pods, drawn.bounds, random)
    return drawn


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
    if happens(random, 0.03):
        drawn.alongside = ("other",)
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
    drawn.alongside = ("other", "another", "third")[: int(random.integers(0, 4))]
    if measured or known:
        latency = 0.02 * steady * (1 + course * log_uniform(random, 3, 40)) if measured and how != "fail" else None
        errors = numpy.clip(0.001 * steady + course * 0.3, 0, 1) if measured and how != "slow" else None
        others = drawn.dependencies[:1] if happens(random, 0.5) else ()
        drawn.dependencies = (*others, ("embeddings-db", latency, errors, known and bool(drawn.alongside)))


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
