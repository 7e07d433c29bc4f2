"""Columns that are dropped or change their type are measured against what they were, also after a restart."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from console.domain.snapshot import ModelView
from console.engine.refresh import Refresher
from console.settings.predictions import PredictionStore, StoreAddress
from console.settings.settings import Settings
from console.simulation.predictions import FRAUD, write_log
from tests.engine.predictions.test_store import DAY, END, START

Alter = Callable[[str], None]


@pytest.fixture
def database(tmp_path: Path) -> Path:
    written = write_log(tmp_path / "files", FRAUD, seed=1, start=START, end=END, rows_per_hour=300)
    path = tmp_path / "log.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(f"CREATE TABLE predictions AS FROM read_parquet('{written.predictions}')")
    return path


async def judged(database: Path, at: float = END) -> ModelView:
    """Read as a fresh start does, with the disk cache of the one before."""
    settings = Settings(predictions=(PredictionStore(StoreAddress(f"duckdb://{database}", "predictions")),))
    environment = {"HOME": str(database.parent), "XDG_CACHE_HOME": str(database.parent / "cache")}
    async with Refresher(settings, environment=environment, clock=lambda: at) as refresher:
        (view,) = (await refresher.take(None)).models
    return view


@pytest.mark.parametrize(
    ("statement", "summary"),
    [
        ("ALTER TABLE predictions DROP COLUMN age", "`age` is gone from the store"),
        ("ALTER TABLE predictions ALTER COLUMN age TYPE VARCHAR USING 'x' || (hash(age) % 5)", "`age` "),
    ],
)
async def test_a_column_that_changes_is_broken_and_the_others_are_judged(
    database: Path, statement: str, summary: str
) -> None:
    before = await judged(database)
    assert before.anomalies == ()
    with duckdb.connect(str(database)) as connection:
        connection.execute(statement)
    after = await judged(database, END + 60.0)
    assert [anomaly.signal for anomaly in after.anomalies] == ["data_quality"]
    assert after.anomalies[0].summary.startswith(summary)
    assert after.readings["data_quality"].feature == "age"
    assert after.readings["feature_drift"].value is not None
    assert after.readings["traffic"].value is not None


async def test_a_column_that_comes_new_is_measured_from_then_on(database: Path) -> None:
    await judged(database)
    with duckdb.connect(str(database)) as connection:
        connection.execute("ALTER TABLE predictions ADD COLUMN fresh DOUBLE DEFAULT 1.0")
    after = await judged(database, END + 60.0)
    assert after.anomalies == ()
    assert END - START == 4 * DAY
