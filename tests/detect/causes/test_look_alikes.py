"""Healthy coincidences and consequences steal no cause."""

from array import array

import msgspec
import pytest

from console.detect.causes import explain
from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind
from console.domain.circumstances import Capacity, Dependency
from console.domain.series import Series
from tests.detect.causes.surroundings import (
    GRID,
    ONSET,
    anomaly,
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
SURGE = level(95.0, 247.0, at=ONSET - 200)


def causes(explained: tuple[Anomaly, ...]) -> tuple[Cause, ...]:
    return explained[0].causes


def test_replicas_that_an_autoscaler_adds_are_a_consequence_of_the_surge() -> None:
    capacity = Capacity(ready=count(3, 6, ONSET + 120), wanted=count(3, 6, ONSET + 60), autoscaler_most=6.0)
    circumstances = surroundings(capacity=capacity, gauges={"concurrency": level(0.4, 1.0)})
    first = causes(explain(case_of(SURGE, SLOW), (anomaly(),), circumstances))[0]
    assert (first.kind, first.confidence > 0.8) == (CauseKind.TRAFFIC_SURGE, True)


def test_replicas_that_die_under_a_surge_are_not_its_cause() -> None:
    capacity = Capacity(ready=count(3, 2, ONSET + 400), restarts=count(0, 4, ONSET + 400))
    first = causes(explain(case_of(SURGE, SLOW), (anomaly(),), surroundings(capacity=capacity)))[0]
    assert first.kind is CauseKind.TRAFFIC_SURGE


def test_traffic_that_rises_after_errors_began_is_retries() -> None:
    retried = level(95.0, 190.0, at=ONSET + 500)
    failing = level(0.001, 0.4)
    found = causes(explain(case_of(retried, None, failing), (anomaly(AnomalyKind.ERRORS),), surroundings()))
    assert CauseKind.TRAFFIC_SURGE not in [cause.kind for cause in found]


def test_traffic_that_rises_as_it_does_at_this_hour_is_no_surge() -> None:
    case = case_of(level(95.0, 140.0, at=ONSET - 200), SLOW, usual=140.0)
    found = causes(explain(case, (anomaly(),), surroundings(capacity=Capacity(ready=count(3)))))
    assert CauseKind.TRAFFIC_SURGE not in [cause.kind for cause in found]


def test_load_for_which_there_was_room_explains_nothing() -> None:
    more = level(95.0, 152.0, at=ONSET - 200)
    busy, idle = ({"concurrency": level(ratio, ratio * 1.6)} for ratio in (0.6, 0.1))
    with_room, without = (
        causes(explain(case_of(more, SLOW), (anomaly(),), surroundings(gauges=gauges)))[0] for gauges in (idle, busy)
    )
    assert without.kind is CauseKind.TRAFFIC_SURGE
    assert (with_room.kind, with_room.confidence) < (without.kind, without.confidence)


def test_replicas_that_leave_with_their_traffic_are_a_planned_scale_down() -> None:
    less = level(95.0, 48.0, at=ONSET - 200)
    circumstances = surroundings(capacity=Capacity(ready=count(4, 2, ONSET - 30)))
    found = causes(explain(case_of(less, SLOW), (anomaly(),), circumstances))
    assert CauseKind.CAPACITY_LOSS not in [cause.kind for cause in found]


def test_a_canary_that_is_well_is_not_blamed_for_a_dependency() -> None:
    versions = (part("v41", level(95.0, 90.0), SLOW), part("v42", count(0.0, 5.0, ONSET - 600), level(0.3, 2.4)))
    slow = Dependency("feature-store", level(0.02, 1.9), None, ("fraud",))
    first = causes(explain(case_of(STEADY, SLOW), (anomaly(),), surroundings(versions=versions, dependencies=(slow,))))[
        0
    ]
    assert (first.kind, first.confidence > 0.8) == (CauseKind.DEPENDENCY, True)


def test_the_replica_of_a_canary_is_a_version_and_no_bad_replica() -> None:
    old, new = level(90.0), count(0.0, 5.0, ONSET - 180)
    canary = part("pod-9", new, level(2.6), version="v42")
    circumstances = surroundings(
        versions=(part("v41", old, level(0.3)), part("v42", new, level(2.6))),
        replicas=(*replicas(3, level(30.0), level(0.3)), canary),
    )
    first = causes(explain(case_of(STEADY, SLOW), (anomaly(),), circumstances))[0]
    assert (first.kind, first.confidence > 0.8) == (CauseKind.NEW_VERSION, True)


def test_one_bad_replica_of_a_new_version_is_not_the_version() -> None:
    old, new = level(48.0), count(0.0, 48.0, ONSET - 400)
    versions = (part("v41", old, level(0.3)), part("v42", new, level(0.3, 2.4)))
    well = tuple(part(f"new-{index}", count(0.0, 16.0, ONSET - 400), level(0.3), version="v42") for index in range(4))
    bad = part("new-9", count(0.0, 16.0, ONSET - 400), level(0.3, 9.0), version="v42")
    circumstances = surroundings(versions=versions, replicas=(*replicas(3, level(16.0), level(0.3)), *well, bad))
    first = causes(explain(case_of(STEADY, SLOW), (anomaly(),), circumstances))[0]
    assert first.kind is CauseKind.BAD_REPLICA


def test_slots_that_are_held_longer_do_not_outrank_what_holds_them() -> None:
    slow = Dependency("feature-store", level(0.02, 1.9), None, ("fraud",))
    circumstances = surroundings(gauges={"concurrency": level(0.3, 1.0)}, dependencies=(slow,))
    first = causes(explain(case_of(STEADY, SLOW), (anomaly(),), circumstances))[0]
    assert first.kind is CauseKind.DEPENDENCY


def test_a_cache_that_was_always_full_is_no_news() -> None:
    circumstances = surroundings(gauges={"KV cache": level(0.97, 0.98)})
    found = causes(explain(case_of(STEADY, SLOW), (anomaly(),), circumstances))
    assert CauseKind.SATURATION not in [cause.kind for cause in found]


def test_latency_that_rises_because_errors_time_out_has_their_cause() -> None:
    timing_out = level(0.001, 0.3)
    bad = part("pod-9", level(24.0), level(0.3, 0.4), level(0.001, 1.0))
    circumstances = surroundings(replicas=(*replicas(3, level(24.0), level(0.3), level(0.001)), bad))
    both = (anomaly(AnomalyKind.LATENCY, ONSET + 60), anomaly(AnomalyKind.ERRORS))
    explained = explain(case_of(STEADY, level(0.3, 0.5), timing_out), both, circumstances)
    assert [one.causes[0].kind for one in explained] == [CauseKind.BAD_REPLICA] * 2


@pytest.mark.parametrize("share", [1.0, 0.0])
def test_a_few_requests_say_nothing_of_a_canary(share: float) -> None:
    """Ten requests, of which all or none failed, are not compared with thousands."""
    trickle = count(0.0, 0.01, ONSET - 600)
    versions = (
        part("v41", level(95.0), level(0.3), level(0.001, 0.3)),
        part("v42", trickle, level(0.3), Series(GRID, memoryview(bytearray(8 * GRID.count)).cast("d"))),
    )
    always = msgspec.structs.replace(versions[1], error_ratio=level(share)) if share else versions[1]
    circumstances = surroundings(versions=(versions[0], always))
    found = causes(explain(case_of(STEADY, None, level(0.001, 0.3)), (anomaly(AnomalyKind.ERRORS),), circumstances))
    assert "at the same time" not in " ".join(cause.detail for cause in found)


def test_what_has_recovered_is_compared_while_it_lasted() -> None:
    """The surge was over a quarter of an hour ago; the anomaly still recovers."""
    onset, over = AT - 1800.0, AT - 900.0
    values = [
        247.0 if onset - 120 <= GRID.instant(index) <= over else 95.0 for index in range(GRID.count)
    ]  # fmt: skip
    traffic = Series(GRID, array("d", values))
    slow = Series(GRID, array("d", [2.4 if value > 200 else 0.3 for value in values]))
    recovering = msgspec.structs.replace(anomaly(onset=onset), recovering_since=over)
    circumstances = surroundings(capacity=Capacity(ready=count(3)))
    first = causes(explain(case_of(traffic, slow), (recovering,), circumstances))[0]
    assert first.kind is CauseKind.TRAFFIC_SURGE


def test_old_replicas_that_are_going_make_no_new_version_overloaded() -> None:
    """Within minutes all traffic moves over; what the old ones carry at last says nothing of the new ones' load."""
    moved = ONSET - 60
    old, new = level(32.0, 0.0, at=moved, ramp=300.0), level(0.0, 32.0, at=moved, ramp=300.0)
    versions = (part("v41", old, level(0.3)), part("v42", new, level(2.6)))
    going = tuple(part(f"old-{index}", old, level(0.3), version="v41") for index in range(3))
    coming = tuple(part(f"new-{index}", new, level(2.6), version="v42") for index in range(3))
    circumstances = surroundings(versions=versions, replicas=(*going, *coming))
    first = causes(explain(case_of(STEADY, SLOW), (anomaly(),), circumstances))[0]
    assert (first.kind, first.confidence > 0.8) == (CauseKind.NEW_VERSION, True)
    assert "carries" not in " ".join(first.evidence)
