import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from console.detect.quality.curve import roc_auc, roc_auc_error
from console.sources.predictions.score_bins import BIN_COUNT, bin_edges


def exact_area(scores: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of pairs in which the positive row has the higher score, ties half: the definition."""
    positives, negatives = scores[labels == 1], scores[labels == 0]
    higher = (positives[:, None] > negatives[None, :]).sum()
    equal = (positives[:, None] == negatives[None, :]).sum()
    return float(higher + equal / 2) / (len(positives) * len(negatives))


def counts(scores: np.ndarray, labels: np.ndarray) -> np.ndarray:
    codes = np.clip(np.searchsorted(bin_edges(), scores, side="right") - 1, 0, BIN_COUNT - 1)
    return np.stack([np.bincount(codes[labels == value], minlength=BIN_COUNT) for value in (0, 1)], axis=1).astype(
        float
    )


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.05, 20), st.floats(0.05, 20), st.integers(4, 400))
def test_bins_move_the_area_by_no_more_than_they_say(seed: int, a: float, b: float, rows: int) -> None:
    generator = np.random.default_rng(seed)
    labels = np.array([0, 1, *generator.integers(0, 2, rows)])
    scores = generator.beta(a + labels, b, len(labels))
    binned = counts(scores, labels)
    assert abs(float(roc_auc(binned)) - exact_area(scores, labels)) <= roc_auc_error(binned) + 1e-12


def test_scores_of_a_rare_class_near_zero_move_the_area_by_less_than_a_hundredth() -> None:
    generator = np.random.default_rng(7)
    labels = (generator.random(20_000) < 0.005).astype(int)
    scores = generator.beta(0.3 + 0.7 * labels, 60, len(labels))
    binned = counts(scores, labels)
    assert roc_auc_error(binned) < 0.015
    assert abs(float(roc_auc(binned)) - exact_area(scores, labels)) < 0.003
