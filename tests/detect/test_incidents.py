"""Which anomalies belong together, and that an incident keeps its id while it lasts."""

import math
from array import array

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from console.detect.case import Case
from console.detect.incidents import LONGEST_BETWEEN_ONSETS, incidents_of
from console.detect.judge import judge_model
from console.domain.anomaly import Anomaly, AnomalyKind, Progress, Severity
from console.domain.objective import Objective
from console.domain.series import Grid, Series
from console.settings.settings import JudgementSettings
from tests.detect.pasts import COARSE, FINE, a_case, a_past

PROMISES = Objective(latency={"latency_p99": 0.5, "latency_mean": 0.5})


def anomaly(signal: str, onset: float, severity: Severity = Severity.WARNING, **more: object) -> Anomaly:
    plain = Anomaly(f"fraud/{signal}", AnomalyKind.LATENCY, signal, severity, onset, f"{signal} broke")
    return msgspec.structs.replace(plain, **more)


def test_what_follows_within_hours_is_one_incident_from_the_first_onset() -> None:
    first, second = anomaly("queue", 1000.0), anomaly("latency_p99", 1000.0 + 3600, Severity.CRITICAL)
    (incident,) = incidents_of("fraud", [second, first])
    assert (incident.onset, incident.anomalies) == (1000.0, (second, first))


def test_a_burn_of_days_and_what_broke_this_minute_are_two_incidents_the_worse_first() -> None:
    slow, fresh = anomaly("error_ratio", 1000.0), anomaly("latency_p99", 200_000.0, Severity.CRITICAL)
    assert [each.onset for each in incidents_of("fraud", [slow, fresh])] == [200_000.0, 1000.0]


def test_what_recovered_stands_at_the_end() -> None:
    over = anomaly("latency_p99", 1000.0, Severity.CRITICAL, progress=Progress.RECOVERED, ended=1500.0)
    goes_on = anomaly("queue", 1100.0)
    (incident,) = incidents_of("fraud", [over, goes_on])
    assert incident.anomalies == (goes_on, over)


def test_an_incident_keeps_its_onset_when_its_first_anomaly_recovers() -> None:
    first = [0.3] + [2.4] * 40 + [0.3] * 120
    second = [0.3] + [2.4] * 150
    view = judge_model(a_case(a_past({"traffic": 9.0, "latency_p99": first, "latency_mean": second}), PROMISES), ())
    assert view.incident is not None
    assert view.incident.onset == FINE.instant(-160)
    assert [(each.signal, each.progress) for each in view.anomalies] == [
        ("latency_mean", Progress.ONGOING),
        ("latency_p99", Progress.RECOVERED),
    ]


def test_an_incident_keeps_its_onset_when_its_first_anomaly_left_the_last_hour() -> None:
    day: dict[str, list[float] | float] = {
        "traffic": 9.0,
        "latency_p99": [0.3] * 249 + [2.4] * 6 + [0.3] * 34,
        "latency_mean": [0.3] * 252 + [2.4] * 37,
    }
    past = a_past({"traffic": 9.0, "latency_p99": 0.3, "latency_mean": 2.4}, day)
    view = judge_model(a_case(past, PROMISES), ())
    assert view.incident is not None
    assert view.incident.onset == COARSE.instant(-40)


def test_what_comes_back_while_its_incident_goes_on_is_one_anomaly() -> None:
    flaps = [0.3] + [2.4] * 20 + [0.3] * 100 + [2.4] * 20
    holds = [0.3] + [2.4] * 130
    view = judge_model(a_case(a_past({"traffic": 9.0, "latency_p99": flaps, "latency_mean": holds}), PROMISES), ())
    (again,) = (each for each in view.anomalies if each.signal == "latency_p99")
    assert (again.onset, again.returns, again.progress) == (FINE.instant(-140), 1, Progress.ONGOING)


def test_what_recovered_long_before_belongs_to_no_incident_of_now() -> None:
    old = [0.3] + [2.4] * 20 + [0.3] * 100
    new = [0.3] + [2.4] * 25
    view = judge_model(a_case(a_past({"traffic": 9.0, "latency_p99": old, "latency_mean": new}), PROMISES), ())
    assert [each.signal for each in view.anomalies] == ["latency_mean"]


def test_onsets_further_apart_than_that_are_not_one_incident() -> None:
    apart = [anomaly("queue", 0.0), anomaly("latency_p99", LONGEST_BETWEEN_ONSETS + 1)]
    assert len(incidents_of("fraud", apart)) == 2


SPANS = st.lists(st.tuples(st.sampled_from([0.3, 2.4]), st.integers(1, 40)), min_size=1, max_size=8)


def values_of(spans: list[tuple[float, int]]) -> list[float]:
    return [0.3, *(value for value, length in spans for value in [value] * length)][:220]


@given(SPANS, SPANS)
@settings(deadline=None, max_examples=30)
def test_an_incident_never_moves_its_onset_while_it_lasts(
    one: list[tuple[float, int]], other: list[tuple[float, int]]
) -> None:
    first, second = values_of(one), values_of(other)
    before: float | None = None
    for index in range(min(len(first), len(second))):
        grid = Grid.until(FINE.start + FINE.step * index, 3600.0, FINE.step)
        signals = {
            name: Series(grid, array("d", ([math.nan] * grid.count + values[: index + 1])[-grid.count :]))
            for name, values in (("latency_p99", first), ("latency_mean", second))
        }
        past = a_past({})
        flat = Series(grid, array("d", [3.0]) * grid.count)
        none = Series(grid, array("d", [0.0]) * grid.count)
        past = msgspec.structs.replace(past, fine=signals, live_targets=flat, dead_targets=none, replicas=flat)
        view = judge_model(Case(past, PROMISES, JudgementSettings(), grid.end), ())
        now = view.incident.onset if view.incident is not None else None
        assert before is None or now is None or now == before
        before = now
