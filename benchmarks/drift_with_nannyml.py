"""Runs in an environment of its own: NannyML's univariate calculator as it comes, `prepare` or `compare`.

`prepare CALCULATOR REFERENCE` fits and stores it; `compare CALCULATOR CURRENT` loads it and measures a Parquet file.
"""

import sys
from pathlib import Path

import nannyml as nml
import pandas as pd

what, calculator, data = sys.argv[1], Path(sys.argv[2]), sys.argv[3]
store = nml.io.store.FilesystemStore(str(calculator.parent))
frame = pd.read_parquet(data).drop(columns=["timestamp", "model"])
if what == "prepare":
    store.store(nml.UnivariateDriftCalculator(column_names=list(frame.columns)).fit(frame), filename=calculator.name)
else:
    result = store.load(filename=calculator.name).calculate(frame)
    print(len(result.filter(period="analysis").to_df()))
