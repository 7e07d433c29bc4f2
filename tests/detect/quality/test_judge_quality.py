import numpy as np
import pyarrow
import pytest

from console.domain.anomaly import AnomalyKind, Severity
from console.domain.quality import Task
from console.domain.signal import Direction, State
from console.history.predictions.past import HOUR
from console.settings.predictions import PredictedModelRule
from console.sources.predictions.outcome_plan import OutcomePlan
from tests.detect.quality.outcome_pasts import judged, past_of
from tests.sources.predictions.logs import START, instants

PLAN = OutcomePlan(Task.BINARY, 0.0, 24 * HOUR, ("0", "1"))
REGRESSION = OutcomePlan(Task.REGRESSION, 0.0, 24 * HOUR)


def hourly(rights: list[float], rows: int = 400, *, labelled: float = 1.0, seed: int = 1) -> dict[str, object]:
    """Return predictions of which so many (a share for each hour) are right."""
    generator = np.random.default_rng(seed)
    labels = generator.integers(0, 2, rows * len(rights))
    right = np.repeat(rights, rows)
    wrong = np.tile(np.arange(rows) / rows, len(rights)) >= right
    unknown = generator.random(len(labels)) >= labelled
    seconds = [float(hour * HOUR + place * HOUR / rows) for hour in range(len(rights)) for place in range(rows)]
    return {
        "timestamp": instants(seconds),
        "prediction": pyarrow.array(np.where(wrong, 1 - labels, labels)),
        "label": pyarrow.array(labels, mask=unknown),
    }


def test_a_fall_below_the_objective_is_critical_from_its_first_bad_hour_on() -> None:
    past = past_of(hourly([0.95] * 6 + [0.8] * 3), PLAN, hours=9)
    rule = PredictedModelRule(metric="accuracy", objective=0.9, training={"accuracy": 0.95})
    judgement = judged(past, rule)
    (anomaly,) = judgement.anomalies
    assert anomaly.kind is AnomalyKind.MODEL_QUALITY
    assert anomaly.severity is Severity.CRITICAL
    assert anomaly.onset == START + 6 * HOUR
    assert anomaly.value == pytest.approx(0.8)
    assert anomaly.summary == "accuracy 0.95 in training, 0.80 in production on 1,200 labelled rows, objective 0.90"
    assert judgement.view is not None
    assert judgement.view.start == START + 6 * HOUR


def test_a_fall_below_training_alone_is_a_warning() -> None:
    past = past_of(hourly([0.95] * 3 + [0.85] * 3), PLAN, hours=6)
    (anomaly,) = judged(past, PredictedModelRule(training={"accuracy": 0.95})).anomalies
    assert anomaly.severity is Severity.WARNING


@pytest.mark.parametrize(
    "rights",
    [
        pytest.param([0.95] * 9, id="as in training"),
        pytest.param([0.94] * 9, id="less by less than the floor"),
        pytest.param([0.95] * 8 + [0.7], id="one bad hour"),
        pytest.param([0.7] * 4 + [0.95] * 3, id="recovered"),
    ],
)
def test_what_is_no_anomaly(rights: list[float]) -> None:
    past = past_of(hourly(rights), PLAN, hours=len(rights))
    judgement = judged(past, PredictedModelRule(training={"accuracy": 0.95}))
    assert judgement.anomalies == ()
    assert judgement.readings["model_quality"].state is State.OK


def test_few_labels_give_no_figure() -> None:
    past = past_of(hourly([0.2], rows=40), PLAN)
    reading = judged(past, PredictedModelRule(objective=0.9)).readings["model_quality"]
    assert reading.state is State.NOT_ENOUGH_DATA
    assert reading.value is None
    assert reading.detail == "40 labelled rows, 50 are needed"


def test_rows_whose_label_may_still_come_are_not_judged() -> None:
    plan = OutcomePlan(Task.BINARY, 2 * HOUR, 24 * HOUR, ("0", "1"))
    view = judged(past_of(hourly([0.95, 0.95, 0.1, 0.1]), plan, hours=4)).view
    assert view is not None
    assert (view.start, view.end) == (START, START + 2 * HOUR)
    assert view.predicted_rows == 800


def test_low_coverage_is_said() -> None:
    view = judged(past_of(hourly([0.95] * 3, labelled=0.3), PLAN, hours=3)).view
    assert view is not None
    assert view.coverage == pytest.approx(0.3, abs=0.05)
    assert any("have a label" in note for note in view.notes)


def test_a_log_without_labels_says_so() -> None:
    columns = hourly([0.9])
    del columns["label"]
    reading = judged(past_of(columns, PLAN)).readings["model_quality"]
    assert (reading.state, reading.detail) == (State.NOT_EXPORTED, "the log holds no labels")


def test_an_error_is_bad_when_it_rises() -> None:
    generator = np.random.default_rng(3)
    noise = np.concatenate([generator.normal(0, 1, 1200), generator.normal(0, 2, 1200)])
    columns = {
        "timestamp": instants([place * 9.0 for place in range(2400)]),
        "label": pyarrow.array(np.full(2400, 10.0)),
        "prediction": pyarrow.array(10.0 + noise),
    }
    rule = PredictedModelRule(metric="rmse", training={"rmse": 1.0})
    judgement = judged(past_of(columns, REGRESSION, hours=6), rule)
    (anomaly,) = judgement.anomalies
    assert anomaly.onset == START + 3 * HOUR
    assert judgement.readings["model_quality"].signal.bad is Direction.HIGH


def test_a_metric_that_does_not_exist_is_told_with_the_nearest() -> None:
    view = judged(past_of(hourly([0.95]), PLAN), PredictedModelRule(metric="acuracy")).view
    assert view is not None
    assert any("'acuracy' is no metric of a binary model" in note and note.endswith("accuracy") for note in view.notes)


def test_a_fall_below_the_own_past_needs_no_configuration_and_follows_the_hour_of_the_day() -> None:
    day = [0.95 if hour < 12 else 0.85 for hour in range(24)]
    calm = hourly(day * 5, rows=300)
    assert judged(past_of(calm, PLAN, hours=120)).anomalies == ()
    fallen = hourly(day * 4 + [right - 0.1 if hour >= 6 else right for hour, right in enumerate(day)], rows=300)
    judgement = judged(past_of(fallen, PLAN, hours=120))
    (anomaly,) = judgement.anomalies
    assert anomaly.severity is Severity.WARNING
    assert anomaly.onset == START + 102 * HOUR
    assert "usually 0.9" in anomaly.summary
    assert judgement.readings["model_quality"].expected == pytest.approx(0.9, abs=0.02)


def test_versions_stand_side_by_side_and_the_evidence_names_the_worse() -> None:
    rows = np.arange(2400)
    labels = np.random.default_rng(1).integers(0, 2, len(rows))
    is_wrong = (rows % 2 == 1) & (rows >= 1200)
    columns = {
        "timestamp": instants((rows * 9.0).tolist()),
        "version": pyarrow.array(["v1", "v2"] * 1200),
        "prediction": pyarrow.array(np.where(is_wrong, 1 - labels, labels)),
        "label": pyarrow.array(labels),
    }
    judgement = judged(past_of(columns, PLAN, hours=6), PredictedModelRule(metric="accuracy", objective=0.9))
    assert judgement.view is not None
    assert [view.version for view in judgement.view.versions] == ["v1", "v2"]
    (anomaly,) = judgement.anomalies
    assert "by version: v1 1, v2 0" in anomaly.evidence


def test_the_series_follows_the_buckets() -> None:
    series = judged(past_of(hourly([0.9] * 5), PLAN, hours=5), PredictedModelRule(metric="accuracy")).series
    values = series["model_quality"]
    assert values.grid.count == 5
    assert list(values.values) == pytest.approx([0.9] * 5)


def test_a_small_fall_that_no_hour_proves_is_proved_by_longer_buckets() -> None:
    past = past_of(hourly([0.9] * 72 + [0.865] * 72, rows=300), PLAN, hours=144)
    (anomaly,) = judged(past, PredictedModelRule(metric="accuracy", objective=0.885)).anomalies
    assert anomaly.severity is Severity.CRITICAL
    assert abs(anomaly.onset - (START + 72 * HOUR)) <= 24 * HOUR
    assert (
        judged(
            past_of(hourly([0.9] * 144, rows=300), PLAN, hours=144),
            PredictedModelRule(objective=0.885, metric="accuracy"),
        ).anomalies
        == ()
    )


def test_hours_whose_labels_are_still_coming_are_left_out_where_labels_have_no_time() -> None:
    columns = hourly([0.95] * 6)
    labels = columns["label"]
    assert isinstance(labels, pyarrow.Array)
    young = np.arange(2400) >= 2000
    early = np.arange(2400) % 10 == 0
    columns["label"] = pyarrow.array(labels.to_pylist(), mask=young & ~early)
    view = judged(past_of(columns, PLAN, hours=6)).view
    assert view is not None
    assert view.end == START + 5 * HOUR
    assert view.coverage == 1.0


@pytest.mark.parametrize("hours", [2, 3, 6, 20])
def test_a_sudden_fall_is_told_after_two_hours_of_labels_that_are_few_and_keeps_its_onset(hours: int) -> None:
    fallen = hourly([0.95] * 100 + [0.5] * hours, rows=80)
    judgement = judged(past_of(fallen, PLAN, hours=100 + hours), PredictedModelRule(metric="accuracy"))
    (anomaly,) = judgement.anomalies
    assert anomaly.severity is Severity.WARNING
    assert anomaly.onset == START + 100 * HOUR
    assert anomaly.expected == pytest.approx(0.95, abs=0.01)


@pytest.mark.parametrize(
    "rights",
    [
        pytest.param([0.95] * 100 + [0.5], id="one hour"),
        pytest.param([0.95] * 100 + [0.5, 0.95, 0.95], id="one hour that is over"),
        pytest.param([0.95] * 100 + [0.88, 0.88], id="a small fall"),
        pytest.param([0.95] * 100 + [0.4, 0.4, *[0.95] * 7], id="two hours that are over"),
    ],
)
def test_what_is_no_sudden_fall(rights: list[float]) -> None:
    past = past_of(hourly(rights, rows=80), PLAN, hours=len(rights))
    assert judged(past, PredictedModelRule(metric="accuracy")).anomalies == ()


def test_a_sudden_fall_below_the_objective_is_critical() -> None:
    past = past_of(hourly([0.95] * 10 + [0.5] * 2, rows=80), PLAN, hours=12)
    (anomaly,) = judged(past, PredictedModelRule(metric="accuracy", objective=0.9)).anomalies
    assert (anomaly.severity, anomaly.onset) == (Severity.CRITICAL, START + 10 * HOUR)
