import msgspec

from console.detect.judge import judge_model
from console.detect.source_down import freeze
from console.domain.anomaly import Status
from console.domain.signal import State
from tests.detect.pasts import AT, a_case, a_past


def test_a_frozen_fleet_keeps_what_was_known_and_calls_nothing_healthy() -> None:
    slow = judge_model(a_case(a_past({"traffic": 9.0, "latency_p99": [0.3] + [2.4] * 20}, {"latency_p99": 0.3})), ())
    fine = judge_model(a_case(a_past({"traffic": 9.0}, not_exported={"latency_p99": "counters only"}, name="ads")), ())
    frozen = freeze([fine, slow], "connection refused")
    assert [(view.model.id, view.status) for view in frozen] == [("fraud", Status.CRITICAL), ("ads", Status.UNKNOWN)]
    assert frozen[0].anomalies == (msgspec.structs.replace(slow.anomalies[0], last_seen=AT),)
    assert frozen[1].readings["traffic"].state is State.SOURCE_DOWN
    assert frozen[1].readings["traffic"].detail == "connection refused"
    assert frozen[1].readings["latency_p99"].state is State.NOT_EXPORTED
