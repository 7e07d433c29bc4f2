"""Causes are told once each, with what speaks for and against them, and what could not be read."""

import msgspec

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Incident, Severity
from console.domain.change import Change, ChangeKind
from console.domain.moments import clock_time
from console.domain.snapshot import ModelView, Oddity, Snapshot
from console.headless.summary.text import summary_text
from console.headless.summary.words import causes_told, facts_beside
from console.tui.panels.incident import incident_lines
from console.tui.panels.summary import model_summary
from tests.headless.fleets import AT, PROMETHEUS, broken

RELEASE = Cause(
    CauseKind.NEW_VERSION, 0.93, "v2 2.60 s against 0.30 s on v1", ("it began 40 s before", "load as before")
)
UNKNOWN = Cause(CauseKind.UNKNOWN, 0.9, "none of the known causes passes its test", ("not dependency: as before",))


def anomaly(signal: str, kind: AnomalyKind, *causes: Cause, evidence: tuple[str, ...] = ()) -> Anomaly:
    name = f"fraud/{signal}"
    return Anomaly(name, kind, signal, Severity.CRITICAL, AT - 600, signal, evidence=evidence, causes=causes)


def model(*anomalies: Anomaly, not_read: tuple[str, ...] = ()) -> ModelView:
    view = broken("fraud", anomalies[0])
    return msgspec.structs.replace(view, incident=Incident("fraud", AT - 600, anomalies), not_read=not_read)


def test_two_signals_of_one_story_tell_its_cause_once() -> None:
    again = msgspec.structs.replace(RELEASE, confidence=0.7, detail="v2 concurrency")
    latency = anomaly("latency_p99", AnomalyKind.LATENCY, RELEASE)
    view = model(latency, anomaly("saturation", AnomalyKind.SATURATION, again, UNKNOWN))
    assert causes_told(view) == [RELEASE]


def test_every_broken_column_tells_its_own() -> None:
    causes = [Cause(CauseKind.UPSTREAM_DATA, 0.7, f"{name} is null") for name in ("age", "income")]
    view = model(*(anomaly(cause.detail, AnomalyKind.DATA_QUALITY, cause) for cause in causes))
    assert causes_told(view) == causes


def test_what_a_cause_says_is_no_fact_beside_it() -> None:
    evidence = ("load as before", "208 requests waiting")
    assert facts_beside(model(anomaly("latency_p99", AnomalyKind.LATENCY, RELEASE, evidence=evidence))) == [
        "208 requests waiting"
    ]


def test_what_changed_at_the_second_that_a_cause_names_is_no_fact_beside_it() -> None:
    lost = Cause(CauseKind.CAPACITY_LOSS, 0.98, "ready replicas 3 → 2 at 07:07:35, load per replica 1.5×")
    evidence = ("3 → 2 replicas since 07:07:35 UTC", "2 → 3 replicas since 07:01:00 UTC")
    assert facts_beside(model(anomaly("latency_p99", AnomalyKind.LATENCY, lost, evidence=evidence))) == [evidence[1]]


def test_a_value_that_is_an_anomaly_itself_is_no_fact_beside_it() -> None:
    latency = anomaly("latency_p99", AnomalyKind.LATENCY, RELEASE, evidence=("saturation 91 %", "16 requests waiting"))
    saturation = anomaly("saturation", AnomalyKind.SATURATION, RELEASE)
    saturation = msgspec.structs.replace(saturation, summary="saturation 91 %, limit 90 %")
    assert facts_beside(model(latency, saturation)) == ["16 requests waiting"]


def test_a_surge_tells_one_usual_traffic() -> None:
    surge = Cause(CauseKind.TRAFFIC_SURGE, 0.98, "traffic 2.6× its usual 119/s for this hour")
    evidence = ("traffic 2.5× its usual 122/s", "138 requests waiting")
    assert facts_beside(model(anomaly("latency_p99", AnomalyKind.LATENCY, surge, evidence=evidence))) == [evidence[1]]


def test_what_the_page_tells_in_one_place_it_does_not_repeat() -> None:
    odd = Oddity("queue", AT - 600, "queue 2, usual at this hour 0")
    change = Change(ChangeKind.REPLICAS, AT - 620, "3 → 2 replicas")
    at = clock_time(change.at)
    evidence = (odd.fact, f"3 → 2 replicas since {at} UTC")
    view = model(anomaly("latency_p99", AnomalyKind.LATENCY, RELEASE, evidence=evidence))
    view = msgspec.structs.replace(view, oddities=(odd,), changes=(change,))
    painted = "\n".join("".join(span.text for span in line.spans) for line in incident_lines(view, None, AT, (), ()))
    assert painted.count(odd.fact) == 1
    assert painted.count("3 → 2 replicas") == 1


def test_the_playbook_is_not_pushed_out_by_facts() -> None:
    evidence = tuple(f"fact {number}" for number in range(9))
    view = model(anomaly("latency_p99", AnomalyKind.LATENCY, RELEASE, evidence=evidence))
    why = "".join(span.text for each in model_summary(view, AT) for span in each.spans if "fact" in span.text)
    assert ("fact 1" in why, "fact 2" in why) == (True, False)


def test_details_and_screen_tell_what_was_ruled_out_and_what_was_not_read() -> None:
    view = model(anomaly("latency_p99", AnomalyKind.LATENCY, UNKNOWN), not_read=("versions: \x1b[31mno answer",))
    text = summary_text(Snapshot(AT, (PROMETHEUS,), (view,)), details=True)
    painted = "\n".join("".join(span.text for span in line.spans) for line in incident_lines(view, None, AT, (), ()))
    for told in (text, painted):
        assert "unknown (90 %): none of the known causes passes its test" in told
        assert "not dependency: as before" in told
        assert "versions: ␛[31mno answer" in told
        assert "not read" in told
