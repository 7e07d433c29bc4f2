"""The promise of the JSON document, field by field, as scripts outside rely on it."""

import json
import math

import msgspec

from console.domain.label import Label
from console.domain.model import Model
from console.domain.signal import LATENCY_P99, TRAFFIC, Reading, State
from console.domain.snapshot import Snapshot
from console.headless.summary.json_document import summary_json
from tests.headless.fleets import AT, PROMETHEUS, fleet, fraud, healthy

PROMISED = {
    "": {"schema", "at", "status", "sources", "models", "alerts"},
    "source": {"name", "status", "seconds", "detail", "partial", "replica", "missing_members", "baselines"},
    "model": {"id", "name", "labels", "status", "versions", "workload", "incident", "signals", "anomalies"},
    "signal": {"value", "unit", "state", "expected", "objective"},
    "anomaly": {
        "id", "kind", "signal", "severity", "since", "value", "expected", "objective", "summary", "causes", "playbooks",
    },
    "alert": {"name", "model", "severity", "state", "since", "labels", "runbook_url", "silenced"},
}  # fmt: skip


def test_every_promised_field_is_there() -> None:
    document = json.loads(summary_json(fleet()))
    model = document["models"][0]
    assert PROMISED[""] <= document.keys()
    assert PROMISED["source"] <= document["sources"][0].keys()
    assert PROMISED["model"] <= model.keys()
    assert PROMISED["signal"] <= model["signals"]["latency_p99"].keys()
    assert PROMISED["anomaly"] <= model["anomalies"][0].keys()
    assert PROMISED["alert"] <= document["alerts"][0].keys()


def test_the_values_are_those_of_the_contract() -> None:
    document = json.loads(summary_json(fleet()))
    assert document["schema"] == "incident-console/summary/1"
    assert document["at"] == "2026-11-22T03:20:14Z"
    assert document["status"] == "critical"
    model = document["models"][0]
    assert model["workload"] == {"kind": "Deployment", "namespace": "ml", "name": "fraud"}
    assert model["incident"] == "fraud@2026-11-22T03:08:15Z"
    assert model["versions"] == {"v42": 0.9, "v41": 0.1}
    p99 = model["signals"]["latency_p99"]
    assert (p99["value"], p99["unit"], p99["state"], p99["expected"], p99["objective"]) == (2.4, "s", "ok", 0.31, 0.5)
    anomaly = model["anomalies"][0]
    assert anomaly["since"] == "2026-11-22T03:08:15Z"
    assert anomaly["causes"][0]["kind"] == "new_version"
    assert anomaly["playbooks"][0] == {
        "id": "roll-back-version",
        "title": "Roll back to the last good version",
        "cause": "new_version",
        "ties": [],
    }
    assert document["alerts"][0]["since"] == "2026-11-22T03:12:02Z"


def test_what_is_no_number_is_null() -> None:
    view = healthy(
        "ads",
        traffic=Reading(TRAFFIC, State.OK, math.nan, expected=math.inf, objective=-math.inf),
        latency_p99=Reading(LATENCY_P99, State.OK, math.inf),
    )
    text = summary_json(Snapshot(AT, (PROMETHEUS,), (view,)))
    signals = json.loads(text)["models"][0]["signals"]
    assert "NaN" not in text
    assert "Infinity" not in text
    assert signals["traffic"]["value"] is signals["traffic"]["expected"] is signals["latency_p99"]["value"] is None


def test_an_old_value_does_not_stand_where_a_current_one_is_expected() -> None:
    saturation = json.loads(summary_json(fleet()))["models"][0]["signals"]["saturation"]
    assert (saturation["value"], saturation["last_value"], saturation["seen"]) == (None, 0.61, "2026-11-22T03:11:00Z")


def test_names_are_raw_and_cannot_steer_a_terminal() -> None:
    name = "a\x1b[31m\x9b2J\u202e\U000e0041\x7f\U0001f600"
    view = msgspec.structs.replace(fraud(), model=Model(name, Label(name), {"namespace": name}), versions={name: 1.0})
    text = summary_json(Snapshot(AT, (PROMETHEUS,), (view,)))
    assert text[:-1].isprintable()
    model = json.loads(text)["models"][0]
    assert model["id"] == model["name"] == model["labels"]["namespace"] == name
    assert list(model["versions"]) == [name]
