"""A small part of `benchmarks/cause_calibration.py`: causes that are stated with certainty are right."""

from benchmarks.cause_calibration import calibration_error, sample


def test_stated_causes_are_as_often_right_as_they_say() -> None:
    stated = sample(range(5_000, 5_120))
    right = [one.first.kind is one.true for one in stated]
    sure = [one.first.confidence for one in stated]
    assert len(stated) >= 90
    assert sum(right) >= 0.8 * len(right)
    assert sum(confidence >= 0.8 for confidence in sure) >= 0.6 * len(sure)
    assert calibration_error(right, sure, tell=False) <= 0.1  # of a hundred, chance alone makes 0.05
