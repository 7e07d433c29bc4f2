"""The data that every release of Evidently compares: `age` and `country` moved, a third of `amount` is missing."""

import numpy as np
import pandas as pd


def reference_data(rows: int) -> pd.DataFrame:
    """Return rows of training."""
    return _data(np.random.default_rng(1), rows, 0.0, (0.5, 0.3, 0.2))


def current_data(rows: int) -> pd.DataFrame:
    """Return rows of production."""
    data = _data(np.random.default_rng(2), rows, 8.0, (0.2, 0.3, 0.5))
    data.loc[data.index[: rows // 3], "amount"] = np.nan
    return data


def _data(generator: np.random.Generator, rows: int, older: float, countries: tuple[float, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "age": generator.normal(40.0 + older, 10.0, rows),
            "amount": generator.lognormal(3.0, 1.0, rows),
            "country": generator.choice(["US", "DE", "FR"], rows, p=countries),
            "target": generator.integers(0, 2, rows),
            "prediction": generator.random(rows),
        }
    )
