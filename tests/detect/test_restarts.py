"""What rates repeat of a restart or a scrape gap is no anomaly; a release, a loss and what outlasts it all are."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest

from console.detect.judge import judge_model
from console.domain.anomaly import AnomalyKind, Status
from console.domain.snapshot import ModelView
from console.domain.usual import Usual
from tests.detect.pasts import AT, FINE, NO_DATA, a_case, a_past

MINUTE = round(60 / FINE.step)
USUAL = {
    "traffic": Usual(50.0, 45.0, 55.0, 30.0, 70.0, 2000),
    "latency_p99": Usual(0.3, 0.28, 0.32, 0.2, 0.4, 2000),
    "latency_mean": Usual(0.1, 0.09, 0.11, 0.07, 0.13, 2000),
}
CALM = {name: usual.level for name, usual in USUAL.items()}
Values = Sequence[float]


def after(minutes: float, *values: float, calm: float = 3.0) -> list[float]:
    """Return values that began so many minutes ago, calm before and after."""
    return [calm, *values, *[calm] * (round(minutes * MINUTE) - len(values) + 1)]


def seen(
    signals: Mapping[str, Values],
    minutes: float,
    replicas: Values = (3.0,),
    live: Values = (3.0,),
    versions: Mapping[str, Values] | None = None,
) -> ModelView:
    """Return what is told after signals were as given for so many minutes, at their last value now."""
    lasting = {name: [CALM[name], *values] for name, values in signals.items()}
    past = a_past({**CALM, **lasting}, CALM, live=live, replicas=replicas, versions=versions)
    return judge_model(a_case(msgspec.structs.replace(past, usual=USUAL)), ())


def growing(minutes: float, by: float) -> list[float]:
    """Return a mean that is twice its usual and goes on to grow by so much, as a rate over five minutes does."""
    shares = [min(1.0, number / (5 * MINUTE)) for number in range(round(minutes * MINUTE) + 1)]
    return [CALM["latency_mean"] * (2 + by * share) for share in shares]


def slow(minutes: float, seconds: float = 2.0) -> dict[str, Values]:
    points = round(minutes * MINUTE) + 1
    return {"latency_p99": [seconds] * points, "latency_mean": growing(minutes, 8.0)}


RESTARTS: dict[str, Mapping[str, Values]] = {
    "a replica that was away": {"replicas": after(5.5, 2.0, 2.0, 2.0)},
    "a target that was down": {"live": after(5.5, 2.0)},
    "a scrape gap": {"live": after(5.5, NO_DATA, NO_DATA), "replicas": after(5.5, NO_DATA, NO_DATA)},
}


@pytest.mark.parametrize("name", RESTARTS)
@pytest.mark.parametrize("minutes", [2.0, 3.0, 5.0])
def test_a_window_repeats_the_slow_start_of_a_replica_and_nobody_is_told(name: str, minutes: float) -> None:
    counts = RESTARTS[name]
    moved = {what: after(minutes + 0.75, *[each for each in values if each != 3.0]) for what, values in counts.items()}
    unusual = slow(minutes, 0.6)
    silent = {"traffic": [0.0] * (round(minutes * MINUTE) + 1)}
    for signals in (slow(minutes), unusual, silent):
        assert seen(signals, minutes).status is not Status.OK
        view = seen(signals, minutes, **moved)  # type: ignore[arg-type]
        assert (view.status, view.anomalies) == (Status.OK, ())


def test_nor_is_it_told_as_recovered() -> None:
    over = {name: [*values[: 5 * MINUTE], *[CALM[name]] * (4 * MINUTE)] for name, values in slow(5.0).items()}
    assert seen(over, 9.0).anomalies
    assert seen(over, 9.0, replicas=after(9.5, 2.0, 2.0)).anomalies == ()


def test_what_outlasts_the_window_is_told_with_the_onset_that_it_had() -> None:
    (anomaly,) = seen(slow(6.25), 6.25, replicas=after(7.0, 2.0, 2.0)).anomalies
    assert anomaly.kind is AnomalyKind.LATENCY
    assert anomaly.onset == pytest.approx(AT - 375, abs=FINE.step)


@pytest.mark.parametrize(
    "counts",
    [
        pytest.param({"replicas": [3.0, *[2.0] * (4 * MINUTE)]}, id="replicas that stay away"),
        pytest.param({"replicas": after(1.5, *[2.0] * (5 * MINUTE))}, id="replicas that come back after it was told"),
        pytest.param({"replicas": after(4.0, 2.0, 3.0, 2.0, 2.0)}, id="a replica that crashes again"),
        pytest.param({"replicas": after(4.0, 2.0, *[3.0] * 12, 2.0, 3.0)}, id="a replica that crashes again later"),
        pytest.param(
            {"live": after(4.0, 2.0), "replicas": [3.0, *[2.0] * (4 * MINUTE)]},
            id="a target that is back, and replicas that are not",
        ),
        pytest.param(
            {"live": after(4.0, 2.0), "replicas": after(4.0, *[2.0] * (3 * MINUTE))},
            id="a target that is back, and replicas later",
        ),
        pytest.param({"replicas": after(30.0, 2.0, 2.0)}, id="a restart long before"),
        pytest.param({"replicas": after(4.0, 4.0, 4.0)}, id="a replica more"),
        pytest.param(
            {
                "replicas": after(4.0, 2.0, 2.0),
                "versions": {"v41": [50.0, *[25.0] * (4 * MINUTE)], "v42": [0.0, *[25.0] * (4 * MINUTE)]},
            },
            id="a release",
        ),
    ],
)
def test_what_is_no_restart_is_told_at_once(counts: Mapping[str, Values]) -> None:
    assert seen(slow(3.0), 3.0, **counts).status is Status.CRITICAL  # type: ignore[arg-type]
