"""`drift` from the command line to a store: what it compares, and one line for whatever it cannot."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from console.cli import main
from console.simulation.predictions import FRAUD, NullSpike, write_log

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()
HOUR, DAY = 3600.0, 86_400.0
CAPTURE = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of three days of a model that is given no ages in the last two hours."""
    folder = tmp_path_factory.mktemp("log")
    spec = FRAUD.with_faults(NullSpike("age", NOON - 2 * HOUR, share=0.62))
    write_log(folder, spec, seed=7, start=NOON - 3 * DAY, end=NOON, rows_per_hour=400)
    return f"duckdb://{folder}/predictions/*.parquet"


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of whoever runs the tests is read."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("INCIDENT_CONSOLE_CONFIG", raising=False)


def drift(log: str, *arguments: str, model: str = "fraud", at: str = "2026-11-20T12:00:00Z") -> int:
    return main(["drift", model, "--predictions", log, "--at", at, *arguments])


def test_json_tells_what_was_compared_and_what_broke(log: str, capsys: CAPTURE) -> None:
    assert drift(log, "--window", "90m", "--against", "1d", "--format", "json") == 2
    document = json.loads(capsys.readouterr().out)
    assert (document["start"], document["at"]) == ("2026-11-20T10:30:00Z", "2026-11-20T12:00:00Z")
    worst = document["features"][0]
    assert (worst["name"], worst["verdict"], worst["breakage"]) == ("age", "broken", "nulls")
    assert worst["null_share"]["current"] == pytest.approx(0.62, abs=0.06)
    assert sum(each["share"] for each in document["features"]) == pytest.approx(1.0)


def test_before_it_broke_nothing_is_broken(log: str, capsys: CAPTURE) -> None:
    assert drift(log, "--against", "1d", "--window", "3h", at="2026-11-20T09:00:00Z") in (0, 1)
    assert "broken" not in capsys.readouterr().out.splitlines()[0]


def test_a_data_set_is_a_reference(log: str, capsys: CAPTURE) -> None:
    assert drift(log, "--against", log.replace("predictions/*", "predictions/fraud-20261117*"), "--format", "csv") == 2
    assert "fraud,,2026-11-20T12:00:00Z,age,feature,broken," in capsys.readouterr().out


def test_a_window_without_rows_tells_where_the_newest_are(log: str, capsys: CAPTURE) -> None:
    assert drift(log, at="2026-11-22T00:00:00Z") == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    told = "incident-console: no rows of fraud from 2026-11-21T23:00:00Z to 2026-11-22T00:00:00Z; the newest is of "
    assert captured.err.startswith(told)
    assert drift(log, at=captured.err.split("add --at ")[1].split()[0]) == 2, "the advice can be followed"


def test_a_model_that_is_not_logged_is_one_line_with_the_nearest(log: str, capsys: CAPTURE) -> None:
    assert drift(log, model="frud") == 3
    assert (
        capsys.readouterr().err
        == "incident-console: no predictions of frud are logged; expected one of fraud; nearest: fraud\n"
    )


def test_a_store_that_is_not_there_is_one_line_and_69(tmp_path: Path, capsys: CAPTURE) -> None:
    assert drift(f"duckdb://{tmp_path}/none/*.parquet") == 69
    captured = capsys.readouterr()
    assert captured.err.startswith("incident-console: the predictions cannot be read: ")
    assert captured.err.count("\n") == 1
