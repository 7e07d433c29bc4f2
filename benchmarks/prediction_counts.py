"""What counting predictions costs: `python benchmarks/prediction_counts.py [--rows N] [--large] [--folder DIR]`.

Prints how the grouped query compares with the least that DuckDB can do on the same file (the sum of every column of
numbers and the distinct values of every column of categories), what a refresh of the tail costs beside a history of
another length, and how much memory a whole process takes. `--large` also counts 100 million rows of 5 columns, which
are written first: about 4 GB and some minutes. Times are CPU seconds of all threads, the best of several runs in turn.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.drift_data import END, MODEL, write_data
from console.domain.bins import Reference
from console.history.predictions.reader import PredictionReader
from console.settings.predictions import PredictionStore
from console.sources.predictions.counting import count, count_queries
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.mapping import map_log
from console.sources.predictions.reference import make_reference
from console.transport.sql import SqlStore, open_store

RUNS = 7
HOUR = 3600.0
LARGE_ROWS, LARGE_FILES = 100_000_000, 20
BUDGETS = {"ratio": 3.0, "tail": 1.5, "memory": 400.0, "large": 2048.0}


async def opened(path: Path) -> tuple[SqlStore, PredictionLog, PredictionStore]:
    """Return the store of some files with its log and settings."""
    settings = PredictionStore.from_text(f"duckdb://{path}")
    store = open_store(settings.address, environment={}, timeout=3600.0, most_rows=1_000_000)
    return store, await map_log(store, settings), settings


def best(*ways: Callable[[], object]) -> list[float]:
    """Return the least CPU seconds of each way, run in turn."""
    found = [float("inf")] * len(ways)
    for _ in range(RUNS):
        for place, way in enumerate(ways):
            started = time.process_time()
            way()
            found[place] = min(found[place], time.process_time() - started)
    return found


async def ratio(folder: Path, rows: int) -> None:
    """Print how the grouped query compares with the least that the engine can do."""
    _, current = write_data(folder, rows)
    store, log, _ = await opened(current)
    reference = await reference_of(folder, rows)
    connection = duckdb.connect()
    numbers = [column.name for column in log.features if column.kind == "number"]
    words = [column.name for column in log.features if column.kind == "category"]
    sums = ", ".join(f'sum("{name}")' for name in numbers)
    distinct = ", ".join(f'count(DISTINCT "{name}")' for name in words)
    least = f"SELECT {sums}, {distinct} FROM '{current}'"  # noqa: S608  # the benchmark's own file and columns
    by_group = f"{least} GROUP BY model, date_trunc('hour', timestamp)"
    names = {"hours": True, "one window": False}
    ways: list[Callable[[], object]] = [
        lambda: connection.execute(least).fetchall(),
        lambda: connection.execute(by_group).fetchall(),
    ]
    for by_hour in names.values():
        (query,) = count_queries(log, {MODEL: reference}, engine=store.engine, start=0.0, end=END, by_hour=by_hour)
        engine = query.expression.get_backend()
        sql = engine.compile(query.expression)
        ways.append(lambda engine=engine, sql=sql: engine.con.execute(sql).to_arrow_table())
    limit, grouped_limit, *ours = best(*ways)
    print(f"{rows:,} rows x {len(numbers)} numbers, {len(words)} categories")
    print(f"  the least: sums and distinct values          {limit * 1000:7.0f} ms")
    print(
        f"  the same, by model and hour                  {grouped_limit * 1000:7.0f} ms = {grouped_limit / limit:.1f}"
    )
    for name, seconds in zip(names, ours, strict=True):
        told = (
            f"= {seconds / limit:.1f} of the least (budget {BUDGETS['ratio']}), {seconds / grouped_limit:.1f} by group"
        )
        print(f"  counts by bin, {name:<29} {seconds * 1000:7.0f} ms {told}")
    await store.aclose()


async def reference_of(folder: Path, rows: int) -> Reference:
    """Return the reference that the benchmark's data set is."""
    store, log, _ = await opened(write_data(folder, rows)[0])
    made = await make_reference(store, log, said="the reference", fingerprint="benchmark")
    await store.aclose()
    return made


async def tail(folder: Path) -> None:
    """Print what a refresh costs beside two days and beside four weeks of history."""
    costs = []
    for days in (2, 28):
        path = folder / f"history-{days}"
        _write_history(path, days)
        store, log, settings = await opened(path / "*.parquet")
        reader = PredictionReader(store, log, settings)
        while not all(past.known.all() for past in await reader.load(END)):
            pass
        costs.append(min([await _cpu(reader.load(END + 60 * run)) for run in range(RUNS)]))
        print(f"a refresh beside {days:2} days of history            {costs[-1] * 1000:7.0f} ms")
        await store.aclose()
    print(f"  = {costs[1] / costs[0]:.2f} times (budget {BUDGETS['tail']})")


async def _cpu(work: Awaitable[object]) -> float:
    started = time.process_time()
    await work
    return time.process_time() - started


def _write_history(path: Path, days: int, per_day: int = 48_000) -> None:
    path.mkdir(parents=True, exist_ok=True)
    for day in range(days):
        file = path / f"{day:02}.parquet"
        if file.exists():
            continue
        random = np.random.default_rng(day)
        times = np.sort(random.uniform(END - 86_400 * (day + 1), END - 86_400 * day, per_day) * 1e6).astype(np.int64)
        columns = {f"n{number}": random.normal(0, 1, per_day) for number in range(10)}
        columns |= {f"c{number}": random.choice(["a", "b", "c"], per_day) for number in range(2)}
        table = {"timestamp": pa.array(times, pa.timestamp("us")), "model": [MODEL] * per_day, **columns}
        pq.write_table(pa.table(table), file)


async def counted(path: Path, reference: Path | None) -> None:
    """Print, as JSON, what counting in this process took at most (MB) and how long (seconds)."""
    store, log, _ = await opened(path)
    if reference is not None:
        other, of, _ = await opened(reference)
        made = await make_reference(other, of, said="the reference", fingerprint="benchmark")
        await other.aclose()
    else:
        made = await make_reference(store, log, said="the log", fingerprint="benchmark", model=MODEL)
    started = time.perf_counter()
    found = await count(store, log, {MODEL: made})
    seconds = time.perf_counter() - started
    await store.aclose()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rows": int(found[MODEL].rows.sum()), "seconds": seconds, "megabytes": peak}))


def memory(what: str, path: Path, reference: Path | None, budget: float) -> None:
    """Print what a process takes that makes a reference and counts."""
    command = [sys.executable, __file__, "--count", str(path), *(["--reference", str(reference)] if reference else [])]
    told = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    print(
        f"{what:<44} {told['megabytes']:7.0f} MB at most, reference included (budget {budget:.0f})"
        f" for {told['rows']:,} rows, counted in {told['seconds']:.1f} s"
    )


def write_large(folder: Path) -> Path:
    """Write 100 million rows of 3 numbers and 2 categories."""
    folder.mkdir(parents=True, exist_ok=True)
    each = LARGE_ROWS // LARGE_FILES
    for number in range(LARGE_FILES):
        file = folder / f"{number:02}.parquet"
        if not file.exists():
            first = END - HOUR * 24 + number * HOUR * 24 / LARGE_FILES
            seconds = f"{first} + i * {HOUR * 24 / LARGE_ROWS}"
            columns = (
                f"make_timestamp(CAST(({seconds}) * 1e6 AS BIGINT)) AS timestamp, '{MODEL}' AS model, random() AS a,"
                " ln(random() + 1e-9) AS b, CAST(random() * 20 AS INTEGER) AS c,"
                " CAST(CAST(random() * 9 AS INTEGER) AS VARCHAR) AS d, 'v' || CAST(random() * 99 AS INTEGER) AS e"
            )
            query = f"SELECT {columns} FROM range({each}) numbers(i)"  # noqa: S608  # nothing of it comes from outside
            duckdb.sql(query).write_parquet(str(file))
    return folder


def main() -> None:
    """Run what the arguments ask for."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--large", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "incident-console-benchmark")
    parser.add_argument("--count", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--reference", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.count:
        asyncio.run(counted(asked.count, asked.reference))
        return
    folder = asked.folder / str(asked.rows)
    asyncio.run(ratio(folder, asked.rows))
    asyncio.run(tail(asked.folder))
    files = write_data(folder, asked.rows)
    memory(f"{asked.rows:,} rows x 25 columns", files[1], files[0], BUDGETS["memory"])
    if asked.large:
        memory(
            "100,000,000 rows x 5 columns", write_large(asked.folder / "large") / "*.parquet", None, BUDGETS["large"]
        )


if __name__ == "__main__":
    main()
