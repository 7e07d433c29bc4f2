import math
from typing import Any

import numpy as np
import pyarrow
import pytest

from console.domain.quality import Task
from console.domain.series import Grid
from console.history.predictions.outcome_assembly import cells_by_model
from console.sources.predictions.log import PredictionLog
from console.sources.predictions.outcome_plan import NOT_PREDICTED, OTHER, OutcomePlan, ScoreMeaning
from console.sources.predictions.outcomes import Asked, outcome_expression
from console.sources.predictions.score_bins import NO_SCORE
from tests.sources.predictions.logs import START, instants, log_of

HOUR = 3600.0
ALL = Asked(START, START + 24 * HOUR, START + 24 * HOUR)
BINARY = OutcomePlan(Task.BINARY, 0.0, 30 * HOUR, ("0", "1"), "score")


def groups(log: PredictionLog, plan: OutcomePlan, asked: Asked = ALL) -> list[dict[str, Any]]:
    return list(outcome_expression(log, plan, asked).to_pyarrow().to_pylist())


@pytest.mark.parametrize(
    ("predictions", "labels"),
    [
        pytest.param([1, 0, 1], ["1", "0", "0"], id="numbers and text"),
        pytest.param([True, False, True], [1, 0, 0], id="booleans and numbers"),
        pytest.param([1.0, 0.0, 1.0], [True, False, False], id="decimals and booleans"),
        pytest.param(["True", "false", "1.0"], [1, 0, 0], id="words and numbers"),
    ],
)
def test_labels_of_another_type_are_compared_by_what_they_mean(predictions: list[object], labels: list[object]) -> None:
    log = log_of({"prediction": pyarrow.array(predictions), "label": pyarrow.array(labels)})
    told = groups(log, OutcomePlan(Task.BINARY, 0.0, HOUR, ("0", "1")))
    assert {(group["predicted"], group["actual"]): group["rows"] for group in told} == {
        ("1", "1"): 1,
        ("0", "0"): 1,
        ("1", "0"): 1,
    }


def test_classes_of_one_type_keep_their_names() -> None:
    log = log_of({"prediction": pyarrow.array(["1.0", "True"]), "label": pyarrow.array(["1", "true"])})
    told = groups(log, OutcomePlan(Task.MULTICLASS, 0.0, HOUR))
    assert {(group["predicted"], group["actual"]) for group in told} == {("1.0", "1"), ("True", "true")}


def test_sums_of_scores_are_exact_and_rows_without_a_label_add_only_their_score() -> None:
    scores = [0.9, 0.2, 0.4, 0.0]
    log = log_of(
        {
            "prediction": pyarrow.array([1, 0, 0, 0]),
            "score": pyarrow.array(scores),
            "label": pyarrow.array([1, 0, None, 1]),
        }
    )
    told = groups(log, BINARY)
    labelled = [group for group in told if group["labelled"]]
    assert sum(group["rows"] for group in told) == 4
    assert sum(group["score"] for group in told) == pytest.approx(sum(scores))
    assert sum(group["loss"] for group in labelled) == pytest.approx(-math.log(0.9) - math.log(0.8) - math.log(1e-15))
    assert sum(group["squared"] for group in labelled) == pytest.approx(0.01 + 0.04 + 1.0)
    assert [group["loss"] for group in told if not group["labelled"]] == [0.0]


def test_scores_that_are_no_probability_have_no_bin() -> None:
    log = log_of(
        {
            "prediction": pyarrow.array([1, 1, 1, 1]),
            "score": pyarrow.array([math.nan, None, 1.5, -0.1]),
            "label": pyarrow.array([1, 1, 1, 1]),
        }
    )
    (group,) = groups(log, BINARY)
    assert (group["bin"], group["rows"], group["score"], group["loss"]) == (NO_SCORE, 4, 0.0, 0.0)


@pytest.mark.parametrize(
    ("means", "expected"),
    [
        pytest.param(ScoreMeaning.POSITIVE, [0.9, 0.7], id="of the positive class"),
        pytest.param(ScoreMeaning.NEGATIVE, [0.1, 0.3], id="of the negative class"),
        pytest.param(ScoreMeaning.PREDICTED, [0.9, 0.3], id="of the predicted class"),
    ],
)
def test_a_score_is_turned_into_that_of_the_positive_class(means: ScoreMeaning, expected: list[float]) -> None:
    log = log_of({"prediction": pyarrow.array([1, 0]), "score": pyarrow.array([0.9, 0.7])})
    told = groups(log, OutcomePlan(Task.BINARY, 0.0, HOUR, ("0", "1"), "score", means))
    assert sorted(group["score"] for group in told) == pytest.approx(sorted(expected))


def test_a_label_counts_when_it_had_come() -> None:
    log = log_of(
        {
            "timestamp": instants([0, 0, 0, 0]),
            "prediction": pyarrow.array([1, 1, 1, 1]),
            "label": pyarrow.array([1, 1, 1, None]),
            "label_time": instants([600, 2 * HOUR, 5 * HOUR, None]),
        }
    )
    plan = OutcomePlan(Task.BINARY, 0.0, 4 * HOUR, ("0", "1"))

    def labelled(cutoff: float) -> int:
        told = groups(log, plan, Asked(START, START + HOUR, START + cutoff))
        return sum(group["rows"] for group in told if group["labelled"])

    assert [labelled(cutoff) for cutoff in (300, 600, 3 * HOUR, 30 * HOUR)] == [0, 1, 2, 3]
    told = groups(log, plan)
    assert sum(group["within_900"] for group in told) == 1
    assert sum(group["within_10800"] for group in told) == 2


def test_several_classes_beyond_those_by_name_are_one() -> None:
    log = log_of({"prediction": pyarrow.array(["a", "b", "c"]), "label": pyarrow.array(["a", "d", "c"])})
    told = groups(log, OutcomePlan(Task.MULTICLASS, 0.0, HOUR, ("a",)))
    assert {(group["predicted"], group["actual"]): group["rows"] for group in told} == {
        ("a", "a"): 1,
        (OTHER, NOT_PREDICTED): 1,
        (OTHER, OTHER): 1,
    }


def test_scores_by_class_tell_the_loss_of_the_label_and_the_confidence_of_the_prediction() -> None:
    log = log_of(
        {
            "prediction": pyarrow.array(["a", "b"]),
            "label": pyarrow.array(["a", "c"]),
            "score.a": pyarrow.array([0.7, 0.1]),
            "score.b": pyarrow.array([0.2, 0.6]),
            "score.c": pyarrow.array([0.1, 0.3]),
        }
    )
    classes = tuple((name, f"score.{name}") for name in "abc")
    told = groups(log, OutcomePlan(Task.MULTICLASS, 0.0, HOUR, class_scores=classes))
    assert sum(group["loss"] for group in told) == pytest.approx(-math.log(0.7) - math.log(0.3))
    assert sum(group["score"] for group in told) == pytest.approx(1.3)
    assert sum(group["squared"] for group in told) == pytest.approx(0.3**2 + 0.2**2 + 0.1**2 + 0.1**2 + 0.6**2 + 0.7**2)


def test_errors_of_numbers_add_up_and_impossible_numbers_do_not_count() -> None:
    predicted = [1.5, 2.0, 0.0, math.inf, math.nan, 1e200]
    labels = [1.0, 4.0, 0.0, 1.0, 1.0, 1.0]
    log = log_of({"prediction": pyarrow.array(predicted), "label": pyarrow.array(labels)})
    (group,) = groups(log, OutcomePlan(Task.REGRESSION, 0.0, HOUR))
    e, y = np.array(predicted[:3]) - np.array(labels[:3]), np.array(labels[:3])
    assert (group["rows"], group["numbers"], group["ratios"]) == (6, 3, 2)
    assert group["absolute"] == pytest.approx(np.abs(e).sum())
    assert group["squared"] == pytest.approx((e**2).sum())
    assert group["fourth"] == pytest.approx((e**4).sum())
    assert group["ratio"] == pytest.approx(0.5 + 0.5)
    assert group["label_squared"] == pytest.approx((y**2).sum())


def test_hostile_names_are_values_and_never_sql() -> None:
    name = "'; DROP TABLE log; --"
    log = log_of({"model": pyarrow.array([name]), "prediction": pyarrow.array([name]), "label": pyarrow.array([name])})
    asked = Asked(START, START + HOUR, START + HOUR, models=(name,))
    (group,) = groups(log, OutcomePlan(Task.MULTICLASS, 0.0, HOUR, (name,)), asked)
    assert (group["model"], group["predicted"], group["actual"]) == (name, name, name)


def test_slices_tell_rows_apart_and_hours_need_not() -> None:
    log = log_of(
        {
            "timestamp": instants([0, HOUR, 0]),
            "prediction": pyarrow.array([1, 1, 1]),
            "label": pyarrow.array([1, 1, 1]),
            "feature.region": pyarrow.array(["DE", "DE", None]),
        }
    )
    asked = Asked(START, START + 9 * HOUR, START + 9 * HOUR, by_hour=False, with_bins=False, slices=("feature.region",))
    told = groups(log, OutcomePlan(Task.BINARY, 0.0, HOUR, ("0", "1")), asked)
    assert {group["slice.feature.region"]: group["rows"] for group in told} == {"DE": 2, None: 1}


def test_six_hours_together_begin_at_midnight_and_every_six_hours_after() -> None:
    log = log_of({"timestamp": instants([HOUR, 7 * HOUR, 23 * HOUR]), "prediction": pyarrow.array([1, 1, 1])})
    plan = OutcomePlan(Task.BINARY, 0.0, HOUR, ("0", "1"), step=6)
    answer = outcome_expression(log, plan, ALL).to_pyarrow()
    cells = cells_by_model(answer, plan, Grid(START, HOUR, 24))["fraud"].cells
    assert sorted(cells.hour.tolist()) == [0, 6, 18]
