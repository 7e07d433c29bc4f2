"""What is said of the metrics of a model together: nobody is told of a training figure that there is none of."""

import msgspec
import pytest

from console.detect.quality.metrics import metric_named
from console.domain.quality import Metric, MetricReading, QualityView, Task
from console.headless.quality.words import Standing, standings_in_words


def metric(name: str) -> Metric:
    found = metric_named(name, Task.BINARY)
    assert found is not None
    return found


def view_of(*trained: float | None, judged_by: tuple[str, ...] = ()) -> QualityView:
    names = ("accuracy", "recall", "precision")
    metrics = tuple(
        MetricReading(metric(name), 0.9, 1000, 0.88, 0.92, training)
        for name, training in zip(names, trained, strict=False)
    )
    view = QualityView("fraud", 0.0, 3600.0, Task.BINARY, 1000, 1000, 1.0, metrics, headline="accuracy")
    return msgspec.structs.replace(view, judged_by=judged_by)


@pytest.mark.parametrize(
    ("view", "standing", "told"),
    [
        (view_of(0.9, 0.91), Standing.AS_TRAINED, "2 metrics, none worse than in training"),
        (view_of(0.95, None), Standing.WORSE, "1 of 2 metrics worse than in training"),
        (view_of(0.9, None), Standing.AS_TRAINED, "2 metrics, none of the 1 with a training figure worse than it"),
        (
            view_of(None, None, judged_by=("objective", "own past")),
            Standing.MEASURED,
            "2 metrics without a training figure, accuracy is judged by its objective and its own past",
        ),
        (
            view_of(None),
            Standing.MEASURED,
            (
                "1 metric without a training figure, "
                "accuracy is not judged: no objective, and too few days of its own past"
            ),
        ),
    ],
)
def test_standings(view: QualityView, standing: Standing, told: str) -> None:
    assert standings_in_words(view) == (standing, told)
