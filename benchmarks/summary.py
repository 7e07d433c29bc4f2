"""The cost of `summary` beside the least that it can cost: `python benchmarks/summary.py`.

50 models on a local Prometheus; CPU time of whole processes, which take turns; medians. The floor sends the requests
that `summary` was seen to send. Exit status 1 when the budget is missed.
"""

import asyncio
import sys
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from prepared_prometheus import copies, prepared_prometheus
from process_cost import cpu_seconds, verdict
from recording_proxy import RecordedRequest, RecordingProxy

from console.simulation.history import Past

MODELS, REPLICAS, ROUNDS, BUDGET = 50, 2, 9, 1.5
PAST = Past(near_span=90 * 60.0, near_spacing=15.0)
FLOOR = Path(__file__).with_name("floor.py")


def summary(url: str) -> list[str | Path]:
    """Return the command that is measured."""
    return [sys.executable, "-m", "console", "summary", "--all", "--prometheus", url]


async def record(url: str) -> list[RecordedRequest]:
    """Return the requests that one summary sends."""
    target = urlsplit(url)
    assert target.hostname is not None
    assert target.port is not None
    async with RecordingProxy(target.hostname, target.port).serve() as proxy:
        await asyncio.to_thread(cpu_seconds, summary(proxy.url), statuses=(0, 1, 2, 3))
        return proxy.requests


async def main() -> int:
    """Measure, print and return the exit status."""
    async with prepared_prometheus(copies(MODELS, REPLICAS), PAST) as url:
        requests = await record(url)
        with tempfile.NamedTemporaryFile(suffix=".json") as file:
            file.write(msgspec.json.encode(requests))
            file.flush()
            floor = [sys.executable, FLOOR, url, file.name]
            ours, theirs, stdlib = [], [], []
            for _ in range(ROUNDS):
                ours.append(cpu_seconds(summary(url), statuses=(0, 1, 2, 3)))
                theirs.append(cpu_seconds(floor))
                stdlib.append(cpu_seconds([*floor, "--stdlib"]))
    print(f"{MODELS} models, {len(requests)} requests, medians of {ROUNDS} runs")
    holds = verdict("summary against its floor", ours, theirs, BUDGET)
    print(f"{'the floor with http.client instead of httpx':<44} {sorted(stdlib)[ROUNDS // 2] * 1000:8.0f} ms")
    return 0 if holds else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
