"""Two Parquet files that every engine compares: 20 columns of numbers and 5 of categories, of which some drift."""

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

NUMBERS, CATEGORIES = 20, (2, 5, 12, 50, 200)
MODEL = "fraud"
END = 1_795_575_600
"""2026-11-25T03:00:00Z: the current rows are those of the hour before."""


def write_data(folder: Path, rows: int) -> tuple[Path, Path]:
    """Write `reference.parquet` and `current.parquet` where they are not there yet, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    files = folder / "reference.parquet", folder / "current.parquet"
    for seed, file in enumerate(files):
        if not file.exists():
            unfinished = file.with_suffix(".part")
            pq.write_table(_table(seed, rows, drifted=seed == 1), unfinished, row_group_size=122_880)
            unfinished.replace(file)
    return files


def _table(seed: int, rows: int, *, drifted: bool) -> pa.Table:
    generator = np.random.default_rng(seed)
    times = np.sort(generator.uniform(END - 3600, END, rows) * 1e6).astype(np.int64)
    columns: dict[str, pa.Array] = {
        "timestamp": pa.array(times).cast(pa.timestamp("us", tz="UTC")),
        "model": pa.array(np.full(rows, 0, dtype=np.int32)),
    }
    columns["model"] = pa.DictionaryArray.from_arrays(columns["model"], [MODEL]).cast(pa.string())
    draws = (
        lambda: generator.normal(0.0, 1.0, rows),
        lambda: generator.lognormal(0.0, 1.0, rows),
        lambda: generator.gamma(2.0, 2.0, rows),
        lambda: generator.exponential(1.0, rows),
        lambda: generator.poisson(4.0, rows).astype(np.float64),
    )
    for number in range(NUMBERS):
        values = draws[number % len(draws)]()
        columns[f"n{number:02}"] = pa.array(values + 0.3 * values.std() if drifted and number % 3 == 0 else values)
    for number, count in enumerate(CATEGORIES):
        weights = 1.0 / np.arange(1, count + 1) ** (1.2 if drifted and number % 2 else 1.0)
        codes = generator.choice(count, rows, p=weights / weights.sum()).astype(np.int32)
        names = pa.array([f"c{number}v{value}" for value in range(count)])
        columns[f"c{number}"] = pa.DictionaryArray.from_arrays(pa.array(codes), names).cast(pa.string())
    return pa.table(columns)


if __name__ == "__main__":
    write_data(Path(sys.argv[1]), int(sys.argv[2]))
