"""The model that every recorded server serves: a logistic regression, at two speeds, that refuses bad features."""

import math
import time
from collections.abc import Sequence

WEIGHTS = (0.8, -1.3, 0.4)
SECONDS_OF_WORK = {"fraud": 0.002, "churn": 0.06}
"""How long a model takes for one prediction: churn is the slow one."""


def predict(model: str, features: Sequence[float]) -> float:
    """Return the probability that `model` gives to one row of three features, each 0 or more.

    Raises:
        ValueError: a feature is negative, or there are not three.
    """
    time.sleep(SECONDS_OF_WORK[model])
    if len(features) != len(WEIGHTS) or min(features) < 0:
        raise ValueError(f"{model} takes {len(WEIGHTS)} features of 0 or more")
    return 1 / (1 + math.exp(-sum(weight * feature for weight, feature in zip(WEIGHTS, features, strict=True))))
