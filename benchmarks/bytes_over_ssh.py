"""What a refresh sends over SSH: `python benchmarks/bytes_over_ssh.py`.

The real screen runs on a pty of 120×40 with 256 colours, what most SSH sessions have. Bytes are counted on the other
side of the pty, from the key that makes the engine publish until nothing more comes. Beside each stands one full
repaint of the same screen: the largest frame of those that a resize leads to. Exit status 1 when one changed row and
one changed chart cost more than a quarter of a full repaint together, or when anything is sent while nothing changes.
"""

import fcntl
import math
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from array import array
from collections.abc import Callable

from console.domain.anomaly import Status
from console.domain.command import Command, Refresh, WatchModel
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.domain.signal import ERROR_RATIO, LATENCY_P99, SATURATION, TRAFFIC, Reading, State
from console.domain.snapshot import ModelDetail, ModelView, Panel, Snapshot
from console.domain.source import SourceReport
from console.settings.settings import Settings
from console.tui.launch import prepare_textual, show
from console.tui.messages import Value

COLUMNS, LINES, BUDGET = 120, 40, 4
MODELS, POINTS, STEP = 34, 241, 15.0
AT = 1_795_317_614.0
SIGNALS = (TRAFFIC, ERROR_RATIO, LATENCY_P99, SATURATION)
QUIET_SECONDS, PATIENCE_SECONDS, SILENT_SECONDS = 0.7, 60.0, 3.0
HOME = b"\x1b[1;1H"
"""Every frame begins or ends at the first cell."""
TERMINAL = {"TERM": "xterm-256color", "COLORTERM": "", "LANG": "C.UTF-8"}


class Play:
    """Publishes what comes next each time it is asked for a refresh: fleets, and the charts of a model that is open."""

    def __init__(self, publish: Callable[[Value], None], _crashed: Callable[[BaseException], None]) -> None:
        self._publish = publish
        self._turn = 0
        self._watches = False

    def start(self) -> None:
        """Publish the fleet."""
        self._publish(snapshot(0))

    def send(self, command: Command) -> None:
        """Publish the next turn."""
        if isinstance(command, WatchModel):
            self._watches = True
            self._publish(detail(self._turn))
        if isinstance(command, Refresh):
            self._turn += 1
            self._publish(detail(self._turn) if self._watches else snapshot(self._turn))

    def stop(self, seconds: float) -> bool:
        """Return that nothing is left to end."""
        return True


class Screen:
    """The console on a pty, seen from the side of SSH."""

    def __init__(self) -> None:
        self._ours, theirs = pty.openpty()
        self._theirs = theirs
        self._resize(COLUMNS)
        environment = {**os.environ, **TERMINAL}
        command = [sys.executable, __file__, "--screen"]
        self._process = subprocess.Popen(
            command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, start_new_session=True
        )

    def __enter__(self) -> "Screen":
        self._until_quiet()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._ours)
        os.close(self._theirs)

    def bytes_of(self, key: str) -> int:
        """Return the number of bytes that a key leads to."""
        os.write(self._ours, key.encode())
        return len(self._until_quiet())

    def bytes_of_repaint(self) -> int:
        """Return the number of bytes of one full repaint."""
        self._resize(COLUMNS - 1)
        self._process.send_signal(signal.SIGWINCH)
        self._until_quiet()
        self._resize(COLUMNS)
        self._process.send_signal(signal.SIGWINCH)
        return max(map(len, self._until_quiet().split(HOME)))

    def bytes_while_nothing_changes(self) -> int:
        """Return the number of bytes that come by themselves."""
        until, count = time.monotonic() + SILENT_SECONDS, 0
        while (left := until - time.monotonic()) > 0:
            count += len(self._read(left))
        return count

    def _until_quiet(self) -> bytes:
        """Return what comes until nothing came for a while.

        Raises:
            TimeoutError: Nothing came, or it never ended.
        """
        until, seen = time.monotonic() + PATIENCE_SECONDS, b""
        while time.monotonic() < until:
            arrived = self._read(QUIET_SECONDS)
            if not arrived and seen:
                return seen
            seen += arrived
        raise TimeoutError(f"{len(seen)} bytes and no end")

    def _read(self, seconds: float) -> bytes:
        if not select.select([self._ours], [], [], seconds)[0]:
            return b""
        return os.read(self._ours, 1 << 16)

    def _resize(self, columns: int) -> None:
        fcntl.ioctl(self._theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, columns, 0, 0))


def series(level: float, turn: int) -> Series:
    """Return an hour of values that ends `turn` steps later."""
    grid = Grid.until(AT + turn * STEP, (POINTS - 1) * STEP, STEP)
    values = array("d", (level * (1.2 + wobble(index)) for index in range(turn, turn + grid.count)))
    return Series(grid, values)


def wobble(index: int) -> float:
    """Return a slow wave with noise on it: when it moves on by one point, hardly a cell of a chart stays as it was."""
    return math.sin(index / 9) / 4 + math.sin(index * index) / 20


def view(number: int, turn: int = 0) -> ModelView:
    """Return a model whose numbers depend on the turn."""
    name = f"model-{number:02}"
    values = (1204.0 + turn * 7, 0.001 + turn / 1000, 0.05 + turn / 100, 0.31)
    return ModelView(
        Model(name, Label(name)),
        Status.OK,
        {
            signal.name: Reading(signal, State.OK, value, expected=value)
            for signal, value in zip(SIGNALS, values, strict=True)
        },
        versions={"v88": 1.0},
        headline_signal="latency_p99",
        headline=series(0.05, turn),
        replicas=3,
    )


def snapshot(turn: int) -> Snapshot:
    """Return a fleet that was read later with every turn; one model of it is another."""
    models = tuple(view(number, turn if number == MODELS // 2 else 0) for number in range(MODELS))
    source = SourceReport("prometheus", Status.OK, seconds=0.08)
    return Snapshot(AT + turn * STEP, (source,), models, sequence=turn, live=False, context="prod-eu")


def detail(turn: int) -> ModelDetail:
    """Return four charts of which one moves on in every turn."""
    shown = view(0)
    panels = tuple(
        Panel(signal, {signal.name: series(1.0, turn if signal is LATENCY_P99 else 0)}, shown.readings[signal.name])
        for signal in SIGNALS
    )
    return ModelDetail(AT, AT - POINTS * STEP, AT, shown, panels, ())


def main() -> int:
    """Measure, print and return the exit status."""
    with Screen() as screen:
        row, fleet = screen.bytes_of("r"), screen.bytes_of_repaint()
        silence = screen.bytes_while_nothing_changes()
        screen.bytes_of("\r")
        chart, model = screen.bytes_of("r"), screen.bytes_of_repaint()
        silence += screen.bytes_while_nothing_changes()
    print(f"one changed row of {MODELS}:      {row:6,} bytes, full repaint {fleet:6,}: 1/{fleet / row:.1f}")
    print(f"one changed chart of {len(SIGNALS)}:     {chart:6,} bytes, full repaint {model:6,}: 1/{model / chart:.1f}")
    share = min(fleet, model) / (row + chart)
    holds = share >= BUDGET and silence == 0
    print(f"row and chart together 1/{share:.1f} (budget 1/{BUDGET}), {silence} bytes while nothing changes: ", end="")
    print("ok" if holds else "MISSED")
    return 0 if holds else 1


if __name__ == "__main__":
    if "--screen" in sys.argv:
        prepare_textual()
        sys.exit(show(Play, Settings(), environment=os.environ))
    sys.exit(main())
