"""The past of a labelled fleet: what each pod counted and showed, from the arrivals and the pods that were there."""

import math
from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from console.simulation.fleet.dialects import columns_of
from console.simulation.fleet.flow import Bounds, flow
from console.simulation.fleet.ledger import COUNTERS, GAUGES, Counter, Exported, Family, Gauge
from console.simulation.fleet.profile import Profile
from tests.scenarios.courses import Floats, Noise, arrivals, covered, failing, multiplied, slowness, strength
from tests.scenarios.serving import exported_by
from tests.scenarios.world import Life, Quantity, ServedModel, World

Matrix = NDArray[np.float64]
Mask = NDArray[np.bool_]

_SUCCEEDED = COUNTERS.index(Counter.SUCCEEDED)
_FINE_RATIO = 1.6
_RESTART = 12.0
"""Seconds for which a pod that restarts does not serve."""


class PodPast(msgspec.Struct, frozen=True):
    """What a pod said at the instants of the world: counters (T, columns), gauges (T, gauges).

    `answers` is where a scrape got an answer, `known` where Prometheus had it as a target.
    """

    model: ServedModel
    pod: Life
    families: tuple[Family, ...]
    counters: Matrix
    gauges: Matrix
    answers: Mask
    known: Mask


def sample_times(world: World) -> Floats:
    """Return the instants of all samples, ascending: sparse ones, and close ones in the theatres."""
    parts = []
    begins = world.begins
    for theatre in world.theatres:
        parts += [np.arange(begins, theatre.begins, world.far), _close(theatre.begins, theatre.ends, theatre.spacing)]
        begins = theatre.ends + world.far
    return np.concatenate(parts)


def _close(begins: float, ends: float, spacing: float) -> Floats:
    return np.arange(begins, ends + spacing / 2.0, spacing)


def record(world: World, number: int, times: Floats) -> Iterator[PodPast]:
    """Yield the past of each pod of the world's model of this number."""
    model = world.models[number]
    generator = np.random.default_rng((world.seed, number))
    noise = Noise(generator, float(times[0]), float(times[-1]))
    instants, steps = times[:-1], np.diff(times)
    wanted = arrivals(model, noise, instants, steps)
    slow = slowness(model, noise, instants, steps)
    failures = failing(model, noise, instants, steps)
    serving = np.stack([_serving(pod, instants, steps) * pod.weight for pod in model.pods])
    shares = serving / np.maximum(serving.sum(axis=0), 1e-9)
    for pod, share in zip(model.pods, shares, strict=True):
        mine = [effect for effect in model.effects if effect.concerns(pod)]
        added = np.zeros_like(instants)
        for effect in mine:
            if effect.quantity is Quantity.FAILURES:
                added += effect.size * strength(effect, instants, steps)
        rates, bounds = _flow(
            model.profile,
            wanted * share,
            steps,
            np.clip(failures + added, 0.0, 1.0),
            slow * multiplied(mine, Quantity.SLOWDOWN, instants, steps),
        )
        counted = _drawn(generator, model.profile, rates, bounds, steps)
        tokens = counted[:, _SUCCEEDED] * multiplied(mine, Quantity.TOKENS, instants, steps)
        counted = np.concatenate([counted, tokens[:, None]], axis=1)
        answers, known = _seen(model, pod, times)
        yield PodPast(
            model=model,
            pod=pod,
            families=_with_tokens(exported_by(model.serving, model.profile, pod.version), counted.shape[1] - 1),
            counters=_running(generator, counted, steps, pod, times),
            gauges=_shown(generator, model.profile, rates),
            answers=answers,
            known=known,
        )


def _with_tokens(families: tuple[Family, ...], column: int) -> tuple[Family, ...]:
    """Return families whose counters of tokens follow a column of their own: a request may take more than usual."""

    def follows(series: Exported) -> Exported:
        is_tokens = series.source == _SUCCEEDED and "token" in series.name
        return msgspec.structs.replace(series, source=column) if is_tokens else series

    return tuple(msgspec.structs.replace(family, series=tuple(map(follows, family.series))) for family in families)


class _Rates(msgspec.Struct, frozen=True):
    """Rates per second of one pod: `buckets` (T, fine bounds + 1) are not cumulative, `single` are by counter."""

    buckets: Matrix
    first_token: Matrix
    single: dict[Counter, Floats]
    utilisation: Floats
    waiting: Floats


def _flow(profile: Profile, wanted: Floats, steps: Floats, failures: Floats, slowdown: Floats) -> tuple[_Rates, Bounds]:
    """Let the arrivals pass through one pod, its latencies counted in finer buckets than it exports."""
    exported = columns_of(profile).bounds
    bounds = Bounds(
        _finer(exported.latency, profile.service_time / 6.0, profile.timeout),
        _finer(exported.first_token, profile.tokens.first_token / 6.0, profile.timeout) if profile.tokens else (),
    )
    passed = flow(
        profile, wanted, steps, replicas=1, backlog=0.0, failures=failures, bounds=bounds, slowdown=slowdown
    )  # fmt: skip
    single = {counter: getattr(passed, counter) for counter in COUNTERS}
    return (
        _Rates(
            buckets=np.diff(passed.latency, axis=1, prepend=0.0),
            first_token=np.diff(passed.first_token, axis=1, prepend=0.0),
            single=single,
            utilisation=passed.utilisation,
            waiting=passed.waiting,
        ),
        bounds,
    )


def _finer(bounds: tuple[float, ...], least: float, most: float) -> tuple[float, ...]:
    """Return the bounds and others between, so that a sum of latencies can be told from counts."""
    count = max(2, math.ceil(math.log(most / least) / math.log(_FINE_RATIO)))
    return tuple(sorted({*bounds, *np.geomspace(least, most, count).tolist()}))


def _drawn(generator: np.random.Generator, profile: Profile, rates: _Rates, bounds: Bounds, steps: Floats) -> Matrix:
    """Return what is counted in each step, drawn: whole requests, each in one bucket; shape (T, columns)."""
    columns = columns_of(profile)
    buckets = _poisson(generator, rates.buckets * steps[:, None])
    first = _poisson(generator, rates.first_token * steps[:, None])
    total = buckets.sum(axis=1)
    errors = {
        counter: _poisson(generator, rates.single[counter] * steps)
        for counter in (Counter.FAILED, Counter.REJECTED, Counter.TIMED_OUT)
    }
    succeeded = np.maximum(total - sum(errors.values()), 0.0)
    seconds = buckets @ _middles(bounds.latency)
    single = {
        **errors,
        Counter.SUCCEEDED: succeeded,
        Counter.LATENCY_SECONDS: seconds,
        Counter.QUEUED_SECONDS: np.minimum(rates.single[Counter.QUEUED_SECONDS] * steps, seconds),
        Counter.FIRST_TOKEN_SECONDS: first @ _middles(bounds.first_token),
    }
    return np.concatenate(
        [
            np.stack([single[counter] for counter in COUNTERS], axis=1),
            _as_exported(buckets, bounds.latency, columns.bounds.latency),
            _as_exported(first, bounds.first_token, columns.bounds.first_token),
        ],
        axis=1,
    )


def _poisson(generator: np.random.Generator, means: Matrix) -> Matrix:
    """Return Poisson numbers, those of large means by the normal distribution, which is ten times as fast."""
    means = np.maximum(means, 0.0)
    normal = means + np.sqrt(means) * generator.standard_normal(means.shape)
    drawn: Matrix = np.maximum(np.rint(normal), 0.0)
    few = means < 40.0
    drawn[few] = generator.poisson(means[few])
    return drawn


def _middles(bounds: tuple[float, ...]) -> Floats:
    """Return how long a request of each bucket took; beyond the last bound as long as that, without bounds no time."""
    edges = np.asarray([bounds[0] / _FINE_RATIO, *bounds]) if bounds else np.zeros(1)
    return np.concatenate([np.sqrt(edges[:-1] * edges[1:]), edges[-1:]])


def _as_exported(buckets: Matrix, fine: tuple[float, ...], exported: tuple[float, ...]) -> Matrix:
    """Return cumulative counts of the exported bounds, and of all at last."""
    cumulative = np.cumsum(buckets, axis=1)
    chosen = [fine.index(bound) for bound in exported]
    return cumulative[:, [*chosen, -1]]


def _serving(pod: Life, instants: Floats, steps: Floats) -> Floats:
    """Return the ratio of each step for which a pod serves."""
    there = covered(instants, steps, pod.begins, pod.ends)
    for restart in pod.restarts:
        there = there - covered(instants, steps, restart, restart + _RESTART)
    return np.maximum(there, 0.0)


def _running(generator: np.random.Generator, counted: Matrix, steps: Floats, pod: Life, times: Floats) -> Matrix:
    """Return running totals at the instants, which begin anew with the pod and with each of its restarts."""
    totals = np.concatenate([np.zeros((1, counted.shape[1])), np.cumsum(counted, axis=0)])
    if pod.begins < times[0]:
        before = generator.uniform(0.1, 1.5) * totals[-1]
        totals += np.rint(before)
    for begins in (pod.begins, *pod.restarts):
        first = int(np.searchsorted(times, begins))
        if 0 < first < len(times):
            totals[first:] -= totals[first - 1]
    return totals


def _shown(generator: np.random.Generator, profile: Profile, rates: _Rates) -> Matrix:
    """Return gauges at the instants, restless as momentary values are."""
    busy = rates.utilisation
    restless = 0.3 * np.sqrt(busy * (1.0 - busy) / profile.workers) * generator.standard_normal(len(busy))
    shown = {
        Gauge.UTILISATION: np.clip(busy + restless, 0.0, 1.0),
        Gauge.WAITING: _poisson(generator, rates.waiting),
        Gauge.RUNNING: np.round(np.clip(busy + restless, 0.0, 1.0) * profile.workers),
    }
    matrix = np.stack([shown[gauge] for gauge in GAUGES], axis=1)
    return np.concatenate([matrix[:1], matrix])


def _seen(model: ServedModel, pod: Life, times: Floats) -> tuple[Mask, Mask]:
    """Return when a scrape of a pod was answered, and when it was a target at all."""
    known = (times >= pod.begins) & (times < (pod.missed_until or pod.ends))
    answers = known & (times < pod.ends)
    for restart in pod.restarts:
        answers &= (times < restart) | (times >= restart + _RESTART)
    for gap in model.gaps:
        within = (times >= gap.begins) & (times < gap.ends)
        answers &= ~within
        if not gap.down:
            known &= ~within
    return answers, known
