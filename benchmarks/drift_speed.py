"""Drift of 1,000,000 rows × 25 columns beside Evidently and NannyML: `python benchmarks/drift_speed.py [ROWS]`.

Whole processes, imports included, which take turns; each has seen the reference before, as far as it can keep it: ours
as bins, NannyML as a stored calculator, Evidently not at all. CPU and wall time are medians of our and NannyML's rounds
and Evidently's one, memory is the most that a process had. The others live in environments of their own below .cache/,
made at the first run. Exit status 1 when a budget is missed: 50 times faster than Evidently's default preset, 5 times
faster than NannyML's univariate calculator, a third of the memory of either. Evidently takes minutes; the figures are
only good while the machine does nothing else.
"""

import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from drift_data import END, MODEL, write_data
from process_cost import compile_console

ROOT = Path(__file__).resolve().parents[1]
CACHE = ROOT / ".cache/benchmarks"
ROUNDS = 5
FOUND = (0, 1, 2)
"""The statuses of `drift`: nothing, drift, broken data."""
QUIET = {"NML_DISABLE_USAGE_LOGGING": "1", "DO_NOT_TRACK": "1"}
"""Both send statistics of their use elsewhere, and wait for it."""


class Cost(NamedTuple):
    """What one process took: seconds, and bytes at most."""

    cpu: float
    wall: float
    memory: float


class Budget(NamedTuple):
    """How many times faster than another ours must be, and the part of its memory that it may take."""

    faster: float
    memory: float = 1 / 3


def run(command: Sequence[str | Path], statuses: Sequence[int] = (0,)) -> Cost:
    """Run a command to its end.

    Raises:
        ChildProcessError: It ended with a status that is not among `statuses`.
    """
    begin = time.perf_counter()
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | QUIET
    )
    assert process.stdout is not None
    said = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    process.stdout.close()
    if process.returncode not in statuses:
        raise ChildProcessError(f"{command[0]} ended with {process.returncode}: {said.decode(errors='replace')[-800:]}")
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - begin, usage.ru_maxrss * 1024)


def environment(name: str) -> Path:
    """Return the Python of an environment with the pins of `requirements/NAME.txt`, made when they changed."""
    folder, pins = CACHE / name, Path(__file__).with_name("requirements") / f"{name}.txt"
    installed = folder / "installed.txt"
    if not installed.is_file() or installed.read_text() != pins.read_text():
        print(f"installing {pins.name} into {folder.relative_to(ROOT)}", file=sys.stderr)
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [folder / "bin/python", "-m", "pip", "install", "--quiet", "--no-deps", "--requirement", pins]
        subprocess.run(pip, check=True)
        # pip compiles what it installs, except where the environment forbids bytecode.
        subprocess.run([folder / "bin/python", "-m", "compileall", "-q", folder / "lib"], check=False)
        installed.write_text(pins.read_text())
    return folder / "bin/python"


def median(costs: Sequence[Cost]) -> Cost:
    """Return the median of each figure."""
    return Cost(*(statistics.median(figures) for figures in zip(*costs, strict=True)))


def row(name: str, cost: Cost) -> str:
    """Return a line of the table."""
    return f"{name:<34} {cost.cpu:9.2f} {cost.wall:9.2f} {cost.memory / 1e6:9.0f}"


def holds(name: str, ours: Cost, theirs: Cost, budget: Budget) -> bool:
    """Print how ours compares, and return whether it is within the budget."""
    cpu, wall, memory = theirs.cpu / ours.cpu, theirs.wall / ours.wall, ours.memory / theirs.memory
    kept = cpu >= budget.faster and wall >= budget.faster and memory <= budget.memory
    print(
        f"{name:<34} {cpu:8.1f}× {wall:8.1f}× {memory:9.2f}"
        f"  (budget {budget.faster:g}×, {budget.faster:g}×, {budget.memory:.2f}): {'ok' if kept else 'MISSED'}"
    )
    return kept


def main() -> int:
    """Measure, print and return the exit status."""
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    here = Path(__file__).parent
    evidently, nannyml = environment("evidently"), environment("nannyml")
    compile_console()
    folder = CACHE / f"drift-{rows}"
    reference, current = write_data(folder, rows)
    os.environ["XDG_CACHE_HOME"] = str(folder / "cache")
    shutil.rmtree(folder / "cache", ignore_errors=True)
    ask = [sys.executable, "-m", "console", "drift", MODEL, "--predictions", f"duckdb://{current}", "--against"]
    ask += [f"duckdb://{reference}", "--at", time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(END)), "--format", "json"]
    by_nannyml = [nannyml, here / "drift_with_nannyml.py"]
    calculator = folder / "calculator.pickle"
    prepared_ours = run(ask, FOUND)
    prepared_nannyml = run([*by_nannyml, "prepare", calculator, reference])
    ours, theirs = [], []
    for _ in range(ROUNDS):
        ours.append(run(ask, FOUND))
        theirs.append(run([*by_nannyml, "compare", calculator, current]))
    by_evidently = run([evidently, here / "drift_with_evidently.py", reference, current])
    ours.append(run(ask, FOUND))
    print(f"{rows:,} rows × 25 columns; medians of {ROUNDS} whole processes")
    print(f"{'':<34} {'CPU s':>9} {'wall s':>9} {'peak MB':>9}")
    print(row("incident-console drift", median(ours)))
    print(row("NannyML, univariate calculator", median(theirs)))
    print(row("Evidently, default preset", by_evidently))
    print(row("incident-console, first time", prepared_ours))
    print(row("NannyML, fitting and storing", prepared_nannyml))
    kept = [
        holds("faster than NannyML; memory", median(ours), median(theirs), Budget(5.0)),
        holds("faster than Evidently; memory", median(ours), by_evidently, Budget(50.0)),
    ]
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
