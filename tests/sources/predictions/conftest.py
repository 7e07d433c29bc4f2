"""Opens logs of predictions in files."""

import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from console.settings.predictions import PredictionStore, StoreAddress
from console.sources.predictions.mapping import map_log
from console.transport.sql import SqlStore, open_store
from tests.sources.predictions.mapped import MappedLog, OpenLog, write_file


@pytest.fixture
async def open_log(tmp_path: Path) -> AsyncIterator[OpenLog]:
    """Return what opens a log below the test's directory; all are closed when the test ends."""
    stores: list[SqlStore] = []

    async def opened(query: str | None = None, *, place: str = "fraud.parquet", **settings: object) -> MappedLog:
        if query is not None:
            write_file(tmp_path / place, query)
        address = StoreAddress(f"duckdb://{tmp_path / place}")
        stores.append(open_store(address, environment=os.environ))
        store = PredictionStore(address, **settings)  # type: ignore[arg-type]  # each test names its own
        return MappedLog(stores[-1], await map_log(stores[-1], store))

    yield opened
    for store in stores:
        await store.aclose()
