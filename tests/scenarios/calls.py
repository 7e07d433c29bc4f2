"""What OpenTelemetry's HTTP clients count at the pods of models: each call to a service that they depend on."""

import numpy as np

from tests.scenarios.courses import Floats, multiplied, strength
from tests.scenarios.exposition import Labels, OpenMetricsFile
from tests.scenarios.recording import Mask, PodPast
from tests.scenarios.world import Dependency, Quantity, World

_NAME = "http_client_request_duration_seconds"
_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
_SPREAD = 0.6
"""Standard deviation of the logarithm of what a call takes."""


def write_calls(file: OpenMetricsFile, world: World, past: PodPast, times: Floats, close: Floats) -> None:
    """Write the client metrics of a pod, one call for each request, from the first of the instants `close` on."""
    first = int(np.searchsorted(times, close[0]))
    answered = past.answers[first:]
    steps = np.diff(times[first:])
    requests = np.maximum(np.diff(past.counters[first:, 0]), 0.0)
    generator = np.random.default_rng((world.seed, *past.pod.name.encode()))
    for dependency in world.dependencies:
        if dependency.address in past.model.calls:
            median, failing = _course(dependency, times[first:-1], steps)
            failed = generator.binomial(requests.astype(np.int64), failing).astype(np.float64)
            for code, counted in (("200", requests - failed), ("503", failed)):
                labels = _labels(dependency, past, code)
                _write_histogram(file, labels, times[first:], answered, counted, median)


def _course(dependency: Dependency, instants: Floats, steps: Floats) -> tuple[Floats, Floats]:
    """Return the median seconds of a call and the ratio that fails during each step."""
    failing = np.full_like(instants, dependency.failures)
    for effect in dependency.effects:
        if effect.quantity is Quantity.FAILURES:
            failing += effect.size * strength(effect, instants, steps)
    median = dependency.seconds * multiplied(dependency.effects, Quantity.SLOWDOWN, instants, steps)
    return median, np.clip(failing, 0.0, 1.0)


def _labels(dependency: Dependency, past: PodPast, code: str) -> Labels:
    profile = past.model.profile
    return (
        ("http_request_method", "POST"),
        ("http_response_status_code", code),
        ("server_address", dependency.address),
        ("service_name", profile.name),
        ("instance", past.pod.address),
        ("namespace", profile.namespace),
        ("pod", past.pod.name),
        ("job", "models"),
    )


def _write_histogram(
    file: OpenMetricsFile, labels: Labels, times: Floats, answered: Mask, counted: Floats, median: Floats
) -> None:
    there = times[answered]
    for bound in _BOUNDS:
        buckets = _running(np.rint(counted * _within(bound, median)))[answered]
        file.write(f"{_NAME}_bucket", (*labels, ("le", repr(bound))), there, buckets.astype(np.int64))
    total = _running(counted)[answered].astype(np.int64)
    file.write(f"{_NAME}_bucket", (*labels, ("le", "+Inf")), there, total)
    file.write(f"{_NAME}_count", labels, there, total)
    seconds = _running(counted * median * np.exp(_SPREAD**2 / 2.0))[answered]
    file.write(f"{_NAME}_sum", labels, there, seconds, "%.9g")


def _running(counted: Floats) -> Floats:
    return np.concatenate([np.zeros(1), np.cumsum(counted)])


def _within(bound: float, median: Floats) -> Floats:
    """Return the ratio of calls that take at most so long: log-logistic, close to a log-normal of that spread."""
    scaled = (bound / median) ** (1.7 / _SPREAD)
    ratio: Floats = scaled / (1.0 + scaled)
    return ratio
