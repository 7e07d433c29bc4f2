"""Which anomalies belong together, and that an incident keeps its id while it lasts."""

import msgspec

from console.detect.incidents import LONGEST_BETWEEN_ONSETS, incidents_of
from console.detect.judge import judge_model
from console.domain.anomaly import Anomaly, AnomalyKind, Progress, Severity
from console.domain.objective import Objective
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
    new = [0.3] + [2.4] * 8
    view = judge_model(a_case(a_past({"traffic": 9.0, "latency_p99": old, "latency_mean": new}), PROMISES), ())
    assert [each.signal for each in view.anomalies] == ["latency_mean"]


def test_onsets_further_apart_than_that_are_not_one_incident() -> None:
    apart = [anomaly("queue", 0.0), anomaly("latency_p99", LONGEST_BETWEEN_ONSETS + 1)]
    assert len(incidents_of("fraud", apart)) == 2
