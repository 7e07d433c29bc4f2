"""A terminal that nobody reads stops nothing but painting, and one that is gone leaves no process."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from console.tui.signals import HUNG_UP, SECONDS_TO_END
from tests.services import Servers
from tests.services.openmetrics import OpenMetricsHistory
from tests.services.prometheus import Prometheus
from tests.services.waiting import wait_until
from tests.tui.terminal import PATIENCE, ROOT, command_on_terminal, on_terminal

PROGRAM = Path(__file__).parent / "program.py"
PARENT = """
import sys, time
from pathlib import Path
from tests.tui.terminal import on_terminal

with on_terminal(Path(sys.argv[1]), "plain", sys.argv[2]) as terminal:
    terminal.read_until(b"fraud")
    print(terminal.process.pid, flush=True)
    time.sleep(600)
"""


@pytest.mark.parametrize("kind", ["plain", "chatty"])
def test_a_terminal_that_is_closed_without_a_signal_ends_it(tmp_path: Path, kind: str) -> None:
    with on_terminal(PROGRAM, kind, str(tmp_path)) as terminal:
        terminal.read_until(b"fraud")
        if kind == "chatty":
            terminal.wait_until_full()
        terminal.hang_up()
        assert terminal.process.wait(timeout=SECONDS_TO_END * 10) == HUNG_UP
    assert list(tmp_path.glob("state/crash-*")) == []


def test_a_parent_that_is_killed_takes_it_along(tmp_path: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(PROGRAM), str(tmp_path)]
    parent = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert parent.stdout is not None
    child = int(parent.stdout.readline())
    try:
        assert _runs(child)
        parent.send_signal(signal.SIGKILL)
        parent.wait()
        wait_until(lambda: not _runs(child), "the process ends", PATIENCE)
    finally:
        parent.stdout.close()
        if _runs(child):
            os.kill(child, signal.SIGKILL)


def _runs(process_id: int) -> bool:
    """Return whether a process runs; one that has ended may still wait to be noticed by whoever inherited it."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(process_id)], capture_output=True, text=True, check=False)
    return told.stdout.strip() != "" and not told.stdout.startswith("Z")


FRAMES_THAT_FILL_EVERY_QUEUE = 60
REFRESHES = 3


def test_a_terminal_that_nobody_reads_does_not_stop_the_polling(servers: Servers, tmp_path: Path) -> None:
    now = time.time()
    history = OpenMetricsHistory().add_counter(
        "http_requests_total", {"model": "ads", "code": "200"}, 40, start=now - 3600, end=now
    )
    prometheus = servers.prometheus(history=history)
    config = tmp_path / "config.yaml"
    config.write_text(f"prometheus: {{urls: ['{prometheus.url}']}}\nrefresh: 1s\nstate_directory: {tmp_path}\n")
    command = [sys.executable, "-m", "console", "--config", str(config)]
    with command_on_terminal(command, size=(120, 40)) as terminal:
        wait_until(lambda: _queries(prometheus) > 0, "the first query", PATIENCE)
        terminal.type(b"t" * FRAMES_THAT_FILL_EVERY_QUEUE)  # each is a full repaint
        terminal.wait_until_full()
        for _ in range(REFRESHES):
            before = _queries(prometheus)
            wait_until(lambda before=before: _queries(prometheus) > before, "another refresh", PATIENCE)  # type: ignore[misc]
        terminal.process.send_signal(signal.SIGTERM)
        assert terminal.process.wait(timeout=SECONDS_TO_END * 10) == 128 + signal.SIGTERM


def _queries(prometheus: Prometheus) -> float:
    """Return how many range queries the server has answered."""
    with urllib.request.urlopen(f"{prometheus.url}/metrics") as page:
        told = re.findall(
            r'^prometheus_http_requests_total\{code="200",handler="/api/v1/query(?:_range)?"\} (\S+)$',
            page.read().decode(),
            re.MULTILINE,
        )
    return sum(map(float, told))
