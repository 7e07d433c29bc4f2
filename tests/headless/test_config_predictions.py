"""What `config check` prints of a store of predictions: goldens are the promise. `UPDATE_GOLDENS=1` writes anew."""

import os
from pathlib import Path

import duckdb
import pytest

from console.cli import main

GOLDENS = Path(__file__).parent / "goldens_of_config"
AT = "2026-01-03T00:00:00Z"

BY_CONVENTION = """
    SELECT TIMESTAMPTZ '2026-01-01 00:00:00Z' + INTERVAL (i) SECOND AS timestamp, 'fraud' AS model,
    CASE WHEN i < 150 THEN 'v1' ELSE 'v2' END AS version, 'r' || (i % 199) AS request_id, 20 + i % 50 AS age,
    'DE' AS country, 'u' || i AS user_id, [1, 2] AS basket, i % 2 AS prediction, 0.5::DOUBLE AS score,
    12.5::DOUBLE AS latency_ms, 200 AS status_code FROM range(200) t(i)
"""
LABELS = """
    SELECT 'r' || i AS request_id, 1 AS label, TIMESTAMPTZ '2026-01-02 00:00:00Z' AS label_time
    FROM range(150, 210) t(i)
"""
BARE = "SELECT 1767225600 + i AS ts, i * 1.5::DOUBLE AS amount, 'yes' AS prediction FROM range(5) t(i)"
CONFIGURED = """
predictions:
  address: duckdb://LOG
  name: warehouse
  columns: {timestamp: ts, prediction: prediction, latency: tok, features: [amount, "x_*"]}
  models:
    - {match: "a*", reference: "duckdb://TRAINING", slices: [amont], metric: auk, training: {auc: 0.9}}
"""
TRAINING = "SELECT 'x' || i AS amount, 1 AS other FROM range(50) t(i)"


def write(path: Path, query: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    duckdb.connect().execute(f"SET TimeZone = 'UTC'; COPY ({query}) TO '{path}'")


def compare(name: str, printed: str, directory: Path) -> None:
    said = "".join(line for line in printed.replace(str(directory), "/logs").splitlines(keepends=True)[2:-3])
    golden = GOLDENS / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDENS"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("INCIDENT_CONSOLE_CONFIG", raising=False)


def test_a_log_by_convention_with_labels(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "log/predictions/a.parquet", BY_CONVENTION)
    write(tmp_path / "log/labels/a.parquet", LABELS)
    assert main(["config", "check", "--predictions", f"duckdb://{tmp_path}/log", "--at", AT]) == 0
    compare("by_convention", capsys.readouterr().out, tmp_path)


def test_a_bare_log_and_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "ads.parquet", BARE)
    assert main(["config", "check", "--predictions", f"duckdb://{tmp_path}/ads.parquet", "--at", AT]) == 0
    compare("bare", capsys.readouterr().out, tmp_path)


def test_a_configuration_that_names_what_is_not_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "ads.parquet", BARE)
    path = tmp_path / "config.yaml"
    write(tmp_path / "training.parquet", TRAINING)
    text = CONFIGURED.replace("LOG", str(tmp_path / "ads.parquet"))
    path.write_text(text.replace("TRAINING", str(tmp_path / "training.parquet")), encoding="utf-8")
    assert main(["config", "check", "--config", str(path), "--at", AT]) == 78
    compare("mistakes", capsys.readouterr().out, tmp_path)


def test_a_log_without_a_row_of_late(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "ads.parquet", BARE)
    assert main(["config", "check", "--predictions", f"duckdb://{tmp_path}/ads.parquet"]) == 0
    assert "/ads.parquet: no row of the last 28d\n" in capsys.readouterr().out


def test_rows_of_a_clock_that_is_ahead_are_told_of_now(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ahead = "SELECT now() + INTERVAL 150 MINUTE AS ts, 'it''s' AS model, 1 AS amount, 2 AS prediction FROM range(1204)"
    write(tmp_path / "ads.parquet", ahead)
    assert main(["config", "check", "--predictions", f"duckdb://{tmp_path}/ads.parquet"]) == 0
    told = "1,204 rows of it's are dated up to 2 h 29 min ahead: a clock is wrong; they are not counted\n"
    assert told in capsys.readouterr().out
    assert main(["config", "check", "--predictions", f"duckdb://{tmp_path}/ads.parquet", "--at", AT]) == 0
    assert "a clock is wrong" not in capsys.readouterr().out


def test_a_table_without_a_time_is_a_mistake(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "ads.parquet", "SELECT 1 AS amount, 2 AS prediction")
    assert main(["config", "check", "--predictions", f"duckdb://{tmp_path}/ads.parquet"]) == 78
    told = "no column is called like a time; name it in columns.timestamp, one of amount, prediction\n"
    assert f"predictions    cannot be read: duckdb://{tmp_path}/ads.parquet: {told}" in capsys.readouterr().out


def test_a_store_that_is_not_there_is_one_line_and_69(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["config", "check", "--predictions", f"duckdb://{tmp_path}/none.parquet"]) == 69
    printed = capsys.readouterr()
    assert printed.err == ""
    (line,) = [line for line in printed.out.splitlines() if line.startswith("predictions")]
    assert line.startswith("predictions    does not answer: ")


def test_a_secret_that_is_not_set_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("predictions: {address: {url: {env: NOT_SET}}}", encoding="utf-8")
    assert main(["config", "check", "--config", str(path)]) == 78
    assert "environment variable NOT_SET is not set" in capsys.readouterr().err
