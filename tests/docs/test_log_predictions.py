"""The snippets of the page on logging predictions run, and what they write is read as it says."""

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from console.settings.predictions import PredictionStore, StoreAddress
from console.sources.predictions.conventions import FEEDBACK, NAMES, SCORES, Part, class_of_score, split_unit
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import map_log
from console.transport.sql import open_store

PAGE = (Path(__file__).parents[2] / "docs/how-to/log-predictions.md").read_text(encoding="utf-8")
PYTHON = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
PARTS = {
    "time": Part.TIMESTAMP,
    "model": Part.MODEL,
    "version": Part.VERSION,
    "id": Part.ID,
    "prediction": Part.PREDICTION,
    "latency": Part.LATENCY,
    "error": Part.ERROR,
    "label": Part.LABEL,
    "label time": Part.LABEL_TIME,
}
"""The rows of the page's table that are parts of a log."""


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """What the first snippet defines, with the working directory where its example writes."""
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    exec(PYTHON[0], names)  # noqa: S102  # the snippet of the page
    return names


async def read(address: str) -> tuple[PredictionLog, list[dict[str, object]]]:
    place = StoreAddress(address)
    async with open_store(place, environment=os.environ) as store:
        log = await map_log(store, PredictionStore(place))
        return log, (await store.read(log.table)).to_pylist()


async def test_the_logger_in_python(written: dict[str, object], tmp_path: Path) -> None:
    exec(PYTHON[1], written)  # noqa: S102  # the snippet of the page
    log, (row,) = await read(f"duckdb://{tmp_path}/logs")
    assert (row["model"], row["version"], row["id"]) == ("fraud", "v41", written["request_id"])
    assert (row["prediction"], row["score"], row["latency"], row["label"]) == (1, 0.83, 0.012, 0)
    assert (row["feature.age"], row["feature.country"]) == (31, "DE")
    assert (log.has_label_time, log.notes, log.mistakes) == (True, (), ())
    assert list((tmp_path / "logs").rglob(".*")) == []


async def test_the_receiver_of_kserve(written: dict[str, object], tmp_path: Path) -> None:
    exec(PYTHON[2], written)  # noqa: S102  # the snippet of the page
    payloads = written["Payloads"](tmp_path / "logs")  # type: ignore[operator]  # it is the class
    for number in range(3):
        headers = {
            "ce-id": f"call-{number}",
            "ce-time": f"2026-01-01T00:00:0{number}Z",
            "ce-inferenceservicename": "ads",
        }
        kind = "org.kubeflow.serving.inference"
        request = json.dumps({"instances": [{"age": 30 + number, "country": "DE"}]}).encode()
        events = [
            ({**headers, "ce-type": f"{kind}.request"}, request),
            ({**headers, "ce-time": "2026-01-01T01:00:00Z", "ce-type": f"{kind}.response"}, b'{"predictions": [1]}'),
        ]
        for event_headers, body in events if number else reversed(events):
            payloads.receive(event_headers, body)
    payloads.log.flush()
    log, rows = await read(f"duckdb://{tmp_path}/logs")
    assert sorted((row["model"], row["id"], row["feature.age"], row["prediction"]) for row in rows) == [
        ("ads", f"call-{number}", 30.0 + number, 1.0) for number in range(3)
    ]
    assert sorted(row["timestamp"].second for row in rows if isinstance(row["timestamp"], datetime)) == [0, 1, 2]
    assert payloads.calls == {}
    assert log.mistakes == ()


async def test_the_monitor_of_bentoml(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """BentoML does not run here: a stand-in writes the line that its default monitor writes."""
    path = tmp_path / "data.0.jsonl"

    @contextmanager
    def monitor(name: str) -> Iterator[SimpleNamespace]:
        record: dict[str, object] = {}
        yield SimpleNamespace(log=lambda value, name, role, data_type: record.update({name: value}))
        record |= {"timestamp": "2026-01-01T00:00:00.123456", "request_id": "7", "trace_id": "8"}
        path.write_text(json.dumps(record) + "\n", encoding="utf-8")

    monkeypatch.setitem(sys.modules, "bentoml", SimpleNamespace(monitor=monitor))
    exec(PYTHON[3], {"bentoml": sys.modules["bentoml"]})  # noqa: S102  # the snippet of the page
    log, (row,) = await read(f"duckdb://{tmp_path}/*.jsonl")
    assert [feature.name for feature in log.features] == ["age", "country"]
    assert (row["prediction"], row["score"], row["id"]) == (1, 0.83, "7")


def test_the_names_in_the_table_are_those_that_are_found() -> None:
    rows = dict(re.findall(r"^\| ([a-z ]+) \| (.*?) \|", PAGE, re.MULTILINE))
    for title, part in PARTS.items():
        for name in re.findall(r"`([^`]+)`", rows[title]):
            assert split_unit(name).words in NAMES[part], name
    for name in re.findall(r"`([^`]+)`", rows["feedback"]):
        assert name in FEEDBACK
    for name in re.findall(r"`([^`]+)`", rows["score"]):
        assert name in SCORES or class_of_score(name) == "fraud", name
