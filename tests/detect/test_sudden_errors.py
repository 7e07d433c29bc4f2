"""Errors too new for the hour of a burn rule: told once they go on, never for a burst that rates repeat."""

import msgspec
import pytest

from console.detect.errors import judge_errors
from console.domain.anomaly import Anomaly, Severity
from console.domain.objective import BurnRate, Objective
from console.domain.usual import Usual
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


def test_a_warning_that_turns_critical_keeps_its_onset() -> None:
    lasts, minute = [0.006] * 28, round(60 / FINE.step)
    before = a_case(a_past({"error_ratio": [USUAL, *lasts], "traffic": 50.0}, {"error_ratio": USUAL, "traffic": 50.0}))
    (warning,) = judge_errors(before)
    worse = [USUAL, *lasts, *[0.3] * 5 * minute]
    burns = [BurnRate(window, 0.03, 50.0 * window) for window in (300.0, 3600.0)]
    (critical,) = judge_errors(
        a_case(
            a_past({"error_ratio": worse, "traffic": 50.0}, {"error_ratio": USUAL, "traffic": 50.0}, burn_rates=burns)
        )
    )
    assert (warning.severity, critical.severity) == (Severity.WARNING, Severity.CRITICAL)
    assert critical.onset == warning.onset - 300.0


def test_errors_that_are_usual_at_this_hour_say_nothing() -> None:
    past = a_past({"error_ratio": ratios(600.0, 1e9, 0.02), "traffic": 50.0}, {"error_ratio": USUAL, "traffic": 50.0})
    assert judge_errors(a_case(past))
    nightly = Usual(USUAL, 0.0, 0.02, -0.001, 0.03, 2000)
    assert judge_errors(a_case(msgspec.structs.replace(past, usual={"error_ratio": nightly}))) == []
