from pathlib import Path

import duckdb
import pytest

from console.simulation.prediction_logs import PredictionLogs
from console.simulation.predictions import ETA, FRAUD, NullSpike
from tests.simulation.predictions.logs import HOUR, MONDAY


def missing_ages(folder: Path) -> dict[bool, float]:
    """Return the share of rows without an age, before and after two hours ago."""
    rows = duckdb.read_parquet(f"{folder}/predictions/*.parquet")
    early = f"epoch(timestamp) >= {MONDAY - 2 * HOUR}"
    return dict(rows.aggregate(f"{early}, avg((age IS NULL)::int)", early).fetchall())


def test_the_past_ends_at_the_start_and_time_appends_small_files(tmp_path: Path) -> None:
    spike = NullSpike("age", begins=-2 * HOUR, share=0.9)
    logs = PredictionLogs(
        tmp_path, [("fraud", spike)], seed=1, started=MONDAY, specs=(FRAUD, ETA), past=6 * HOUR, rows_per_hour=600
    )
    logs.write_past()
    assert logs.models == ("fraud", "eta")
    assert missing_ages(logs.folder("fraud")) == {
        False: pytest.approx(0.0, abs=0.03),
        True: pytest.approx(0.9, abs=0.05),
    }
    past = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.parquet")}
    assert len(past) == 4
    logs.advance(MONDAY + 60)
    logs.advance(MONDAY + 120)
    files = {file: file.stat().st_mtime_ns for file in tmp_path.rglob("*.parquet")}
    assert past.items() <= files.items()
    assert len([file for file in files if file.parent == logs.folder("eta") / "predictions"]) == 3
    rows = duckdb.read_parquet(f"{logs.folder('eta')}/predictions/*.parquet")
    ((newest,),) = rows.aggregate("max(epoch(timestamp))").fetchall()
    assert MONDAY + 60 < newest < MONDAY + 120
