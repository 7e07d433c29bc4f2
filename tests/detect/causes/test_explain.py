"""Each cause in its plainest form, and what looks like it."""

from array import array

import msgspec

from console.detect.case import Case
from console.detect.causes import explain
from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind
from console.domain.circumstances import Capacity, Circumstances, Dependency, Part
from console.domain.series import Grid, Series
from tests.detect.causes.surroundings import (
    GRID,
    ONSET,
    anomaly,
    broken_inputs,
    case_of,
    count,
    level,
    part,
    replicas,
    surroundings,
)
from tests.detect.pasts import AT

SLOW = level(0.3, 2.4)
STEADY = level(95.0)


def first_cause(case: Case, circumstances: Circumstances, *anomalies: Anomaly) -> Cause:
    explained = explain(case, anomalies or (anomaly(),), circumstances)
    return explained[0].causes[0]


def old_version(after: float, errors: tuple[float, float] | None = None) -> Part:
    return part("v41", level(95.0, after), level(0.3), level(*errors) if errors else None)


def test_a_version_that_is_slower_than_the_one_beside_it_is_the_cause() -> None:
    new = part("v42", count(0.0, 50.0, ONSET - 180), level(2.6))
    found = first_cause(case_of(STEADY, SLOW), surroundings(versions=(old_version(45.0), new)))
    assert (found.kind, found.confidence > 0.8) == (CauseKind.NEW_VERSION, True)
    assert found.detail.startswith("v42 2.")
    assert "against 0.30 s on v41" in found.detail


def test_a_version_that_is_no_slower_than_the_one_beside_it_is_not() -> None:
    old = part("v41", level(95.0, 90.0), SLOW)
    new = part("v42", count(0.0, 5.0, ONSET - 600), level(0.3, 2.4))
    surge = level(95.0, 250.0, at=ONSET - 200)
    found = first_cause(case_of(surge, SLOW), surroundings(versions=(old, new), capacity=Capacity(ready=count(3))))
    assert found.kind is CauseKind.TRAFFIC_SURGE
    assert found.confidence > 0.8


def test_more_traffic_than_this_hour_usually_has_is_the_cause() -> None:
    surge = level(95.0, 247.0, at=ONSET - 200)
    circumstances = surroundings(
        versions=(part("v41", surge, SLOW),),
        replicas=replicas(3, level(32.0, 82.0, at=ONSET - 200), SLOW),
        capacity=Capacity(ready=count(3), wanted=count(3, 6)),
        gauges={"concurrency": level(0.4, 1.0)},
    )
    found = first_cause(case_of(surge, SLOW), circumstances)
    assert (found.kind, found.confidence > 0.8) == (CauseKind.TRAFFIC_SURGE, True)
    assert found.detail == "traffic 2.6× its usual 96/s for this hour, load per replica 2.6×"


def test_fewer_ready_replicas_are_the_cause() -> None:
    circumstances = surroundings(
        versions=(part("v41", STEADY, SLOW),), capacity=Capacity(ready=count(3, 2, ONSET - 30))
    )
    found = first_cause(case_of(STEADY, SLOW), circumstances)
    assert (found.kind, found.confidence > 0.8) == (CauseKind.CAPACITY_LOSS, True)
    assert found.detail.startswith("ready replicas 3 → 2 at ")


def test_one_slow_replica_is_the_cause() -> None:
    bad = part("pod-9", level(32.0), level(0.3, 6.0), None, "v41", "node-7")
    circumstances = surroundings(replicas=(*replicas(3, level(32.0), level(0.3)), bad))
    found = first_cause(case_of(STEADY, SLOW), circumstances)
    assert (found.kind, found.confidence > 0.8) == (CauseKind.BAD_REPLICA, True)
    assert "pod-9 (on node-7) 5.99 s against 0.30 s on the other 3" in found.detail
    assert found.replicas == ("pod-9",)


def test_one_replica_that_fails_is_the_cause_of_errors() -> None:
    bad = part("pod-9", level(32.0), level(0.3), level(0.001, 0.6))
    circumstances = surroundings(replicas=(*replicas(3, level(32.0), level(0.3), level(0.001)), bad))
    errors = level(0.001, 0.15)
    found = first_cause(case_of(STEADY, None, errors), circumstances, anomaly(AnomalyKind.ERRORS))
    assert (found.kind, found.confidence > 0.8) == (CauseKind.BAD_REPLICA, True)


def test_a_resource_at_its_limit_without_more_load_is_the_cause() -> None:
    circumstances = surroundings(
        versions=(part("v41", STEADY, SLOW),),
        replicas=replicas(3, level(32.0), SLOW),
        capacity=Capacity(ready=count(3)),
        gauges={"GPU": level(0.5, 0.99), "queue": level(0.01, 0.9)},
    )
    found = first_cause(case_of(STEADY, SLOW), circumstances)
    assert (found.kind, found.confidence > 0.8) == (CauseKind.SATURATION, True)


def test_a_dependency_that_got_slower_is_the_cause() -> None:
    circumstances = surroundings(
        versions=(part("v41", STEADY, SLOW),),
        replicas=replicas(3, level(32.0), SLOW),
        capacity=Capacity(ready=count(3)),
        gauges={"concurrency": level(0.1, 0.95)},
        dependencies=(Dependency("feature-store", level(0.02, 1.9), None, ("fraud", "churn"), ("churn",)),),
    )
    found = first_cause(case_of(STEADY, SLOW), circumstances)
    assert (found.kind, found.confidence > 0.8) == (CauseKind.DEPENDENCY, True)
    assert found.detail.startswith("feature-store 1.9")


def test_errors_that_begin_with_broken_inputs_are_upstream_data() -> None:
    circumstances = surroundings(versions=(part("v41", STEADY, level(0.3), level(0.001, 0.2)),))
    case = case_of(STEADY, None, level(0.001, 0.2))
    found = first_cause(case, circumstances, anomaly(AnomalyKind.ERRORS), broken_inputs())
    assert found.kind is CauseKind.UPSTREAM_DATA


def test_slow_requests_that_do_not_fail_are_no_broken_inputs() -> None:
    found = first_cause(case_of(STEADY, SLOW, level(0.001)), surroundings())
    assert "not upstream data: requests are slow, and no more of them fail than before" in found.evidence


def test_what_nothing_explains_is_unknown_with_what_was_ruled_out() -> None:
    found = first_cause(case_of(STEADY, SLOW), surroundings())
    assert found.kind is CauseKind.UNKNOWN
    assert any(fact.startswith("not traffic surge: traffic as before") for fact in found.evidence)
    assert any(fact.startswith("could not be read: versions") for fact in found.evidence)


def cache_full(tokens: Series | None) -> Cause:
    """Return the first cause of a language model whose KV cache is full."""
    circumstances = surroundings(
        versions=(part("v41", STEADY, SLOW),),
        replicas=replicas(3, level(32.0), SLOW),
        capacity=Capacity(ready=count(3)),
        gauges={"KV cache": level(0.5, 0.98, ramp=15)},
    )
    return first_cause(case_of(STEADY, SLOW, tokens=tokens), circumstances)


def test_a_cache_that_larger_requests_fill_is_saturation() -> None:
    found = cache_full(level(9_500.0, 19_000.0))
    assert (found.kind, found.confidence > 0.8) == (CauseKind.SATURATION, True)
    assert found.detail.endswith("50 % before, each request brings 2.0× the tokens")


def test_a_cache_that_slow_requests_fill_is_a_consequence() -> None:
    assert cache_full(level(9_500.0)).kind is CauseKind.UNKNOWN


def test_a_cache_whose_tokens_nobody_counts_is_less_surely_saturation() -> None:
    found = cache_full(None)
    assert (found.kind, found.confidence < 0.8) == (CauseKind.SATURATION, True)


def test_slots_that_are_held_longer_are_a_consequence() -> None:
    circumstances = surroundings(
        versions=(part("v41", STEADY, SLOW),),
        capacity=Capacity(ready=count(3)),
        gauges={"concurrency": level(0.3, 1.0)},
    )
    assert first_cause(case_of(STEADY, SLOW), circumstances).kind is CauseKind.UNKNOWN


def test_errors_of_requests_that_wait_no_longer_are_no_overload() -> None:
    errors, circumstances = level(0.001, 0.15), surroundings(versions=(part("v41", STEADY, level(0.3)),))
    steady = first_cause(case_of(STEADY, level(0.3), errors), circumstances, anomaly(AnomalyKind.ERRORS))
    slow = first_cause(case_of(STEADY, SLOW, errors), circumstances, anomaly(AnomalyKind.ERRORS))
    assert "not saturation: requests take as long as before" in steady.evidence
    assert steady.confidence > slow.confidence


def test_replicas_that_were_there_before_are_seldom_a_release() -> None:
    old = first_cause(case_of(STEADY, SLOW), surroundings(replicas=replicas(3, level(32.0), SLOW)))
    assert "not new version: none of its 3 replicas came within 1 h before" in old.evidence


def test_an_old_incident_is_compared_at_the_steps_at_which_it_was_read() -> None:
    grid = Grid.until(AT, 172_800.0, 900.0)
    onset = AT - 72_000.0
    ready = Series(grid, array("d", [3.0 if grid.instant(index) < onset else 2.0 for index in range(grid.count)]))
    circumstances = msgspec.structs.replace(surroundings(capacity=Capacity(ready=ready)), grid=grid, onset=onset)
    found = explain(case_of(STEADY, level(2.4)), (anomaly(onset=onset),), circumstances)[0].causes[0]
    assert found.kind is CauseKind.CAPACITY_LOSS


def test_a_stall_before_a_surge_is_not_where_latency_turned() -> None:
    values = [0.05] * GRID.count
    stall, surge = round(660 / GRID.step), round(300 / GRID.step)
    values[-stall:-surge] = [0.09] * (stall - surge - 7) + [0.05] * 7
    values[-surge:] = [0.98] * surge
    traffic = level(500.0, 1_400.0, at=AT - 300)
    case = case_of(traffic, Series(GRID, array("d", values)), usual=500.0)
    around = surroundings(
        capacity=Capacity(ready=count(2)), gauges={"concurrency": level(0.5, 1.0, at=AT - 300, ramp=1)}
    )
    found = explain(case, (anomaly(onset=AT - 660),), around)[0].causes[0]
    assert (found.kind, found.confidence > 0.8) == (CauseKind.TRAFFIC_SURGE, True)
