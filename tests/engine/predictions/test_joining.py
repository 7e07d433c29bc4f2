from array import array

import pytest

from console.detect.findings import PredictionFindings
from console.domain.label import Label
from console.domain.model import Model
from console.domain.series import Grid, Series
from console.engine.predictions.joining import held_between, matched, without_metrics

FRAUD = Model("fraud", Label("fraud"), {"namespace": "ml"})
NAMESAKES = (
    Model("a/ads", Label("ads"), {"namespace": "a"}),
    Model("b/ads", Label("ads"), {"namespace": "b"}),
)
FLEET = (FRAUD, *NAMESAKES)


def logged(model_id: str, name: str | None = None) -> PredictionFindings:
    return PredictionFindings(Model(model_id, Label(name or model_id)), {})


@pytest.mark.parametrize(
    ("finding", "model_id"),
    [
        pytest.param(logged("fraud"), "fraud", id="same name"),
        pytest.param(logged("a/ads"), "a/ads", id="same id"),
        pytest.param(logged("ads"), "ads", id="nobody can tell which of the namesakes"),
        pytest.param(logged("eta"), "eta", id="only logged"),
    ],
)
def test_a_finding_stands_under_the_fleet_s_own_model(finding: PredictionFindings, model_id: str) -> None:
    (found,) = matched([finding], FLEET)
    assert found.model.id == model_id
    assert found.model in (*FLEET, finding.model)


def test_models_that_only_the_log_knows() -> None:
    log = [logged(name).model for name in ("fraud", "ads", "eta")]
    assert [model.id for model in without_metrics(log, FLEET)] == ["ads", "eta"]


def test_an_hourly_value_holds_until_the_next() -> None:
    hourly = Series(Grid(3600.0, 3600.0, 2), array("d", [1.0, 2.0]))
    held = held_between(hourly, Grid(1800.0, 1800.0, 7))
    assert repr(held.values.tolist()) == repr([float("nan"), 1.0, 1.0, 2.0, 2.0, float("nan"), float("nan")])
