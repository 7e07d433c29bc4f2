"""Errors too new for the hour of a burn rule: told once they go on, never for a burst that rates repeat."""

import pytest

from console.detect.errors import judge_errors
from console.domain.anomaly import Anomaly, Severity
from console.domain.objective import Objective
from tests.detect.pasts import AT, FINE, a_case, a_past

RATE_WINDOW = 300.0
USUAL = 0.0005


def ratios(elapsed: float, lasting: float, failing: float) -> list[float]:
    """Return the error ratio as a rate over five minutes tells it, `elapsed` seconds after errors began."""
    values = []
    for index in range(FINE.count):
        since = elapsed - FINE.step * (FINE.count - 1 - index)
        within = max(0.0, min(since, lasting) - max(0.0, since - RATE_WINDOW))
        values.append(USUAL + (failing - USUAL) * within / RATE_WINDOW)
    return values


def told(
    elapsed: float, lasting: float, failing: float, traffic: float = 50.0, availability: float = 0.999
) -> list[Anomaly]:
    """Return what is told of errors at a rate of requests per second, `elapsed` seconds after they began."""
    past = a_past(
        {"error_ratio": ratios(elapsed, lasting, failing), "traffic": traffic},
        {"error_ratio": USUAL, "traffic": traffic},
    )
    return judge_errors(a_case(past, Objective(availability=availability)))


@pytest.mark.parametrize("failing", [0.04, 0.15, 1.0])
def test_errors_that_go_on_are_a_warning_within_five_minutes_with_their_onset(failing: float) -> None:
    (anomaly,) = told(180.0, 1e9, failing)
    assert anomaly.severity is Severity.WARNING
    assert anomaly.onset == pytest.approx(AT - 180.0, abs=2 * FINE.step)
    assert anomaly.id == "fraud/error_ratio"


@pytest.mark.parametrize("elapsed", [float(seconds) for seconds in range(15, 900, 15)])
def test_a_burst_of_half_a_minute_is_none_however_long_a_rate_repeats_it(elapsed: float) -> None:
    assert told(elapsed, 30.0, 0.5) == []


def test_errors_that_are_just_over_the_limit_are_told_once_they_outlast_the_window() -> None:
    assert told(240.0, 1e9, 0.0032) == []
    (anomaly,) = told(420.0, 1e9, 0.0032)
    assert anomaly.severity is Severity.WARNING


def test_a_few_failures_of_a_quiet_model_say_nothing() -> None:
    assert told(240.0, 1e9, 0.2, traffic=0.05) == []


def test_errors_within_their_budget_say_nothing() -> None:
    assert told(600.0, 1e9, 0.0025) == []


def test_errors_far_above_their_usual_need_not_burn_as_fast_as_a_page() -> None:
    (anomaly,) = told(180.0, 1e9, 0.095, availability=0.99)
    assert anomaly.severity is Severity.WARNING


def test_errors_that_are_over_are_told_as_recovered_for_a_while() -> None:
    (anomaly,) = told(1_200.0, 300.0, 0.2)
    assert anomaly.is_over
    assert told(600.0, 300.0, 0.2)[0].is_over is False
