"""Changes are read off the series around an onset, and told once however many sources know them."""

from array import array

from console.detect.changes_around import changes_around, merged
from console.domain.change import Change, ChangeKind
from console.domain.circumstances import Capacity, Circumstances, Part
from console.domain.series import NOT_A_NUMBER, Grid, Series

GRID = Grid(0.0, 60.0, 60)
ONSET = 40 * 60.0


def steps(*runs: tuple[float, int]) -> Series:
    return Series(GRID, array("d", [value for value, count in runs for _ in range(count)]))


def told(**fields: object) -> list[tuple[ChangeKind, float, str]]:
    read = Circumstances("fraud", GRID, ONSET, **fields)  # type: ignore[arg-type]
    return [(change.kind, change.at, change.detail) for change in changes_around(read)]


def test_a_new_version_is_told_from_its_first_traffic() -> None:
    versions = (Part("v1", steps((10, 60))), Part("v2", steps((NOT_A_NUMBER, 40), (1, 20))))
    assert told(versions=versions) == [(ChangeKind.VERSION, ONSET, "v2")]


def test_replicas_that_serve_and_that_are_wanted_are_told_apart() -> None:
    capacity = Capacity(ready=steps((6, 40), (5, 20)), wanted=steps((6, 42), (8, 18)))
    assert told(capacity=capacity) == [
        (ChangeKind.REPLICAS, ONSET, "6 → 5 replicas"),
        (ChangeKind.REPLICAS, ONSET + 120, "6 → 8 wanted replicas"),
    ]


def test_an_autoscaler_at_its_maximum_is_told_each_time_it_gets_there() -> None:
    capacity = Capacity(autoscaler_most=4, autoscaler_wants=steps((3, 10), (4, 10), (3, 20), (4, 20)))
    assert [at for _, at, _ in told(capacity=capacity)] == [600.0, ONSET]


def test_traffic_that_stays_elsewhere_is_told_and_a_peak_that_is_over_is_not() -> None:
    assert told(replicas=(Part("a", steps((10, 40), (26, 20))),)) == [
        (ChangeKind.TRAFFIC, ONSET, "traffic 2.6× what it was")
    ]
    assert told(replicas=(Part("a", steps((10, 40), (26, 10), (10, 10))),)) == []
    assert told(replicas=(Part("a", steps((0, 60))),)) == []


def test_two_sources_of_one_change_tell_it_once_and_the_earlier_sight_of_a_version_counts() -> None:
    known = [Change(ChangeKind.REPLICAS, 1000.0, "6 → 5 replicas"), Change(ChangeKind.VERSION, 5000.0, "v2")]
    further = [
        Change(ChangeKind.REPLICAS, 1240.0, "6 → 5 replicas"),
        Change(ChangeKind.REPLICAS, 9000.0, "6 → 5 replicas"),
        Change(ChangeKind.VERSION, 2000.0, "v2"),
    ]
    assert [(change.at, change.detail) for change in merged(known, further, 60.0)] == [
        (1000.0, "6 → 5 replicas"),
        (2000.0, "v2"),
        (9000.0, "6 → 5 replicas"),
    ]


def test_on_a_coarse_grid_changes_of_one_step_are_one() -> None:
    known = [Change(ChangeKind.REPLICAS, 1000.0, "6 → 5 replicas")]
    assert merged(known, [Change(ChangeKind.REPLICAS, 1800.0, "6 → 5 replicas")], 900.0) == tuple(known)
