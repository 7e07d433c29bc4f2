"""What baselines cost: `python benchmarks/detector.py`.

5,000 series of seven days at five-minute points, as the weeks of a fleet hold them. Two budgets in CPU time of this
process: 2 s for all of it at a start, 50 ms for a refresh that brings a point of each series. One that brings none
costs nothing. Beside them stands what numpy takes to sort the same points once. Exit status 1 when a budget is missed.
"""

import statistics
import sys
import time
from collections.abc import Callable

import numpy

from console.detect.baseline.fleet import FleetBaselines
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.history.view import History, ModelHistory, Week

SERIES, DAY, STEP = 5000, 288, 300.0
POINTS = 7 * DAY + 1
SIGNALS = ("traffic", "error_ratio", "latency_p99", "latency_mean", "saturation")
TAILS = 24
START_SECONDS, REFRESH_SECONDS = 2.0, 0.05
SUNDAY = 1_789_862_400.0


def histories() -> list[History]:
    """Return what is known after each of some refreshes, five minutes apart."""
    models_count = SERIES // len(SIGNALS)
    count = POINTS + TAILS
    draws = numpy.random.default_rng(1)
    waves = 1 + 0.5 * numpy.sin(2 * numpy.pi * numpy.arange(count) / DAY)
    values = {name: waves * draws.lognormal(0, 0.1, (models_count, count)) for name in SIGNALS}
    nothing = Series.empty(Grid(0.0, 15.0, 240))
    models = tuple(
        ModelHistory(Model(f"m{number}", Label(f"m{number}")), {}, {}, nothing, nothing, nothing)
        for number in range(models_count)
    )
    found = []
    for first in range(TAILS + 1):
        grid = Grid(SUNDAY + 11 * 3600 + first * STEP, STEP, POINTS)
        weeks = {name: Week(grid, of_signal[:, first : first + POINTS]) for name, of_signal in values.items()}
        found.append(History(grid.end, nothing.grid, grid, models, weeks=weeks))
    return found


def cpu_seconds(work: Callable[[], object]) -> float:
    """Return the CPU time of a call."""
    begin = time.process_time()
    work()
    return time.process_time() - begin


def main() -> int:
    """Measure, print and return the exit status."""
    known = histories()
    start = min(cpu_seconds(lambda: FleetBaselines().onto(known[0])) for _ in range(3))
    kept = FleetBaselines()
    kept.onto(known[0])
    refreshes, again = [], []
    for history in known[1:]:
        refreshes.append(cpu_seconds(lambda history=history: kept.onto(history)))
        again.append(cpu_seconds(lambda history=history: kept.onto(history)))
    sorting = min(
        cpu_seconds(lambda: [numpy.sort(week.values, axis=1) for week in known[0].weeks.values()]) for _ in range(3)
    )
    refresh = statistics.median(refreshes)
    print(f"{SERIES:,} series × {POINTS:,} points in {len(SIGNALS)} signals; numpy sorts them in {sorting:.2f} s")
    print(f"start                {start:8.2f} s   = {start / sorting:5.1f} sorts   budget {START_SECONDS:.0f} s")
    print(
        f"refresh, a new point {refresh * 1000:8.1f} ms  (median of {TAILS})    budget {REFRESH_SECONDS * 1000:.0f} ms"
    )
    print(f"refresh, none        {statistics.median(again) * 1000:8.1f} ms")
    return 0 if start <= START_SECONDS and refresh <= REFRESH_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
