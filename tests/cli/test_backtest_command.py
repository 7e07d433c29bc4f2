"""`backtest` of a model's own past, from a real Prometheus: its points, and one line for what it lacks."""

import csv
import io
import random
import time
from pathlib import Path

import pytest

from console.cli import main
from console.domain.moments import rfc3339
from tests.services import Servers
from tests.services.openmetrics import OpenMetricsHistory

CAPTURE = pytest.CaptureFixture[str]
DAY, SPACING = 86_400.0, 60.0
SURGE_AGO, SURGE_LASTS = 6 * 3600.0, 1800.0


@pytest.fixture(scope="module")
def now() -> float:
    return time.time() // 300 * 300


@pytest.fixture(scope="module")
def prometheus_url(session_servers: Servers, now: float) -> str:
    """A Prometheus with two days of a model whose requests trebled for half an hour, and of one that they did not."""
    history = OpenMetricsHistory()
    draws = random.Random(1)
    for model in ("fraud", "ads"):
        total, samples = 0.0, []
        for number in range(int(2 * DAY / SPACING)):
            at = now - 2 * DAY + SPACING * number
            surges = model == "fraud" and 0 <= at - (now - SURGE_AGO) < SURGE_LASTS
            total += SPACING * draws.uniform(9, 11) * (3 if surges else 1)
            samples.append((at, total))
        labels = {"model": model, "pod": f"{model}-0", "job": "models", "instance": f"{model}-0", "code": "200"}
        history.add("http_requests_total", labels, samples)
    return session_servers.prometheus(history=history).url


@pytest.fixture(autouse=True)
def nothing_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No configuration of whoever runs the tests is read."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.delenv("INCIDENT_CONSOLE_CONFIG", raising=False)


def backtest(url: str, *arguments: str) -> int:
    return main(["backtest", "--prometheus", url, *arguments])


def test_a_model_tells_when_its_signal_would_have_been_told(prometheus_url: str, now: float, capsys: CAPTURE) -> None:
    asked = ("--model", "fraud", "--signal", "traffic", "--from", "47h", "--to", "2m")
    assert backtest(prometheus_url, *asked) == 0
    captured = capsys.readouterr()
    rows = list(csv.DictReader(io.StringIO(captured.out)))
    assert captured.err == ""
    assert len(rows) == pytest.approx(47 * 12, abs=3)
    anomalies = [row for row in rows if row["anomaly"] == "1"]
    surge, grown = (rfc3339(now - SURGE_AGO + seconds) for seconds in (0, 300))
    assert anomalies[0]["timestamp"] == surge
    assert {row["timestamp"] for row in anomalies} <= {surge, grown}
    assert backtest(prometheus_url, *asked, "--direction", "low", "--format", "text") == 0
    assert surge not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("model", "signal", "code", "told"),
    [
        ("frau", "traffic", 3, "no model is called frau at that time; nearest: fraud"),
        ("fraud", "kv_cache", 3, "fraud has no kv_cache in that time; it has error_ratio, traffic"),
        ("fraud", "latency", 64, "unknown value of --signal 'latency'; nearest: latency_p99"),
    ],
)
def test_what_is_not_there_gets_one_line(
    prometheus_url: str, capsys: CAPTURE, model: str, signal: str, code: int, told: str
) -> None:
    assert backtest(prometheus_url, "--model", model, "--signal", signal, "--from", "1h") == code
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(f"incident-console: {told}")
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "backtest needs a FILE, or --model and --signal; --model is missing"),
        (("--model", "m"), "backtest needs a FILE, or --model and --signal; --signal is missing"),
        (("s.csv", "--to", "1h"), "--to is of a model's past, and s.csv is a file; name one of both"),
        (("--at", "1h", "s.csv"), "--at: backtest looks at a range; name its end with --to TIME"),
        (("--model", "m", "--signal", "traffic", "--from", "1h", "--to", "2h"), "--from: 1h is not before the end, 2h"),
        (("--model", "m", "--signal", "traffic", "--from", "noon"), "--from: 'noon' is not a time; expected RFC 3339"),
        (("--model", "m", "--signal", "traffic"), "no source is named; pass --prometheus URL"),
        (
            ("--model", "m", "--signal", "traffic", "--predictions", "duckdb:///x.parquet"),
            "backtest of a model needs a Prometheus; pass --prometheus URL",
        ),
    ],
)
def test_wrong_usage_gets_one_line(arguments: tuple[str, ...], told: str, capsys: CAPTURE) -> None:
    assert main(["backtest", *arguments]) == 64
    assert capsys.readouterr().err.startswith(f"incident-console: {told}")


def test_a_server_that_does_not_answer_is_told(capsys: CAPTURE) -> None:
    assert backtest("http://127.0.0.1:1", "--model", "m", "--signal", "traffic") == 69
    assert "the metrics cannot be read: 127.0.0.1:1: connection refused" in capsys.readouterr().err
