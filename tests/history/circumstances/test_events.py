"""Restarts and rollouts are read off counters that begin, fall back and end at any time."""

from array import array
from collections.abc import Sequence

from console.domain.change import ChangeKind
from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.history.circumstances.events import restarts, rollouts

GRID = Grid(0.0, 60.0, 30)


def series(*runs: tuple[float, int]) -> Series:
    """Return values for so many points each; what is left of the grid has no data."""
    values = array("d", (value for value, count in runs for _ in range(count)))
    values.extend([NOT_A_NUMBER] * (GRID.count - len(values)))
    return Series(GRID, values)


def told(*counters: tuple[str, Series]) -> Sequence[tuple[float, str]]:
    found = restarts(counters, GRID)
    assert all(change.kind is ChangeKind.RESTART for change in found.changes)
    return [(change.at, change.detail) for change in found.changes]


def test_what_was_counted_before_the_grid_is_no_restart() -> None:
    assert told(("a", series((7, 30)))) == []


def test_a_pod_that_comes_later_counts_from_nothing() -> None:
    assert told(("a", series((0, 30))), ("b", series((NOT_A_NUMBER, 5), (2, 25)))) == [(300.0, "b restarted 2 times")]


def test_an_exporter_that_comes_later_knows_nothing_new() -> None:
    assert told(("a", series((NOT_A_NUMBER, 5), (4, 25)))) == []


def test_a_counter_that_falls_back_is_of_a_new_container() -> None:
    assert told(("a", series((5, 10), (1, 20)))) == [(600.0, "a restarted")]


def test_restarts_that_follow_each_other_are_one_change() -> None:
    looping = series((0, 3), (1, 5), (2, 5), (3, 17))
    assert told(("a", looping), ("b", series((0, 4), (1, 26)))) == [(180.0, "2 pods restarted, 4 times in all")]
    apart = series((0, 3), (1, 20), (2, 7))
    assert told(("a", apart)) == [(180.0, "a restarted"), (1380.0, "a restarted")]


def test_the_series_adds_up_and_stays_when_a_pod_is_gone() -> None:
    found = restarts([("a", series((0, 3), (1, 5))), ("b", series((0, 20), (2, 10)))], GRID)
    assert found.series is not None
    assert [found.series.values[index] for index in (0, 3, 19, 20, 29)] == [0, 1, 1, 3, 3]


def test_nothing_is_known_without_counters() -> None:
    assert restarts([("a", series())], GRID).series is None


def test_a_rollout_begins_when_another_set_gets_replicas() -> None:
    found = rollouts({"web-1": series((3, 10), (0, 20)), "web-2": series((NOT_A_NUMBER, 8), (3, 22))}, "web")
    assert [(change.kind, change.at, change.detail) for change in found] == [
        (ChangeKind.ROLLOUT, 480.0, "rollout of web to web-2")
    ]


def test_a_rollback_is_a_rollout_to_a_set_that_had_none() -> None:
    found = rollouts({"web-1": series((0, 12), (3, 18)), "web-2": series((3, 15), (0, 15))}, "web")
    assert [change.detail for change in found] == ["rollout of web to web-1"]


def test_a_workload_that_was_stopped_and_started_was_not_rolled_out() -> None:
    assert rollouts({"web-1": series((3, 5), (0, 5), (3, 20)), "web-2": series((0, 30))}, "web") == ()


def test_the_first_sight_of_a_set_after_a_gap_is_no_rollout() -> None:
    gap = (NOT_A_NUMBER, 5)
    assert rollouts({"web-1": series(gap, (3, 25)), "web-2": series(gap, (1, 25))}, "web") == ()
