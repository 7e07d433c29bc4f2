"""Runs in an environment with Evidently 0.7, without the console: writes its reports into the folder that is named."""

import json
import sys
from datetime import datetime
from pathlib import Path

from data import current_data, reference_data
from evidently import Report
from evidently.metrics import MissingValueCount
from evidently.presets import DataDriftPreset


def main(folder: Path) -> None:
    """Write reports by distances (2,000 rows) and by p-values (500 rows), and one without Evidently's tests."""
    for name, rows, tests in (("distances", 2000, True), ("p-values", 500, True), ("untested", 2000, False)):
        report = Report(
            [DataDriftPreset(), MissingValueCount(column="amount")],
            metadata={"model": "fraud"},
            tags=["nightly", "model=fraud"],
            include_tests=tests,
        )
        at = datetime(2026, 11, 25, 3)  # noqa: DTZ001 -- as Evidently itself does it
        snapshot = report.run(current_data(rows), reference_data(rows), timestamp=at)
        snapshot.save_json(str(folder / f"{name}.json"))
        (folder / f"{name}.snapshot.json").write_text(json.dumps(snapshot.dump_dict(), default=str))


main(Path(sys.argv[1]))
