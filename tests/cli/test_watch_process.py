"""`watch` as a process, in front of real servers that hang, die and come back, with readers that leave."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from console.domain.moments import rfc3339
from tests.cli.test_process import run_in_terminal
from tests.services import OpenMetricsHistory, Prometheus, Servers, wait_until


def a_past() -> OpenMetricsHistory:
    """A model that is well and one that fails a third of its requests."""
    now, history = time.time(), OpenMetricsHistory()
    for model, failures in (("ads", 0.0), ("fraud", 0.3)):
        labels = {"model": model, "pod": f"{model}-0", "job": "models", "instance": f"{model}-0"}
        for code, share in (("200", 1 - failures), ("500", failures)):
            rate = 10 * share
            history.add_counter("http_requests_total", {**labels, "code": code}, rate, start=now - 7500, end=now + 600)
    return history


@pytest.fixture
def prometheus(servers: Servers) -> Prometheus:
    return servers.prometheus(history=a_past())


class Watching:
    """A running `watch`, whose lines are read as they come."""

    def __init__(self, folder: Path, *arguments: str, config: str) -> None:
        path = folder / "config.yaml"
        path.write_text(f"refresh: 1s\n{config}")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "console", "watch", "--config", str(path), *arguments],
            env={**os.environ, "HOME": str(folder), "XDG_CONFIG_HOME": ""},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self.lines: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        self.lines.extend(iter(self.process.stdout.readline, ""))

    def wait_for(self, text: str, count: int = 1) -> str:
        """Return the newest line that holds a text, once there are so many."""
        found = wait_until(lambda: lines if len(lines := self.holding(text)) >= count else None, text, seconds=40)
        return found[-1]

    def holding(self, text: str) -> list[str]:
        """The lines so far that hold a text."""
        return [line for line in self.lines if text in line]

    def end(self, number: signal.Signals) -> tuple[int, str]:
        """Send a signal and return the exit code and what was said on stderr."""
        self.process.send_signal(number)
        code = self.process.wait(20)
        self._reader.join()
        assert self.process.stderr is not None
        return code, self.process.stderr.read()

    def close(self) -> None:
        """End it without a word, whatever state it is in."""
        self.process.kill()
        self.process.wait()
        self._reader.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream is not None:
                stream.close()


@pytest.fixture
def watching(tmp_path: Path, prometheus: Prometheus) -> Iterator[Watching]:
    started = Watching(tmp_path, config=f"prometheus: {{urls: ['{prometheus.url}'], timeout: 2s}}\n")
    try:
        started.wait_for(" CRIT fraud  errors ")
        yield started
    finally:
        started.close()


def test_a_hung_and_a_dead_server_are_a_line_each_and_so_is_its_return(
    watching: Watching, prometheus: Prometheus
) -> None:
    assert watching.lines[0].split("Z ", 1)[1] == "CRITICAL  1 critical of 2 models\n"
    prometheus.suspend()
    assert "last answer " in watching.wait_for(" DOWN prometheus  ")
    prometheus.resume()
    assert "was down for " in watching.wait_for(" UP   prometheus  ")
    prometheus.kill()
    assert "connection refused; last answer " in watching.wait_for(" DOWN prometheus  ", count=2)
    code, told = watching.end(signal.SIGINT)
    assert (code, told) == (130, "incident-console: interrupted\n")
    assert watching.lines[-1].split("Z ", 1)[1] == "CRITICAL  1 critical, 1 unknown of 2 models\n"
    words = [line.split()[1] for line in watching.lines]
    assert all(word != following for word, following in pairwise(words))
    assert words.count("CRIT") == 1
    assert all(line[:20] >= rfc3339(time.time() - 120) for line in watching.lines)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_at_once(watching: Watching, prometheus: Prometheus, number: signal.Signals) -> None:
    prometheus.suspend()
    assert watching.end(number) == (-number, "")


def test_an_interrupt_does_not_wait_for_a_server_that_hangs(watching: Watching, prometheus: Prometheus) -> None:
    prometheus.suspend()
    assert watching.end(signal.SIGINT) == (130, "incident-console: interrupted\n")
    assert watching.lines[-1].split("Z ", 1)[1].startswith("CRITICAL  1 critical")


def test_a_reader_that_leaves_ends_it_though_nothing_is_new(tmp_path: Path, prometheus: Prometheus) -> None:
    reading, writing = os.pipe()
    process = subprocess.Popen(
        [sys.executable, "-m", "console", "watch", "--prometheus", prometheus.url],
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": ""},
        stdout=writing,
        stderr=subprocess.PIPE,
    )
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as pipe:
        while " CRIT fraud" not in pipe.readline():
            assert process.poll() is None
    _, said = process.communicate(timeout=10)
    assert said == b""
    assert process.returncode == 2


def test_a_reader_that_leaves_before_the_first_line_ends_it_without_a_word(tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as pipe:
        finished = subprocess.run(
            [sys.executable, "-m", "console", "watch", "--prometheus", "http://127.0.0.1:1"],
            env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": ""},
            stdout=pipe,
            stderr=subprocess.PIPE,
            check=False,
            timeout=60,
        )
    assert (finished.returncode, finished.stderr) == (3, b"")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--until", "critical"], 2),
        (["--model", "ads", "--until", "ok"], 0),
        (["--model", "fraud", "--until", "ok", "--timeout", "6s"], 2),
        (["--model", "nothing", "--until", "unknown"], 3),
    ],
)
def test_it_ends_as_the_fleet_is(
    tmp_path: Path, session_prometheus: Prometheus, arguments: Sequence[str], code: int
) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "console", "watch", "--prometheus", session_prometheus.url, *arguments],
        env={**os.environ, "HOME": str(tmp_path), "XDG_CONFIG_HOME": "", "INCIDENT_CONSOLE_CONFIG": ""},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert finished.returncode == code
    assert finished.stderr == (b"incident-console: no model has an id that matches nothing\n" if code == 3 else b"")


@pytest.fixture(scope="module")
def session_prometheus(session_servers: Servers) -> Prometheus:
    return session_servers.prometheus(history=a_past())


@pytest.mark.parametrize(("no_color", "coloured"), [("", True), ("1", False)])
def test_colours_are_for_terminals(
    tmp_path: Path, session_prometheus: Prometheus, no_color: str, coloured: bool
) -> None:
    arguments = ["watch", "--prometheus", session_prometheus.url, "--until", "critical"]
    code, shown = run_in_terminal(arguments, tmp_path, TERM="xterm", NO_COLOR=no_color)
    assert code == 2
    assert ("\x1b[1;31mCRIT\x1b[0m fraud" in shown) is coloured
    assert ("\x1b" in shown) is coloured


def test_an_alert_that_fires_and_ends_is_told_as_an_object(
    tmp_path: Path, servers: Servers, prometheus: Prometheus
) -> None:
    alertmanager = servers.alertmanager()
    config = f"prometheus: {{urls: ['{prometheus.url}']}}\nalertmanager: [{{urls: ['{alertmanager.url}']}}]\n"
    watching = Watching(tmp_path, "--format", "json", "--model", "ads", config=config)
    try:
        watching.wait_for('"event":"fleet"')
        began = datetime.now(UTC) - timedelta(minutes=5)
        alertmanager.fire("ModelLatencyHigh", {"model": "ads", "severity": "page"}, starts_at=began)
        fired = json.loads(watching.wait_for('"event":"alert_fired"'))
        assert fired["schema"] == "incident-console/watch/1"
        assert (fired["alert"], fired["model"], fired["since"]) == (
            "ModelLatencyHigh",
            "ads",
            rfc3339(began.timestamp()),
        )
        assert fired["text"] == "page, of ads, for 5 min"
        assert json.loads(watching.wait_for('"event":"status"'))["status"] == "critical"
        labels = {"model": "ads", "severity": "page"}
        alertmanager.fire("ModelLatencyHigh", labels, starts_at=began, ends_at=datetime.now(UTC))
        assert json.loads(watching.wait_for('"event":"alert_ended"'))["text"] == "page, of ads; over after 5 min"
        assert json.loads(watching.wait_for('"was":"critical"'))["status"] == "ok"
    finally:
        watching.close()
