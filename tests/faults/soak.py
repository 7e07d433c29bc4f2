"""Hours of refreshes at speed, with faults that come and go: `make soak`, `SOAK_SECONDS=60 make soak`.

The real console runs on a pty before eight simulated models with incidents; a proxy before their Prometheus lies now
and then. Keys are pressed, and for some of the time nobody reads the terminal. Memory, file handles, threads and tasks
must be the same at the end as after the first quarter.
"""

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np

from console.simulation.cluster import SimulatedCluster
from console.simulation.fleet.fault import Surge
from console.simulation.fleet.fleet import Fleet
from console.simulation.fleet.models import EIGHT_MODELS
from console.simulation.history import open_metrics
from tests.faults.lying_proxy import LyingProxy, Wanted, asks, everything
from tests.services import Servers
from tests.services.programs import program
from tests.sources.lying_server import CLOSE, HANG, Lie
from tests.tui.terminal import Terminal, command_on_terminal

HOUR = 3600.0
SPEED = 30.0
"""How much faster than real the clock of the console runs: a refresh every half second is one every 15 s."""
PAST = 3 * HOUR
SPACING = 30.0
SIMULATED_BETWEEN_INCIDENTS = HOUR / 2
SECONDS_OF_A_TURN = 1.5
"""In every fourth turn there is a fault; in one of twenty, nobody reads the terminal."""
SAMPLES = 200

P99 = asks("histogram_quantile(0.99")
FAULTS: tuple[tuple[Lie, Wanted], ...] = (
    (Lie(503, b"<h1>no</h1>", "text/html"), everything),
    (Lie(200, b"<h1>sign in</h1>", "text/html"), P99),
    (HANG, everything),
    (CLOSE, everything),
    (Lie(body=b" " * 1024 * 1024, repeated=100), P99),
    (Lie(429, b"slow down", "text/plain"), everything),
    (Lie(200, b'{"status":"succ', promised=1000), P99),
)
KEYS = (b"\r", b"\x1b", b"?", b"\x1b", b"j", b"k", b"S", b"r", b"\r", b"z", b"\x1b", b"\x1b", b"/", b"\x1b")


class Held(NamedTuple):
    """What the console holds after some seconds: memory (bytes), file handles, threads, tasks of both loops.

    Threads are those outside of the pools of the loops: a pool grows to its bound when so many calls happen to meet.
    """

    seconds: float
    refreshes: int
    memory: int
    handles: int
    threads: int
    tasks: int


class Soak(NamedTuple):
    """What a soak saw: samples in order, and of how many refreshes a source was in trouble."""

    held: tuple[Held, ...]
    troubled: int
    simulated_seconds: float
    code: int

    def problems(self, memory: int = 8 * 1024 * 1024) -> list[str]:
        """Return what grew from the second quarter to the last, in words; `memory` (bytes) may grow by so much."""
        quarter = len(self.held) // 4
        early, late = self.held[quarter : 2 * quarter], self.held[-quarter:]
        found = []
        for name, least in (("memory", memory), ("handles", 2), ("threads", 1), ("tasks", 3)):
            # An open model has twice the tasks of the fleet: what piles up is there without it, too.
            typical = min if name == "tasks" else statistics.median
            before, after = (typical([getattr(held, name) for held in part]) for part in (early, late))
            if after - before > max(least, 0.05 * before):
                found.append(f"{name} grew from {before:,.0f} to {after:,.0f}")
        return found + ([f"it ended with {self.code}"] if self.code else [])

    def table(self) -> str:
        """Return ten lines of what was held."""
        lines = [f"{'seconds':>8} {'refreshes':>10} {'memory MiB':>11} {'handles':>8} {'threads':>8} {'tasks':>6}"]
        for held in self.held[:: max(1, len(self.held) // 10)] + self.held[-1:]:
            counts = f"{held.handles:8} {held.threads:8} {held.tasks:6}"
            lines.append(f"{held.seconds:8.0f} {held.refreshes:10,} {held.memory / 1024 / 1024:11.1f} {counts}")
        refreshes, hours = self.held[-1].refreshes, self.simulated_seconds / HOUR
        lines.append(
            f"{refreshes:,} refreshes in {hours:.1f} simulated hours, {self.troubled:,} with a source in trouble"
        )
        return "\n".join(lines)


def soak(seconds: float, folder: Path) -> Soak:
    """Run the console for some seconds and return what it held."""
    start = time.time() - SPEED * seconds - 60.0
    with ExitStack() as stack:
        servers = Servers(folder, stack)
        prometheus = servers.prometheus()
        prometheus.stop()
        write_past(prometheus.folder, start, start + SPEED * seconds + 60.0)
        prometheus.start()
        url, lie = stack.enter_context(proxy_before(prometheus.url))
        command = [sys.executable, "-m", "tests.faults.soaking", url, str(folder), str(start), str(SPEED)]
        terminal = stack.enter_context(command_on_terminal(command, size=(120, 40)))
        terminal.read_until(b"eta")
        held = tuple(_watch(terminal, folder / "held", seconds, lie))
        lie(None)
        code = _leave(terminal)
        for report in (folder / "state").glob("crash-*.log"):
            print(report.read_text(), file=sys.stderr)
    lines = [line.split() for line in (folder / "held").read_text().splitlines()]
    return Soak(held, sum(line[3] == "1" for line in lines), float(lines[-1][0]), code)


def write_past(folder: Path, start: float, end: float) -> None:
    """Write what eight models export, one of which has too much to do every half hour."""
    cluster = SimulatedCluster(lambda: start, seed=1)
    for profile in EIGHT_MODELS:
        cluster.add_deployment(
            namespace=profile.namespace,
            name=profile.name,
            replicas=profile.replicas,
            image=profile.image(profile.version),
            labels={"app": profile.name, "version": profile.version},
            created=start - 2 * PAST,
        )
    cluster.advance()
    begins = np.arange(0.0, end - start, SIMULATED_BETWEEN_INCIDENTS)
    surges = tuple(Surge("eta", factor=2.6, begins=float(begin), lasts=HOUR / 6) for begin in begins)
    times = np.arange(start - PAST, end, SPACING)
    records = Fleet(EIGHT_MODELS, surges, 1, start, cluster).record(times)
    document = folder / "past.om"
    with document.open("w") as file:
        file.writelines(open_metrics(records, times, slice(None), "models"))
    promtool: list[str | Path] = [
        program("promtool"),
        "tsdb",
        "create-blocks-from",
        "--max-block-duration=720h",
        "openmetrics",
    ]
    subprocess.run([*promtool, document, folder / "data"], check=True, capture_output=True)
    document.unlink()


@contextmanager
def proxy_before(upstream: str) -> Iterator[tuple[str, Callable[[int | None], None]]]:
    """Run a lying proxy in a thread; yield its URL and what makes it tell a lie of `FAULTS`, or none."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    proxy = LyingProxy(upstream)
    asyncio.run_coroutine_threadsafe(proxy.__aenter__(), loop).result()

    def lie(number: int | None) -> None:
        if number is None:
            loop.call_soon_threadsafe(proxy.be_honest)
        else:
            loop.call_soon_threadsafe(proxy.lie, *FAULTS[number % len(FAULTS)])

    try:
        yield proxy.url, lie
    finally:
        asyncio.run_coroutine_threadsafe(proxy.__aexit__(None, None, None), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


def _watch(terminal: Terminal, log: Path, seconds: float, lie: Callable[[int | None], None]) -> Iterator[Held]:
    """Yield what the console holds, at equal distances, while faults come and go and keys are pressed."""
    began = time.monotonic()
    due, turn = 0.0, 0
    while (passed := time.monotonic() - began) < seconds and terminal.process.poll() is None:
        if passed // SECONDS_OF_A_TURN >= turn:
            lie(turn // 4 if turn % 4 == 0 else None)
            terminal.type(KEYS[turn % len(KEYS)])
            turn += 1
        if turn % 20:
            terminal.read(0.02)
            terminal.seen = terminal.seen[-1000:]
        else:
            time.sleep(0.02)
        if passed >= due:
            due += seconds / SAMPLES
            yield _held(terminal.process.pid, passed, log)


def _leave(terminal: Terminal) -> int:
    """Go back from wherever the keys led to and leave; return the exit code."""
    for key in (b"\x1b", b"\x1b", b"\x1b", b"q") * 3:
        if terminal.process.poll() is None:
            terminal.type(key)
            terminal.read(0.5)
            terminal.read(0.5)
    return terminal.wait_for_end()


def _held(pid: int, seconds: float, log: Path) -> Held:
    process = Path(f"/proc/{pid}")
    memory = int(process.joinpath("statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    refreshes, tasks, pooled = 0, 0, 0
    with contextlib.suppress(IndexError):  # before the first refresh
        last = log.read_text().splitlines()[-1].split()
        refreshes, tasks, pooled = int(last[1]), int(last[4]), int(last[5])
    handles = len(list(process.joinpath("fd").iterdir()))
    threads = len(list(process.joinpath("task").iterdir())) - pooled
    return Held(seconds, refreshes, memory, handles, threads, tasks)


def main(seconds: float) -> int:
    with tempfile.TemporaryDirectory() as folder:
        result = soak(seconds, Path(folder))
    print(result.table())
    for problem in result.problems():
        print(problem, file=sys.stderr)
    return 1 if result.problems() else 0


def _seconds(arguments: Sequence[str]) -> float:
    return float(arguments[0] if arguments else os.environ.get("SOAK_SECONDS", "600"))


if __name__ == "__main__":
    sys.exit(main(_seconds(sys.argv[1:])))
