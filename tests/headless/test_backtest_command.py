"""What `backtest` prints, narrates and ends with, for good files and bad ones."""

import csv
import io
import json
import random
from collections.abc import Sequence
from pathlib import Path

import pytest

from console.cli import main

CAPTURE = pytest.CaptureFixture[str]
START = 1_790_000_100
SPIKE = 700


def values() -> list[float]:
    draws = random.Random(1)
    return [draws.gauss(50, 2) + (60 if place == SPIKE else 0) for place in range(900)]


def write(path: Path, rows: Sequence[Sequence[object]], header: str = "timestamp,value") -> str:
    path.write_text(header + "\n" + "".join(",".join(map(str, row)) + "\n" for row in rows), encoding="utf-8")
    return str(path)


def usual_rows() -> list[tuple[int, float]]:
    return [(START + 300 * place, value) for place, value in enumerate(values())]


def scored(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def test_every_row_comes_back_as_it_was_with_its_score(tmp_path: Path, capsys: CAPTURE) -> None:
    given = usual_rows()
    assert main(["backtest", write(tmp_path / "s.csv", given)]) == 0
    captured = capsys.readouterr()
    rows = scored(captured.out)
    assert captured.out.startswith("timestamp,value,score,anomaly\n")
    assert captured.err == ""
    assert [(row["timestamp"], row["value"]) for row in rows] == [(str(at), str(value)) for at, value in given]
    assert [place for place, row in enumerate(rows) if row["anomaly"] == "1"] == [SPIKE]
    assert all((float(row["score"]) >= 0.5) == (row["anomaly"] == "1") for row in rows)


@pytest.mark.parametrize("direction", ["low", "high"])
def test_a_direction_silences_the_other(tmp_path: Path, capsys: CAPTURE, direction: str) -> None:
    assert main(["backtest", write(tmp_path / "s.csv", usual_rows()), "--direction", direction]) == 0
    found = [row["anomaly"] for row in scored(capsys.readouterr().out)]
    assert found[SPIKE] == ("1" if direction == "high" else "0")


def test_text_tells_when_and_what_was_usual(tmp_path: Path, capsys: CAPTURE) -> None:
    assert main(["backtest", write(tmp_path / "s.csv", usual_rows()), "--format", "text"]) == 0
    first, anomaly = capsys.readouterr().out.splitlines()
    assert first == "900 points from 2026-09-21T14:15:00Z to 2026-09-24T17:10:00Z, judged each 5 min: 1 anomaly"
    assert anomaly.startswith("2026-09-24T00:35:00Z  score 0.")
    assert ", usual 4" in anomaly


def test_json_holds_what_was_expected(tmp_path: Path, capsys: CAPTURE) -> None:
    assert main(["backtest", write(tmp_path / "s.csv", usual_rows()), "--format", "json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["schema"] == "incident-console/backtest/1"
    assert (document["direction"], document["step"], document["threshold"]) == ("both", 300.0, 0.5)
    assert len(document["points"]) == 900
    (anomaly,) = document["anomalies"]
    assert anomaly == document["points"][SPIKE]
    assert anomaly["at"] == "2026-09-24T00:35:00Z"
    assert anomaly["low"] < anomaly["expected"] < anomaly["high"] < anomaly["value"]
    assert document["points"][0]["expected"] is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("2026-11-22T03:20:00Z", "2026-11-22T04:25:00+01:00"),
        ("2026-11-22 03:20:00", "2026-11-22 03:25:00"),
        ("1790000000", "1790000300.5"),
    ],
)
def test_every_spelling_of_a_time_is_read_and_kept(tmp_path: Path, capsys: CAPTURE, first: str, second: str) -> None:
    assert main(["backtest", write(tmp_path / "s.csv", [(first, 1), (second, 2)]), "--format", "json"]) == 0
    captured = capsys.readouterr()
    points = json.loads(captured.out)["points"]
    assert [point["timestamp"] for point in points] == [first, second]
    assert captured.err == ""


def test_rows_without_order_are_sorted_and_that_is_told(tmp_path: Path, capsys: CAPTURE) -> None:
    given = usual_rows()
    shuffled = random.Random(2).sample(given, len(given))
    path = write(tmp_path / "s.csv", shuffled)
    assert main(["backtest", path]) == 0
    captured = capsys.readouterr()
    assert [row["timestamp"] for row in scored(captured.out)] == [str(at) for at, _ in given]
    assert captured.err.count("\n") == 1
    assert "not in the order of their timestamps" in captured.err


def test_duplicates_gaps_and_missing_values_keep_their_rows(tmp_path: Path, capsys: CAPTURE) -> None:
    rows: list[tuple[object, object]] = list(usual_rows())
    doubled = [*rows[: SPIKE + 1], rows[SPIKE], (rows[SPIKE + 1][0], ""), (rows[SPIKE + 2][0], "NaN"), *rows[800:]]
    assert main(["backtest", write(tmp_path / "s.csv", doubled)]) == 0
    found = scored(capsys.readouterr().out)
    assert len(found) == len(doubled)
    assert [place for place, row in enumerate(found) if row["anomaly"] == "1"] == [SPIKE]
    assert [row["value"] for row in found[SPIKE + 2 : SPIKE + 4]] == ["", "NaN"]
    assert [row["score"] for row in found[SPIKE + 2 : SPIKE + 4]] == ["0", "0"]


@pytest.mark.parametrize("header", ["Timestamp, Value", "\ufefftimestamp,value"])
def test_the_header_may_differ_in_case_spaces_and_a_mark(tmp_path: Path, capsys: CAPTURE, header: str) -> None:
    assert main(["backtest", write(tmp_path / "s.csv", [(1, 1), (2, 2)], header)]) == 0
    assert len(scored(capsys.readouterr().out)) == 2


def test_other_columns_are_left_aside(tmp_path: Path, capsys: CAPTURE) -> None:
    path = write(tmp_path / "s.csv", [("x", 5, 1_790_000_000), ("y", 6, 1_790_000_060)], "label,value,timestamp")
    assert main(["backtest", path]) == 0
    assert capsys.readouterr().out.splitlines()[1:] == ["1790000000,5,0,0", "1790000060,6,0,0"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ":1: nothing in it; expected a header with timestamp and value"),
        ("timestamp,value\n", ":1: no row with a value; expected at least one below the header"),
        ("timestamp,value\n1,\n", ":2: no row with a value; expected at least one below the header"),
        ("when,what\n1,2\n", ":1: no column 'timestamp'; expected a header with timestamp and value"),
        ("timestamp,valu\n1,2\n", ":1: no column 'value'; nearest: valu; expected a header with timestamp and value"),
        ("timestamp,value\n\n1,2\nyesterday,3\n", ":4: timestamp 'yesterday' is no time; expected RFC 3339, "),
        ("timestamp,value\n1,2\n2,high\n", ":3: value 'high' is no number; expected one such as 0.25, or nothing"),
        ("timestamp,value\n1,inf\n", ":2: value 'inf' is no number; expected one such as 0.25, or nothing"),
        ("timestamp,value\n1,1_000\n", ":2: value '1_000' is no number; expected one such as 0.25, or nothing"),
        ("timestamp,value\n1,-1e308\n2,1e308\n", ":2: value '-1e308' is too large; expected at most 1e+200"),
        (
            "timestamp,value\n1700000000000,1\n",
            ":2: timestamp '1700000000000' is outside the years 1 to 9999; expected",
        ),
        ("timestamp,value\n0001-01-01T00:00:00+14:00,1\n", ":2: timestamp '0001-01-01T00:00:00+14:00' is outside the "),
        (f"timestamp,value\n{'9' * 400},1\n", ":2: timestamp '999"),
        ("timestamp,value\n\u0661,1\n", ":2: timestamp '\u0661' is no time; expected RFC 3339, "),
        ("timestamp;value\n1;1,5\n", ":1: no column 'timestamp'; it is separated by semicolons, not by commas; "),
        ("timestamp\tvalue\n1\t1\n", ":1: no column 'timestamp'; it is separated by tabs, not by commas; "),
        ("timestamp,value\n1\n", ":2: 1 cells; expected a timestamp and a value as the header names them"),
        ("timestamp,value\n0,1\n1,1\n2,1\n9999999999,1\n", ": 9999999999 s at one point each 1 s is more than "),
    ],
)
def test_a_bad_file_gets_one_line_with_its_place(tmp_path: Path, capsys: CAPTURE, text: str, expected: str) -> None:
    path = tmp_path / "s.csv"
    path.write_text(text, encoding="utf-8")
    assert main(["backtest", str(path)]) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"incident-console: {path}{expected}")
    assert captured.err.count("\n") == 1


def test_a_file_that_is_not_there_or_not_text_is_told(tmp_path: Path, capsys: CAPTURE) -> None:
    assert main(["backtest", str(tmp_path / "none.csv")]) == 64
    assert "cannot be read: No such file or directory" in capsys.readouterr().err
    (tmp_path / "s.csv").write_bytes(b"timestamp,value\n1,2\n\xff\xfe,3\n")
    assert main(["backtest", str(tmp_path / "s.csv")]) == 64
    assert "not UTF-8" in capsys.readouterr().err


def test_a_stdin_that_is_closed_is_told(monkeypatch: pytest.MonkeyPatch, capsys: CAPTURE) -> None:
    monkeypatch.setattr("sys.stdin", None)
    assert main(["backtest", "-"]) == 64
    assert "stdin: it is closed; expected a header with timestamp and value" in capsys.readouterr().err


def test_values_as_large_as_they_may_be_are_scored(tmp_path: Path, capsys: CAPTURE) -> None:
    rows = [(START + 300 * place, "1e200" if place % 7 else "-1e200") for place in range(600)]
    assert main(["backtest", write(tmp_path / "s.csv", rows), "--format", "json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    assert len(json.loads(captured.out)["points"]) == 600
