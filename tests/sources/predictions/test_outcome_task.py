"""How the outcomes of a model are read."""

import pyarrow
import pytest

from console.settings.predictions import PredictedModelRule
from console.sources.predictions.outcome_facts import OutcomeFacts
from console.sources.predictions.outcome_task import plan_outcomes
from tests.sources.predictions.logs import instants, log_of

HOUR = 3600.0
LOG = log_of(
    {"timestamp": instants([0.0, 60.0]), "prediction": pyarrow.array(["a", "b"]), "label": pyarrow.array(["a", "b"])}
)


@pytest.mark.parametrize(
    ("per_hour", "step"),
    [
        pytest.param(1000, 1, id="busy"),
        pytest.param(300, 1, id="an hour holds labels enough for a figure"),
        pytest.param(40, 6, id="a quarter of a day does"),
        pytest.param(5, 24, id="only a day does"),
    ],
)
def test_time_is_told_as_finely_as_its_rows_give_a_figure(per_hour: int, step: int) -> None:
    classes = (("a", 24 * per_hour), ("b", 24 * per_hour))
    facts = OutcomeFacts(48 * per_hour, 48 * per_hour, label_classes=classes, predicted_classes=classes, hours=48.0)
    plan = plan_outcomes(LOG, facts, PredictedModelRule(), HOUR).plan
    assert plan is not None
    assert plan.step == step
