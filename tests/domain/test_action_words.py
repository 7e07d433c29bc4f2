"""What is said of actions."""

import pytest

from console.domain.action import Outcome
from console.domain.action_words import outcome_with_detail


@pytest.mark.parametrize(
    ("outcome", "detail", "told"),
    [
        (Outcome.VERIFIED, "verified: 6 of 6 ready", "verified: 6 of 6 ready"),
        (Outcome.NOT_VERIFIED, "not verified in time", "not verified in time"),
        (Outcome.UNKNOWN, "Unknown whether it was applied", "Unknown whether it was applied"),
        (Outcome.APPLIED, "eta is asked to run 6 replicas", "applied: eta is asked to run 6 replicas"),
        (Outcome.WORSE, "verified by nobody", "worse: verified by nobody"),
    ],
)
def test_the_word_of_an_outcome_is_said_once(outcome: Outcome, detail: str, told: str) -> None:
    assert outcome_with_detail(outcome, detail) == told
