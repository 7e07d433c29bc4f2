"""Names with quotes, SQL and anything else in them: each column comes back under its own name, with its own values."""

import asyncio
import os
import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import example, given, settings
from hypothesis import strategies as st

from console.settings.predictions import ColumnSettings, PredictionStore, StoreAddress
from console.sources.predictions.mapping import map_log
from console.transport.sql import open_store

NAMES = st.text(
    st.characters(blacklist_categories=["Cs"], blacklist_characters="\x00") | st.sampled_from("'\"`;\\/.[]{}$-% \n"),
    min_size=1,
    max_size=80,
)
HOSTILE = [
    "'; DROP TABLE predictions; --",
    '"quoted"',
    'a"b',
    "a'b",
    "`tick`",
    "a.b",
    "$1",
    "{0}",
    "%s",
    "naïve 👍",
    "a\nb",
    "\u202e",
    "*",
    "[a]",
    "x" * 80,
]


async def read_back(columns: dict[str, list[int]], chosen: ColumnSettings) -> dict[str, list[int]]:
    """Return what a log says of the columns of a table, by the name in the store."""
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "log.parquet")
        pq.write_table(pa.table({"ts": [1, 2], "prediction": [0, 1], **columns}), path)
        address = StoreAddress(f"duckdb://{path}")
        async with open_store(address, environment=os.environ) as store:
            log = await map_log(store, PredictionStore(address, columns=chosen))
            rows = await store.read(log.between(0, 10))
    assert log.mistakes == ()
    found = {log.origins[feature.column].name: rows[feature.column].to_pylist() for feature in log.features}
    assert not set(found) & set(log.skipped)
    assert set(found) | set(log.skipped) == set(columns)
    return found


@settings(max_examples=15, deadline=None)
@example(["TOKEN", "id", "model"])
@given(st.lists(NAMES, min_size=1, max_size=6, unique_by=str.casefold))
@example(HOSTILE)
def test_every_name_is_its_own(names: list[str]) -> None:
    columns = {f"x {name}": [number, number + 1] for number, name in enumerate(names)}
    names = list(columns)
    named = ColumnSettings(features=tuple(names))
    assert asyncio.run(read_back(columns, named)) == columns
    for name, values in asyncio.run(read_back(columns, ColumnSettings())).items():
        assert columns[name] == values
