"""The course of an anomaly: how far it is as time goes on, whoever looks, and when."""

from array import array

from hypothesis import given, settings
from hypothesis import strategies as st

from console.detect.case import Case
from console.detect.judge import judge_model
from console.detect.latency import judge_latency
from console.domain.anomaly import Anomaly, AnomalyKind, Progress, Status
from console.domain.objective import Objective
from console.domain.series import Grid, Series
from console.history.view import ModelHistory
from console.settings.settings import JudgementSettings
from tests.detect.pasts import AT, FINE, NO_DATA, a_case, a_past, burning

PROMISE = Objective(latency={"latency_p99": 0.5})
STEP = FINE.step
SLOW, FAST = 2.4, 0.3


def minutes(**parts: float) -> int:
    """Points of the fine grid."""
    return round(sum(parts.values()) * 60 / STEP)


def slow_for(*spans: tuple[float, float]) -> list[float]:
    """Latencies from (seconds, minutes) pairs."""
    return [latency for latency, length in spans for latency in [latency] * round(length * 60 / STEP)]


def the_anomaly(*spans: tuple[float, float]) -> Anomaly:
    (found,) = judge_latency(a_case(a_past({"traffic": 9.0, "latency_p99": slow_for(*spans)}), PROMISE))
    return found


def test_it_is_new_then_ongoing_then_recovering_then_recovered_with_its_end() -> None:
    assert the_anomaly((FAST, 5), (SLOW, 5)).progress is Progress.NEW
    assert the_anomaly((FAST, 5), (SLOW, 20)).progress is Progress.ONGOING
    calming = the_anomaly((FAST, 5), (SLOW, 20), (FAST, 1))
    assert (calming.progress, calming.recovering_since) == (Progress.RECOVERING, FINE.instant(-4))
    calm = the_anomaly((FAST, 5), (SLOW, 20), (FAST, 8))
    assert (calm.progress, calm.ended) == (Progress.RECOVERED, FINE.instant(-32))
    assert calm.onset == FINE.instant(-32 - 80)


def test_what_recovered_long_ago_is_forgotten() -> None:
    past = a_past({"traffic": 9.0, "latency_p99": slow_for((FAST, 5), (SLOW, 20), (FAST, 16))})
    assert judge_latency(a_case(past, PROMISE)) == []


def test_flapping_is_one_anomaly_with_one_onset_that_says_so() -> None:
    flapping = the_anomaly((FAST, 2), (SLOW, 3), (FAST, 8), (SLOW, 3), (FAST, 12), (SLOW, 2), (FAST, 4), (SLOW, 3))
    assert (flapping.progress, flapping.returns, flapping.onset) == (Progress.ONGOING, 3, FINE.instant(-35 * 4))


def test_what_recovered_is_told_of_a_model_that_is_well() -> None:
    past = a_past({"traffic": 9.0, "latency_p99": slow_for((FAST, 5), (SLOW, 20), (FAST, 8))})
    view = judge_model(a_case(past, PROMISE), ())
    assert (view.status, [each.progress for each in view.anomalies]) == (Status.OK, [Progress.RECOVERED])
    assert view.standing == ()


def test_data_that_vanished_is_not_recovered_and_says_when_it_was_seen() -> None:
    past = a_past(
        {"traffic": [9.0, *[NO_DATA] * 40], "latency_p99": [FAST, *[SLOW] * 40, *[NO_DATA] * 40]},
        live=[3, *[NO_DATA] * 40],
    )
    view = judge_model(a_case(past, PROMISE), ())
    latency = next(each for each in view.anomalies if each.kind is AnomalyKind.LATENCY)
    assert (view.status, latency.progress, latency.last_seen) == (
        Status.CRITICAL,
        Progress.NEW if AT - latency.onset < 900 else Progress.ONGOING,
        FINE.instant(-41),
    )
    assert latency.value is None
    assert latency.summary == "p99 2.40 s, objective 0.50 s"


def test_after_an_hour_without_data_it_is_unknown_and_not_forgotten() -> None:
    day = {"traffic": [9.0] * 265 + [NO_DATA] * 24, "latency_p99": [FAST] * 250 + [SLOW] * 15 + [NO_DATA] * 24}
    past = a_past({"traffic": NO_DATA, "latency_p99": NO_DATA}, day, live=NO_DATA)
    view = judge_model(a_case(past, PROMISE), ())
    assert view.status is Status.UNKNOWN
    assert {each.kind for each in view.standing} == {AnomalyKind.LATENCY, AnomalyKind.MISSING_DATA}


def test_a_batch_that_ended_slow_is_forgotten_an_hour_after_its_last_request() -> None:
    day = {"traffic": [9.0] * 265 + [0.0] * 24, "latency_p99": [FAST] * 250 + [SLOW] * 15 + [NO_DATA] * 24}
    view = judge_model(a_case(a_past({"traffic": 0.0, "latency_p99": NO_DATA}, day), PROMISE), ())
    assert [each.kind for each in view.standing if each.kind is AnomalyKind.LATENCY] == []


class TestErrors:
    CALM_BY_NOW = (0.0, *[0.4] * 40, *[0.0] * 40)

    def test_they_recover_while_their_windows_still_burn(self) -> None:
        past = a_past({"traffic": 9.0, "error_ratio": self.CALM_BY_NOW}, burn_rates=burning(0.1, 9.0, 3600, 300))
        view = judge_model(a_case(past), ())
        (errors,) = view.standing
        assert (errors.progress, errors.recovering_since) == (Progress.RECOVERING, FINE.instant(-40))
        assert view.status is Status.CRITICAL

    def test_they_have_recovered_when_the_windows_stop_burning(self) -> None:
        past = a_past(
            {"traffic": 9.0, "error_ratio": self.CALM_BY_NOW}, {"traffic": 9.0, "error_ratio": 0.0}, burn_rates=[]
        )
        view = judge_model(a_case(past), ())
        (errors,) = view.anomalies
        assert (view.status, errors.progress, errors.ended) == (Status.OK, Progress.RECOVERED, FINE.instant(-40))
        assert errors.onset == FINE.instant(-80)

    def test_they_are_forgotten_a_while_after(self) -> None:
        ratios = [0.0, *[0.4] * 30, *[0.0] * minutes(short_window=30, remembered=15, margin=6)]
        past = a_past({"traffic": 9.0, "error_ratio": ratios}, {"traffic": 9.0, "error_ratio": 0.0}, burn_rates=[])
        assert judge_model(a_case(past), ()).anomalies == ()

    def test_data_that_vanished_has_not_recovered(self) -> None:
        ratios = [0.0, *[0.4] * 80, *[NO_DATA] * 60]
        past = a_past(
            {"traffic": [9.0, *[NO_DATA] * 60], "error_ratio": ratios},
            {"traffic": 9.0, "error_ratio": 0.0},
            live=[3, *[NO_DATA] * 60],
            burn_rates=[],
        )
        errors = next(each for each in judge_model(a_case(past), ()).standing if each.kind is AnomalyKind.ERRORS)
        assert (errors.last_seen, errors.onset) == (FINE.instant(-61), FINE.instant(-140))

    def test_a_lone_failure_before_does_not_move_the_onset(self) -> None:
        ratios = [0.0, *[0.02] * 20, *[0.0] * 30, *[0.4] * 40]
        past = a_past({"traffic": 1.0, "error_ratio": ratios}, burn_rates=burning(0.1, 1.0, 3600, 300))
        (errors,) = judge_model(a_case(past), ()).standing
        assert errors.onset == FINE.instant(-40)


BREAKS = st.sampled_from([FAST, FAST, SLOW, SLOW, NO_DATA])
ALLOWED = {
    (None, Progress.NEW),
    (None, Progress.ONGOING),
    (Progress.NEW, Progress.NEW),
    (Progress.NEW, Progress.ONGOING),
    (Progress.NEW, Progress.RECOVERING),
    (Progress.ONGOING, Progress.ONGOING),
    (Progress.ONGOING, Progress.RECOVERING),
    (Progress.RECOVERING, Progress.NEW),
    (Progress.RECOVERING, Progress.ONGOING),
    (Progress.RECOVERING, Progress.RECOVERING),
    (Progress.RECOVERING, Progress.RECOVERED),
    (Progress.RECOVERED, Progress.RECOVERED),
    (Progress.RECOVERED, Progress.ONGOING),
    (Progress.RECOVERED, None),
    (None, None),
}


def seen_at(values: list[float], index: int) -> Case:
    """The case of somebody who looks when the values up to an index are there."""
    at = FINE.start + STEP * index
    fine = Grid.until(at, 3600.0, STEP)
    window = [NO_DATA] * max(0, fine.count - index - 1) + values[max(0, index + 1 - fine.count) : index + 1]
    past = a_past({"traffic": 9.0})
    past = ModelHistory(
        past.model,
        {"latency_p99": Series(fine, array("d", window))},
        {},
        Series(fine, array("d", [1.0]) * fine.count),
        Series(fine, array("d", [0.0]) * fine.count),
        Series(fine, array("d", [1.0]) * fine.count),
    )
    return Case(past, PROMISE, JudgementSettings(), at)


@given(st.lists(st.tuples(BREAKS, st.integers(1, 30)), min_size=1, max_size=12))
@settings(deadline=None)
def test_as_time_goes_on_progress_takes_only_allowed_steps_and_the_onset_stays(spans: list[tuple[float, int]]) -> None:
    values = [FAST, *(value for value, length in spans for value in [value] * length)][:240]
    before: Anomaly | None = None
    for index in range(len(values)):
        now = next(iter(judge_latency(seen_at(values, index))), None)
        assert (before.progress if before else None, now.progress if now else None) in ALLOWED
        if before is not None and now is not None and before.onset > FINE.start:
            assert now.onset == before.onset
            assert now.returns >= before.returns
        before = now
