"""Configurations and starts of processes, by what replicas say of themselves."""

import time
from array import array

from console.domain.change import ChangeKind
from console.domain.moments import floor_to_step
from console.domain.series import NOT_A_NUMBER, Grid, Series
from console.history.circumstances.processes import configuration_changes, restarts_of_processes
from console.sources.prometheus.replica_queries import HASH, NAMED_BY
from tests.history.circumstances.past import DAY, OLD_PODS, SINCE, a_bad_release
from tests.history.circumstances.test_reader import circumstances_at
from tests.services import Servers

END = floor_to_step(time.time() - 600.0, 300.0)
GRID = Grid(0.0, 60.0, 10)


def values(*numbers: float) -> Series:
    return Series(GRID, array("d", numbers))


def told(*rows: tuple[str, Series]) -> list[tuple[float, str]]:
    labelled = [({HASH: name, NAMED_BY: "config_hash"}, series) for name, series in rows]
    return [(change.at, change.detail) for change in configuration_changes(labelled)]


NAN = NOT_A_NUMBER
FROM_THE_START = values(*[1.0] * 10)


def test_a_new_hash_is_a_change_from_the_one_before() -> None:
    first, second = values(*[1.0] * 5, *[NAN] * 5), values(*[NAN] * 4, *[1.0] * 6)
    assert told(("aaa", first), ("bbb", second)) == [(240.0, "configuration aaa → bbb")]


def test_replicas_that_always_differed_did_not_change() -> None:
    assert told(("aaa", FROM_THE_START), ("bbb", FROM_THE_START)) == []


def test_hashes_are_told_briefly_and_harmless() -> None:
    long = "sha256:0123456789abcdef\x1b[31m"
    assert told(("aaa", FROM_THE_START), (long, values(*[NAN] * 9, 1.0))) == [
        (540.0, "configuration aaa → sha256:0123…"),
    ]


def test_nothing_is_told_of_no_rows() -> None:
    assert told() == []
    assert told(("aaa", values(*[NAN] * 10))) == []


def test_a_process_that_began_again_was_restarted() -> None:
    found = restarts_of_processes([("a", values(*[100.0] * 4, *[300.0] * 6)), ("b", values(*[100.0, 100.2] * 5))], GRID)
    assert [(change.at, change.detail) for change in found.changes] == [(240.0, "a restarted")]
    assert found.series is not None
    assert found.series.last == 1.0


def test_processes_that_answer_in_turns_behind_one_address_do_not_restart_each_time() -> None:
    found = restarts_of_processes([("a", values(*[300.0, 100.0] * 5))], GRID)
    assert found.changes == ()


async def test_without_kube_state_metrics_starts_tell_of_restarts(servers: Servers) -> None:
    history = a_bad_release(END)
    onset = END - SINCE
    target = {"job": "models", "instance": f"{OLD_PODS[0]}:80", "pod": OLD_PODS[0], "namespace": "ml"}
    span = {"start": END - DAY, "end": END, "step": 30.0}
    began = "process_start_time_seconds"
    history.add_function(began, target, lambda at: onset if at >= onset else END - DAY, **span)
    for name, start, end in (("aaa", END - DAY, onset), ("bbb", onset, END)):
        labels = target | {"config_hash": name}
        history.add_function("serving_build_info", labels, lambda _: 1.0, start=start, end=end, step=30.0)
    found = await circumstances_at(servers.prometheus(history=history).url, END, onset)
    assert found.capacity.restarts is not None
    assert found.capacity.restarts.last == 1.0
    assert [(change.kind, change.at, change.detail) for change in found.changes] == [
        (ChangeKind.RESTART, onset, f"{OLD_PODS[0]} restarted"),
        (ChangeKind.CONFIGURATION, onset, "configuration aaa → bbb"),
    ]
