"""What it costs until something is seen: `python benchmarks/first_frame.py`.

The CPU time of a whole process from its start to the first painted frame on a real terminal (a pty of 120×40), ours
beside the smallest Textual app with a DataTable; both take turns; medians. Our Prometheus takes the connection and
does not answer yet, as one that is being asked. Exit status 1 when the budget is missed.
"""

import fcntl
import os
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from process_cost import compile_console, verdict

from console.tui.launch import prepare_textual

ROUNDS, BUDGET = 9, 1.6
COLUMNS, LINES = 120, 40
PATIENCE_SECONDS = 60.0
FULL_SCREEN = b"\x1b[?1049h"
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}

SMALLEST = """
from textual.app import App
from textual.widgets import DataTable

class Smallest(App):
    def compose(self):
        yield DataTable()

    def on_mount(self):
        table = self.query_one(DataTable)
        table.add_columns("model", "traffic", "errors", "latency")
        table.add_row("first-frame", "120", "0.1 %", "0.2 s")

Smallest().run()
"""


def cpu_until_painted(command: Sequence[str], environment: dict[str, str], evidence: bytes) -> float:
    """Return the CPU seconds that a command spends until it has written some evidence of its frame to its terminal.

    Raises:
        TimeoutError: The evidence did not come.
    """
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    process = subprocess.Popen(
        command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
    )
    os.close(theirs)
    written, deadline = b"", time.monotonic() + PATIENCE_SECONDS
    while evidence not in written.partition(FULL_SCREEN)[2] and time.monotonic() < deadline:
        if select.select([ours], [], [], 0.5)[0]:
            try:
                written += os.read(ours, 1 << 16)
            except OSError:  # it ended, and with it the terminal
                break
    os.kill(process.pid, signal.SIGKILL)  # not process.kill(): that may wait for it and take the usage away
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = -signal.SIGKILL
    os.close(ours)
    if evidence not in written.partition(FULL_SCREEN)[2]:
        raise TimeoutError(f"{command[-1]!r} did not paint {evidence!r}: {written[-300:]!r}")
    return usage.ru_utime + usage.ru_stime


def main() -> int:
    """Measure, print and return the exit status."""
    compile_console()
    prepare_textual()  # what we ask of Textual counts for both
    with socket.create_server(("127.0.0.1", 0)) as silent, tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, **TERMINAL, "HOME": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home}
        smallest = Path(home, "smallest.py")
        smallest.write_text(SMALLEST)
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        contestants = (
            ([sys.executable, "-m", "console", "--prometheus", url], b"reading the sources"),
            ([sys.executable, str(smallest)], b"first-frame"),
        )
        costs: list[list[float]] = [[], []]
        for turn in range(ROUNDS + 1):
            for (command, evidence), spent in zip(contestants, costs, strict=True):
                cost = cpu_until_painted(command, environment, evidence)
                if turn:  # the first turn warms the caches of the system
                    spent.append(cost)
    return 0 if verdict("first painted frame against the smallest app", costs[0], costs[1], BUDGET) else 1


if __name__ == "__main__":
    sys.exit(main())
