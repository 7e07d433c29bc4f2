import pytest

from console.detect.alerts import attach
from console.domain.alert import Alert
from console.domain.label import Label
from console.domain.model import Model

MODELS = (
    Model("a/fraud", Label("fraud"), {"namespace": "a"}),
    Model("b/fraud", Label("fraud"), {"namespace": "b"}),
    Model("ads", Label("ads"), {}),
)


@pytest.mark.parametrize(
    ("labels", "model_id"),
    [
        ({"model": "ads"}, "ads"),
        ({"model_name": "ads", "namespace": "anywhere"}, "ads"),
        ({"model": "fraud", "namespace": "b"}, "b/fraud"),
        ({"model": "fraud"}, None),
        ({"model": "fraud", "namespace": "c"}, None),
        ({"model": "nobody"}, None),
        ({"severity": "page"}, None),
    ],
)
def test_an_alert_is_attached_only_to_the_one_model_it_names(labels: dict[str, str], model_id: str | None) -> None:
    (attached,) = attach([Alert(Label("X"), labels, None, "firing", 0.0)], MODELS)
    assert attached.model_id == model_id
