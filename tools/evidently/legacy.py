"""Runs in an environment with Evidently 0.4 to 0.6, without the console: writes its reports into a folder."""

import sys
from datetime import datetime
from pathlib import Path

from data import current_data, reference_data
from evidently import ColumnMapping
from evidently.metric_preset import DataDriftPreset
from evidently.metrics import ColumnDriftMetric, DatasetMissingValuesMetric
from evidently.report import Report


def main(folder: Path) -> None:
    """Write reports by distances (2,000 rows) and by p-values (500 rows)."""
    for name, rows in (("distances", 2000), ("p-values", 500)):
        report = Report(
            [DataDriftPreset(), ColumnDriftMetric("age", stattest="psi"), DatasetMissingValuesMetric()],
            timestamp=datetime(2026, 11, 25, 3),  # noqa: DTZ001 -- this API takes times without a zone
            metadata={"model": "fraud"},
            tags=["nightly", "model=fraud"],
        )
        columns = ColumnMapping(target="target", prediction="prediction")
        report.run(current_data=current_data(rows), reference_data=reference_data(rows), column_mapping=columns)
        report.save_json(str(folder / f"{name}.json"))
        report.save(str(folder / f"{name}.snapshot.json"))


main(Path(sys.argv[1]))
