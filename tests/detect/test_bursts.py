"""What rates repeat of a burst of slow requests is no anomaly; what goes on, and what outlasts it, is."""

import pytest

from console.detect.judge import judge_model
from console.domain.anomaly import AnomalyKind, Severity
from console.domain.snapshot import ModelView
from tests.detect.pasts import AT, FINE, a_case, a_past

WINDOW, MINUTE = round(300 / FINE.step), round(60 / FINE.step)
CALM = {"traffic": 50.0, "latency_p99": 0.3, "latency_mean": 0.1}


def rate(minutes: float, lasts: float, usual: float, slow: float) -> list[float]:
    """Return the mean of requests over five minutes since some took `slow` seconds, which came for so many minutes."""
    points = round(minutes * MINUTE) + 1
    began = [min(1.0, number / WINDOW) for number in range(points)]
    ended = [max(0.0, (number - lasts * MINUTE) / WINDOW) for number in range(points)]
    return [usual, *[usual + (slow - usual) * (some - over) for some, over in zip(began, ended, strict=True)]]


def seen(minutes: float, lasts: float, slow: float = 1.0, **fine: object) -> ModelView:
    """Return what is told so many minutes after requests began to be slow; the quantile stands as long as the rate."""
    mean = rate(minutes, lasts, 0.1, slow)
    high = [0.3, *[2.0] * (round(minutes * MINUTE) + 1)]
    return judge_model(a_case(a_past({**CALM, "latency_p99": high, "latency_mean": mean, **fine}, CALM)), ())  # type: ignore[dict-item]


@pytest.mark.parametrize("minutes", [1.5, 2.5, 3.5, 5.0])
@pytest.mark.parametrize("slow", [0.3, 10.0])
def test_a_burst_that_the_window_repeats_is_not_told(minutes: float, slow: float) -> None:
    assert seen(minutes, lasts=0.5, slow=slow).anomalies == ()


@pytest.mark.parametrize("minutes", [2.25, 3.0, 5.0])
def test_slow_requests_that_go_on_are_told_after_two_minutes(minutes: float) -> None:
    (anomaly,) = seen(minutes, lasts=60.0).anomalies
    assert (anomaly.kind, anomaly.severity) == (AnomalyKind.LATENCY, Severity.CRITICAL)
    assert anomaly.onset == pytest.approx(AT - 60 * minutes, abs=FINE.step)


def test_what_was_told_while_it_went_on_is_told_until_it_is_over() -> None:
    assert seen(3.0, lasts=2.5).anomalies
    assert seen(5.0, lasts=2.5).anomalies


def test_a_quantile_alone_is_told_once_it_outlasts_the_window() -> None:
    assert seen(5.5, lasts=60.0, slow=0.101).anomalies == ()
    assert seen(6.0, lasts=60.0, slow=0.101).anomalies


def test_where_no_mean_is_told_a_minute_is_enough() -> None:
    past = a_past({"traffic": 50.0, "latency_p99": [0.3, *[2.0] * (MINUTE + 1)]}, CALM)
    assert judge_model(a_case(past), ()).anomalies
