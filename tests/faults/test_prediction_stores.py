"""Stores of predictions that lie, break or hold what nobody expected: what is told, and that all else is unharmed."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from console.simulation.predictions import ETA, FRAUD, NullSpike, write_log
from tests.simulation.predictions.logs import HOUR, MONDAY

AT = MONDAY + 4 * 24 * HOUR + 12 * HOUR + 1800.0
"""A Friday at 12:30 UTC."""
AT_TEXT = "2025-12-05T12:30:00Z"
START = AT - 60 * HOUR
ONSET = AT - 4 * HOUR


def store(name: str, files: Path, **more: object) -> dict[str, object]:
    """Return the settings of a store that is measured against the day before yesterday."""
    rule = {"match": "*", "reference": {"window": "24h", "ends_before": "24h"}}
    return {"name": name, "address": f"duckdb://{files}", "history": "2d", "models": [rule], **more}


def summary(folder: Path, *stores: Mapping[str, object]) -> dict[str, Any]:
    """Return what a cold `summary` says of some stores, as a process of its own."""
    config = folder / "config.yaml"
    config.write_text(json.dumps({"predictions": stores, "cache": False, "state_directory": str(folder / "state")}))
    command = [sys.executable, "-m", "console", "summary", "--format", "json", "--at", AT_TEXT, "--config", str(config)]
    environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache")}
    finished = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=110, check=False)
    assert finished.returncode in (0, 1, 2, 3), finished.stderr
    assert "Traceback" not in finished.stderr
    found: dict[str, Any] = json.loads(finished.stdout)
    return found


def models(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {model["name"]: model for model in found["models"]}


def sources(found: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    return {source["name"]: source for source in found["sources"]}


def hostile(table: pa.Table) -> pa.Table:
    """Return a log with columns of every kind that a store may hold beside its own."""
    rows, generator = table.num_rows, np.random.default_rng(1)
    columns: dict[str, pa.Array] = {
        "all null": pa.nulls(rows, pa.float64()),
        "no type": pa.nulls(rows),
        "nan": pa.array(np.where(generator.uniform(size=rows) < 0.5, np.nan, 1.0)),
        "inf": pa.array(np.where(generator.uniform(size=rows) < 0.5, np.inf, -np.inf)),
        "decimal": pa.array([Decimal(int(cent)).scaleb(-2) for cent in generator.integers(0, 9999, rows)]),
        "time": pa.array(generator.integers(0, 2**50, rows)).cast(pa.timestamp("us")),
        "nested": pa.array([{"a": 1, "b": [1, 2]}] * rows),
        "list": pa.array([[1.0, 2.0]] * rows),
        "bytes": pa.array([b"\xff\x00"] * rows),
        "'; DROP TABLE predictions; --": pa.array(generator.normal(size=rows)),
        'a"b': pa.array(generator.choice(["' OR 1=1 --", '"', "\\", "\x1b[31m", "\u202e"], rows)),
        "{{ name }}\n%s": pa.array(generator.normal(size=rows)),
        "select": pa.array(generator.integers(2**63, 2**64 - 1, rows, dtype=np.uint64)),
    }
    for name, column in columns.items():
        table = table.append_column(name, column)
    return table


def test_a_column_of_any_kind_harms_no_other(tmp_path: Path) -> None:
    spec = FRAUD.with_faults(NullSpike("device_trust", ONSET, share=0.8))
    log = write_log(tmp_path / "log", spec, seed=1, start=START, end=AT, rows_per_hour=300)
    for file in log.predictions.parent.iterdir():
        pq.write_table(hostile(pq.read_table(file)), file, store_schema=False)
    found = summary(tmp_path, store("odd", log.predictions))
    assert sources(found)["odd"]["status"] == "ok"
    fraud = models(found)["fraud"]
    assert [anomaly["kind"] for anomaly in fraud["anomalies"]] == ["data_quality"]
    assert fraud["anomalies"][0]["summary"].startswith("`device_trust` null in ")
    assert fraud["anomalies"][0]["playbooks"][0]["id"] == "upstream-data-broken"
    assert fraud["signals"]["data_quality"]["feature"] == "device_trust"


def test_a_file_that_is_broken_takes_its_own_store_along_and_no_other(tmp_path: Path) -> None:
    good = write_log(tmp_path / "good", FRAUD, seed=1, start=START, end=AT, rows_per_hour=200)
    bad = write_log(tmp_path / "bad", ETA, seed=1, start=START, end=AT, rows_per_hour=200)
    (bad.predictions.parent / "torn.parquet").write_bytes(b"PAR1 this was cut off")
    found = summary(
        tmp_path,
        store("good", good.predictions),
        store("bad", bad.predictions),
        store("gone", tmp_path / "nothing" / "*.parquet"),
    )
    told = sources(found)
    assert told["good"]["status"] == "ok"
    assert told["bad"]["status"] == told["gone"]["status"] == "unknown"
    assert "torn.parquet" in told["bad"]["detail"]
    assert "\n" not in told["bad"]["detail"] + told["gone"]["detail"]
    assert models(found)["fraud"]["status"] == "ok"
    assert "eta" not in models(found)


def test_ids_that_repeat_and_labels_of_nobody_change_no_measure_of_quality(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", FRAUD, seed=1, start=START, end=AT, rows_per_hour=300)
    rule = {"match": "*", "metric": "accuracy", "horizon": "1h", "reference": {"window": "24h", "ends_before": "24h"}}
    settings = store("log", log.predictions, labels=f"duckdb://{log.labels}", models=[rule])
    well = models(summary(tmp_path, settings))["fraud"]["signals"]["model_quality"]["value"]
    labels = pa.concat_tables(map(pq.read_table, sorted(log.labels.parent.iterdir())))
    nobodys = labels.set_column(0, "request_id", pa.array([f"nobody-{row}" for row in range(labels.num_rows)]))
    again = pa.concat_tables([labels, labels.slice(0, 500), nobodys, nobodys])
    pq.write_table(again, log.labels.parent / "again.parquet", store_schema=False)
    for file in sorted(log.labels.parent.glob("fraud-*")):
        file.unlink()
    assert well is not None
    assert models(summary(tmp_path, settings))["fraud"]["signals"]["model_quality"]["value"] == well


def test_rows_of_a_clock_that_runs_ahead_are_no_rows_of_now(tmp_path: Path) -> None:
    log = write_log(tmp_path / "log", FRAUD, seed=1, start=START, end=AT + 3 * HOUR, rows_per_hour=300)
    ahead = summary(tmp_path, store("ahead", log.predictions))
    exact = write_log(tmp_path / "exact", FRAUD, seed=1, start=START, end=AT, rows_per_hour=300)
    signals = ("traffic", "feature_drift", "prediction_drift", "data_quality")
    told, expected = (
        {signal: models(found)["fraud"]["signals"][signal]["value"] for signal in signals}
        for found in (ahead, summary(tmp_path, store("exact", exact.predictions)))
    )
    assert told == expected
