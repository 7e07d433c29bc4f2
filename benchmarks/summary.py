"""The cost of `summary` beside the least that it can cost: `python benchmarks/summary.py`.

50 models with a week behind them on a local Prometheus, two of which have broken, so that everything is judged and
causes are looked for; CPU time of whole processes, which take turns; medians. The floor sends the requests that
`summary` was seen to send. The first summary finds no cache and reads the week; the second finds that of the first, and
is measured beside the floor of its own, fewer bytes. Both may cost what it costs to import numpy on top. Exit status 1
when a budget is missed.
"""

import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from prepared_prometheus import copies, prepared_prometheus
from process_cost import compile_console, cpu_seconds, import_seconds, verdict
from recording_proxy import RecordedRequest, RecordingProxy

from console.simulation.fleet.fault import Surge
from console.simulation.history import Past

MODELS, REPLICAS, ROUNDS = 50, 2, 9
BUDGET_OF_THE_FIRST, BUDGET_OF_THE_SECOND = 1.5, 2.0
PAST = Past(near_span=90 * 60.0, near_spacing=15.0, far_span=7.5 * 86_400.0, far_spacing=150.0)
FAULTS = tuple(Surge(profile.name, 8.0, -3600.0, lasts=7200.0) for profile in copies(MODELS, REPLICAS)[3:5])
FLOOR = Path(__file__).with_name("floor.py")


def run_summary(url: str, cache: Path) -> float:
    """Run `summary` with a cache directory and return its CPU seconds."""
    os.environ["XDG_CACHE_HOME"] = str(cache)
    command = [sys.executable, "-m", "console", "summary", "--all", "--prometheus", url]
    return cpu_seconds(command, statuses=(0, 1, 2, 3))


@contextmanager
def empty_cache() -> Iterator[Path]:
    """Give a cache directory in which nothing is."""
    folder = Path(tempfile.mkdtemp())
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


async def record(url: str, cache: Path) -> list[list[RecordedRequest]]:
    """Return the requests of a first and of a second summary."""
    target = urlsplit(url)
    assert target.hostname is not None
    assert target.port is not None
    recorded = []
    async with RecordingProxy(target.hostname, target.port).serve() as proxy:
        for _ in range(2):
            seen = len(proxy.requests)
            await asyncio.to_thread(run_summary, proxy.url, cache)
            recorded.append(proxy.requests[seen:])
    return recorded


def wall_seconds(url: str, cache: Path) -> float:
    """Return how long a summary takes."""
    begin = time.perf_counter()
    run_summary(url, cache)
    return time.perf_counter() - begin


async def main() -> int:
    """Measure, print and return the exit status."""
    compile_console()
    async with prepared_prometheus(copies(MODELS, REPLICAS), PAST, FAULTS) as url:
        with empty_cache() as folder:
            recorded = await record(url, folder / "recorded")
            floors = []
            for name, requests in zip(("first", "second"), recorded, strict=True):
                file = folder / f"{name}.json"
                file.write_bytes(msgspec.json.encode(requests))
                floors.append([sys.executable, FLOOR, url, file])
            walls = [wall_seconds(url, folder / "warm"), wall_seconds(url, folder / "warm")]
            first, second, first_floor, second_floor, stdlib = [], [], [], [], []
            for _ in range(ROUNDS):
                with empty_cache() as nothing:
                    first.append(run_summary(url, nothing))
                second.append(run_summary(url, folder / "warm"))
                first_floor.append(cpu_seconds(floors[0]))
                second_floor.append(cpu_seconds(floors[1]))
                stdlib.append(cpu_seconds([*floors[0], "--stdlib"]))
    numpy = import_seconds("numpy", ROUNDS)
    counts = " and ".join(str(len(requests)) for requests in recorded)
    print(f"{MODELS} models, {counts} requests, medians of {ROUNDS} runs")
    print(f"{'to import numpy, which is granted to both':<44} {numpy * 1000:8.0f} ms")
    holds = [
        verdict("first summary against its floor", first, first_floor, BUDGET_OF_THE_FIRST, granted=numpy),
        verdict("second summary against its own floor", second, second_floor, BUDGET_OF_THE_SECOND, granted=numpy),
    ]
    print(f"{'the floor with http.client instead of httpx':<44} {sorted(stdlib)[ROUNDS // 2] * 1000:8.0f} ms")
    print(f"{'first and second by the clock':<44} {walls[0] * 1000:8.0f} ms and {walls[1] * 1000:.0f} ms")
    return 0 if all(holds) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
