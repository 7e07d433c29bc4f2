"""What a command costs: the CPU time of its whole process, imports included."""

import compileall
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CONSOLE = Path(__file__).resolve().parent.parent / "console"


def compile_console() -> None:
    """Compile the package, as pip does when it installs one: a checkout may run uncompiled, its libraries never do."""
    assert compileall.compile_dir(CONSOLE, quiet=2)


def cpu_seconds(command: Sequence[str | Path], statuses: Sequence[int] = (0,)) -> float:
    """Run a command to its end and return its user and system time; its output is thrown away.

    Raises:
        ChildProcessError: It ended with a status that is not among `statuses`.
    """
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stderr.close()
    if process.returncode not in statuses:
        raise ChildProcessError(f"{command[0]} ended with {process.returncode}: {said.decode(errors='replace')[-500:]}")
    return usage.ru_utime + usage.ru_stime


def import_seconds(module: str, rounds: int) -> float:
    """Return what it costs a process to import a module: the difference of two medians of CPU seconds."""
    with_it, without = [], []
    for _ in range(rounds):
        with_it.append(cpu_seconds([sys.executable, "-c", f"import {module}"]))
        without.append(cpu_seconds([sys.executable, "-c", ""]))
    return statistics.median(with_it) - statistics.median(without)


def verdict(what: str, ours: Sequence[float], theirs: Sequence[float], budget: float, *, granted: float = 0.0) -> bool:
    """Print one line with medians of CPU seconds and return whether ours is at most `budget` times theirs.

    `granted` are CPU seconds that are ours beyond that.
    """
    our_median, their_median = statistics.median(ours) - granted, statistics.median(theirs)
    ratio = our_median / their_median
    print(
        f"{what:<44} {our_median * 1000:8.0f} ms against {their_median * 1000:8.0f} ms = {ratio:5.2f}"
        f" (budget {budget:.2f}): {'ok' if ratio <= budget else 'MISSED'}"
    )
    return ratio <= budget
