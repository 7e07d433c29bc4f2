"""Estimates before labels: seeded rows whose labels are known to the test, but not to the estimate."""

import numpy as np
import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.detect.quality.estimate import AS_THEY_ARE, CALIBRATED
from console.detect.quality.isotonic import frequency_by_bin, rising
from console.domain.drift import DriftView
from console.domain.quality import QualityView, Task
from console.history.predictions.past import HOUR
from console.settings.predictions import PredictedModelRule
from console.sources.predictions.outcome_plan import OutcomePlan
from tests.detect.quality.outcome_pasts import judged, past_of
from tests.sources.predictions.logs import START, instants

PLAN = OutcomePlan(Task.BINARY, 6 * HOUR, 24 * HOUR, ("0", "1"), "score")
HOURS, PER_HOUR = 30, 800
OLD = 24
"""Hours that have had their labels; of the other six none has come."""


def rows_of(
    *, overconfident: bool = False, concept_drift_at: int | None = None, seed: int = 2
) -> dict[str, np.ndarray]:
    generator = np.random.default_rng(seed)
    count = HOURS * PER_HOUR
    truth = generator.beta(0.7, 1.4, count)
    hour = np.repeat(np.arange(HOURS), PER_HOUR)
    label = generator.random(count) < truth
    if concept_drift_at is not None:
        label = np.where(hour >= concept_drift_at, generator.random(count) < 1 / 3, label)
    score = truth**2 / (truth**2 + (1 - truth) ** 2) if overconfident else truth
    return {"hour": hour, "label": label.astype(int), "score": score, "prediction": (score >= 0.5).astype(int)}


def columns_of(rows: dict[str, np.ndarray], labelled_hours: int = OLD) -> dict[str, object]:
    seconds = rows["hour"] * HOUR + np.tile(np.arange(PER_HOUR), HOURS) * HOUR / PER_HOUR
    return {
        "timestamp": instants(seconds.tolist()),
        "prediction": pyarrow.array(rows["prediction"]),
        "score": pyarrow.array(rows["score"]),
        "label": pyarrow.array(rows["label"], mask=rows["hour"] >= labelled_hours),
    }


def view_of(rows: dict[str, np.ndarray], labelled_hours: int = OLD) -> QualityView:
    view = judged(past_of(columns_of(rows, labelled_hours), PLAN, hours=HOURS)).view
    assert view is not None
    return view


def realised(rows: dict[str, np.ndarray]) -> dict[str, float]:
    new = rows["hour"] >= OLD
    label, prediction = rows["label"][new], rows["prediction"][new]
    hit = float(((label == 1) & (prediction == 1)).sum())
    return {
        "accuracy": float((label == prediction).mean()),
        "precision": hit / float(prediction.sum()),
        "recall": hit / float(label.sum()),
    }


@pytest.mark.parametrize("overconfident", [False, True])
def test_the_estimate_of_rows_without_labels_is_what_their_labels_will_say(overconfident: bool) -> None:
    rows = rows_of(overconfident=overconfident)
    view = view_of(rows)
    assert (view.estimated_start, view.estimated_end) == (START + OLD * HOUR, START + HOURS * HOUR)
    assert view.assumption == CALIBRATED
    told = {reading.metric.name: reading for reading in view.estimated}
    for name, value in realised(rows).items():
        reading = told[name]
        assert reading.value is not None
        assert reading.low is not None
        assert reading.high is not None
        assert reading.low < value < reading.high, name
        assert abs(reading.value - value) < 0.02, name


def test_without_labels_scores_are_taken_as_they_are_and_it_says_so() -> None:
    view = view_of(rows_of(), labelled_hours=0)
    assert view.assumption == AS_THEY_ARE
    told = {reading.metric.name: reading.value for reading in view.estimated}
    assert told["accuracy"] == pytest.approx(realised(rows_of())["accuracy"], abs=0.02)
    assert all(reading.value is None for reading in view.metrics)


def test_a_fall_that_the_scores_do_not_tell_is_concept_drift() -> None:
    past = past_of(columns_of(rows_of(concept_drift_at=18)), PLAN, hours=HOURS)
    rule = PredictedModelRule(metric="roc_auc", training={"roc_auc": 0.8})
    (anomaly,) = judged(past, rule).anomalies
    assert anomaly.onset == START + 18 * HOUR
    assert any(fact.startswith("concept drift") for fact in anomaly.evidence)
    still = DriftView("fraud", START, START + HOUR, "training", 1000, 1000, ())
    (anomaly,) = judged(past, rule, drift=still).anomalies
    assert any("inputs and predictions have not moved" in fact for fact in anomaly.evidence)


def test_a_fall_that_the_scores_tell_is_none() -> None:
    rows = rows_of()
    moved = rows["hour"] >= 18
    generator = np.random.default_rng(4)
    truth = np.where(moved, generator.uniform(0.35, 0.65, len(moved)), rows["score"])
    label = np.where(moved, generator.random(len(moved)) < truth, rows["label"]).astype(int)
    rows |= {"score": truth, "label": label, "prediction": (truth >= 0.5).astype(int)}
    past = past_of(columns_of(rows), PLAN, hours=HOURS)
    (anomaly,) = judged(past, PredictedModelRule(metric="roc_auc", training={"roc_auc": 0.8})).anomalies
    assert any("no concept drift" in fact for fact in anomaly.evidence)


@given(st.lists(st.tuples(st.integers(0, 50), st.integers(0, 50)), min_size=1, max_size=40))
def test_frequencies_never_fall_and_keep_their_total(counts: list[tuple[int, int]]) -> None:
    came_true = np.array(counts, dtype=np.float64)
    fitted = frequency_by_bin(came_true)
    rows = came_true.sum(axis=1)
    if fitted is None:
        assert rows.sum() == 0
        return
    assert np.all(np.diff(fitted) >= -1e-12)
    assert fitted @ rows == pytest.approx(came_true[:, 1].sum())


def test_violators_are_pooled_to_their_mean() -> None:
    fitted = rising(np.array([4.0, 5.0, 1.0, 6.0, 8.0, 7.0]), np.ones(6))
    assert fitted.tolist() == pytest.approx([10 / 3, 10 / 3, 10 / 3, 6, 7.5, 7.5])
