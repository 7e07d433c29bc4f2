"""What happens to healthy models every day, and must be told by nobody at any moment, not even as recovered."""

from array import array
from collections.abc import Mapping

import msgspec
import pytest

from console.detect.case import Case
from console.detect.judge import judge_model
from console.domain.anomaly import Status
from console.domain.objective import BurnRate, Objective
from console.domain.series import Grid, Series
from console.settings.settings import JudgementSettings
from tests.detect.pasts import COARSE, FINE, NO_DATA, a_past

MINUTE = round(60 / FINE.step)
CALM = 20 * MINUTE
"""Points after what happened, until it would be forgotten."""
WINDOWS = (300.0, 1800.0, 3600.0, 21_600.0)
HEALTHY = {"traffic": 50.0, "latency_p99": 0.3, "error_ratio": 0.0002, "saturation": 0.5}
LOOK_ALIKES: dict[str, Mapping[str, list[float]]] = {
    "one restart: half a minute of slow answers": {"latency_p99": [2.0] * 2, "error_ratio": [0.004] * (5 * MINUTE)},
    "one slow scrape": {"latency_p99": [9.0]},
    "a scrape gap": {name: [NO_DATA] * 3 for name in HEALTHY},
    "a benign release: some requests fail in its blink": {
        "error_ratio": [0.01] * (5 * MINUTE),
        "latency_p99": [1.2] * 3,
    },
    "a planned scale-down: fewer replicas are busier": {"saturation": [0.85] * (30 * MINUTE)},
    "a pause of one client: no requests for half a minute": {"traffic": [0.0] * 2},
    "ten requests an hour, all of them slow": {
        "traffic": [10 / 3600] * (30 * MINUTE),
        "latency_p99": [4.0] * (30 * MINUTE),
    },
    "the season moved by an hour when the clocks changed": {
        "traffic": [25.0] * (30 * MINUTE),
        "latency_p99": [0.45] * (30 * MINUTE),
    },
}


def seen_at(values: Mapping[str, list[float]], index: int) -> Case:
    """The case of somebody who looks when the values up to an index are there, after a day of health."""
    at = COARSE.end + FINE.step * index
    fine = Grid.until(at, 3600.0, FINE.step)
    signals = {}
    for name, usual in HEALTHY.items():
        seen = [usual] * fine.count + values[name][: index + 1]
        signals[name] = Series(fine, array("d", seen[-fine.count :]))
    day = a_past({}, HEALTHY)
    targets = Series(fine, array("d", [3.0]) * fine.count)
    past = msgspec.structs.replace(
        day,
        fine=signals,
        live_targets=targets,
        dead_targets=Series(fine, array("d", [0.0]) * fine.count),
        replicas=targets,
        burn_rates=tuple(BurnRate(each, _burned(values, index, each), 50.0 * each) for each in WINDOWS),
    )
    return Case(past, Objective(), JudgementSettings(), at)


def _burned(values: Mapping[str, list[float]], index: int, window: float) -> float:
    points = round(window / FINE.step)
    told = [HEALTHY["error_ratio"]] * points + values["error_ratio"][: index + 1]
    numbers = [value for value in told[-points:] if value == value]
    return sum(numbers) / len(numbers)


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_look_alike_is_silent_at_every_moment(name: str) -> None:
    happens = LOOK_ALIKES[name]
    length = max(map(len, happens.values()))
    values = {
        signal: [usual, *happens.get(signal, []), *[usual] * (length - len(happens.get(signal, [])) + CALM)]
        for signal, usual in HEALTHY.items()
    }
    told = [view for index in range(0, length + CALM, 2) if (view := judge_model(seen_at(values, index), ())).anomalies]
    assert [(view.status, view.anomalies[0].summary) for view in told] == []


def test_what_is_a_look_alike_for_a_moment_is_an_anomaly_when_it_lasts() -> None:
    lasts = {signal: [usual] * (10 * MINUTE) for signal, usual in HEALTHY.items()}
    lasts["latency_p99"] = [2.0] * (10 * MINUTE)
    assert judge_model(seen_at(lasts, 10 * MINUTE - 1), ()).status is not Status.OK
