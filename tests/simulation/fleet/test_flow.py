import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.simulation.fleet.flow import Bounds, Flow, Latency, flow, mean_wait
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.fleet.profile import Profile

ETA = next(profile for profile in EIGHT_MODELS if profile.name == "eta")
BOUNDS = Bounds((0.1, 0.25, 0.5, 1.0, 2.5, 5.0), (0.1, 1.0))


def run(requests: float, replicas: int, *, seconds: int = 60, backlog: float = 0.0, profile: Profile = ETA) -> Flow:
    return flow(
        profile,
        np.full(seconds, requests),
        np.ones(seconds),
        replicas=replicas,
        backlog=backlog,
        failures=np.full(seconds, 0.001),
        bounds=BOUNDS,
    )


def slower_than(found: Flow, bound: float) -> float:
    """The ratio of the last second's requests that took longer than a bound, among those that were not sent away."""
    column = BOUNDS.latency.index(bound)
    return float((found.latency[-1, -1] - found.latency[-1, column]) / (found.latency[-1, -1] - found.rejected[-1]))


def test_one_worker_waits_as_long_as_theory_says() -> None:
    # M/M/1: the mean wait is ρ / (1 - ρ) service times, exactly; the approximation has the same form for c = 1.
    assert mean_wait(np.asarray([0.5]), 1)[0] == pytest.approx(1.0)
    assert mean_wait(np.asarray([0.9]), 1)[0] == pytest.approx(9.0)


def test_more_workers_at_the_same_utilisation_wait_less() -> None:
    assert mean_wait(np.asarray([0.9]), 8)[0] < mean_wait(np.asarray([0.9]), 2)[0]


def test_quantiles_are_those_of_the_log_logistic_distribution() -> None:
    latency = Latency(np.asarray([0.5]), np.asarray([0.1]), tail=4.0, timeout=10.0)
    assert latency.within(0.6)[0] == pytest.approx(0.5)
    assert latency.within(0.5 + 0.1 * 99 ** (1 / 4))[0] == pytest.approx(0.99)
    assert latency.within(0.4)[0] == 0.0


def test_the_mean_service_time_is_that_of_the_distribution() -> None:
    ratios = (np.arange(200_000) + 0.5) / 200_000
    samples = ETA.service_time * (ratios / (1 - ratios)) ** (1 / ETA.tail)
    assert samples.mean() == pytest.approx(ETA.mean_service_time, rel=0.01)


@given(st.floats(1.0, 2000.0), st.integers(1, 12), st.floats(0.0, 60.0))
def test_no_request_is_lost_or_invented(requests: float, replicas: int, backlog: float) -> None:
    found = run(requests, replicas, backlog=backlog, seconds=30)
    answered = found.succeeded + found.failed + found.rejected + found.timed_out
    assert np.allclose(found.latency[:, -1], answered)
    assert np.all(np.diff(found.latency, axis=1) >= -1e-9)
    assert np.all(answered >= 0.0)
    # What came in was answered, except what waits now and did not wait before (a full queue may give some of it back).
    assert requests * 30 - answered.sum() <= found.backlog + 1e-6


@given(st.floats(10.0, 600.0), st.integers(2, 10))
def test_latency_rises_with_the_load_of_a_replica(requests: float, replicas: int) -> None:
    assert slower_than(run(requests, replicas), 0.5) <= slower_than(run(requests * 1.2, replicas), 0.5) + 1e-9
    assert slower_than(run(requests, replicas + 1), 0.5) <= slower_than(run(requests, replicas), 0.5) + 1e-9


def test_an_overload_fills_the_queue_and_is_then_rejected() -> None:
    capacity = ETA.workers * 5 / ETA.mean_service_time
    found = run(capacity * 1.5, 5, seconds=300)
    assert found.backlog == ETA.queue_limit * 5
    assert found.rejected[-1] == pytest.approx(capacity * 0.5)
    assert found.rejected[0] == 0.0
    assert found.utilisation[-1] == 1.0
    assert slower_than(found, 0.5) > 0.9


def test_replicas_that_suffice_drain_the_queue() -> None:
    capacity = ETA.workers * 5 / ETA.mean_service_time
    overloaded = run(capacity * 1.05, 5, seconds=60)
    assert overloaded.backlog > 0
    relieved = run(capacity * 1.05, 8, seconds=30, backlog=overloaded.backlog)
    assert relieved.backlog == 0.0
    assert slower_than(relieved, 0.5) < 0.01


@pytest.mark.parametrize("profile", EIGHT_MODELS, ids=lambda profile: profile.name)
def test_every_model_keeps_its_objective_at_rest(profile: Profile) -> None:
    found = run(profile.traffic * 1.1, profile.replicas, profile=profile)
    waited = found.latency_seconds[-1] / found.latency[-1, -1]
    for name, limit in profile.objective.latency.items():
        odds = {"latency_p99": 99, "latency_p95": 19}.get(name)
        median = waited * profile.service_time / profile.mean_service_time
        assert (waited if odds is None else median * odds ** (1 / profile.tail)) < limit
    assert math.isclose(float(found.rejected.sum()), 0.0)
