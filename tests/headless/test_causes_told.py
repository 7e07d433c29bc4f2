"""Causes are told once each, with what speaks for and against them, and what could not be read."""

import msgspec

from console.domain.anomaly import Anomaly, AnomalyKind, Cause, CauseKind, Incident, Severity
from console.domain.snapshot import ModelView, Snapshot
from console.headless.summary.text import summary_text
from console.headless.summary.words import causes_told, facts_beside
from console.tui.panels.incident import incident_lines
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


def test_details_and_screen_tell_what_was_ruled_out_and_what_was_not_read() -> None:
    view = model(anomaly("latency_p99", AnomalyKind.LATENCY, UNKNOWN), not_read=("versions: \x1b[31mno answer",))
    text = summary_text(Snapshot(AT, (PROMETHEUS,), (view,)), details=True)
    painted = "\n".join("".join(span.text for span in line.spans) for line in incident_lines(view, None, AT, (), ()))
    for told in (text, painted):
        assert "unknown (90 %): none of the known causes passes its test" in told
        assert "not dependency: as before" in told
        assert "versions: ␛[31mno answer" in told
        assert "not read" in told
