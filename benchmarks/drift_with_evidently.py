"""Runs in an environment of its own: Evidently's default preset over two Parquet files, `REFERENCE CURRENT`."""

import sys

import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset

reference, current = (pd.read_parquet(path).drop(columns=["timestamp", "model"]) for path in sys.argv[1:3])
snapshot = Report([DataDriftPreset()]).run(current, reference)
drifted = [metric for metric in snapshot.dict()["metrics"] if "ValueDrift" in metric["metric_name"]]
print(len(drifted))
