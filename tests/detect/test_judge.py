import math

import msgspec
import pytest

from console.detect.case import objective_for
from console.detect.errors import BURN_WINDOWS, budget_in_words, judge_errors
from console.detect.judge import judge, judge_model
from console.detect.latency import judge_latency
from console.detect.traffic import judge_traffic
from console.domain.alert import Alert
from console.domain.anomaly import AnomalyKind, Progress, Severity, Status
from console.domain.label import Label
from console.domain.model import Model
from console.domain.objective import BurnRate, Objective
from console.domain.signal import State
from console.domain.snapshot import ModelView
from console.history.view import ModelHistory
from console.settings.settings import JudgementSettings, ModelRule
from tests.detect.pasts import AT, COARSE, FINE, NO_DATA, a_case, a_history, a_past, burning

HEALTHY_DAY = {"traffic": 100.0, "latency_p99": 0.3, "error_ratio": 0.0}


def view_of(past: ModelHistory) -> ModelView:
    return judge_model(a_case(past), ())


class TestLatency:
    def test_without_a_promise_three_times_the_median_of_the_day_is_the_limit(self) -> None:
        slow = [0.3] + [2.4] * 20
        (anomaly,) = judge_latency(a_case(a_past({"traffic": 100.0, "latency_p99": slow}, HEALTHY_DAY)))
        assert (anomaly.kind, anomaly.severity) == (AnomalyKind.LATENCY, Severity.CRITICAL)
        assert (anomaly.value, anomaly.expected) == (2.4, 0.3)
        assert anomaly.objective is None
        assert anomaly.limit == pytest.approx(0.9)
        assert anomaly.onset == FINE.instant(-20)
        assert anomaly.summary == "p99 2.40 s, expected 0.30 s"

    @pytest.mark.parametrize("value", [0.3, 0.89])
    def test_up_to_the_limit_nothing_is_wrong(self, value: float) -> None:
        assert judge_latency(a_case(a_past({"traffic": 100.0, "latency_p99": value}, HEALTHY_DAY))) == []

    def test_a_promise_replaces_the_expectation(self) -> None:
        past = a_past({"traffic": 100.0, "latency_p99": 0.6, "latency_p95": 0.55}, HEALTHY_DAY)
        assert judge_latency(a_case(past)) == []
        (anomaly,) = judge_latency(a_case(past, Objective(latency={"latency_p95": 0.5})))
        assert (anomaly.signal, anomaly.objective) == ("latency_p95", 0.5)

    def test_the_mean_speaks_where_no_percentile_is_exported(self) -> None:
        past = a_past({"traffic": 9.0, "latency_mean": [0.1] + [0.9] * 25}, {"latency_mean": 0.1})
        (anomaly,) = judge_latency(a_case(past))
        assert anomaly.summary == "mean 0.90 s, expected 0.10 s"

    def test_a_few_requests_an_hour_are_not_judged(self) -> None:
        past = a_past({"traffic": 10 / 3600, "latency_p99": 9.0}, HEALTHY_DAY)
        assert judge_latency(a_case(past)) == []
        assert view_of(past).readings["latency_p99"].state is State.NOT_ENOUGH_DATA

    def test_nothing_is_expected_of_a_model_that_was_just_born(self) -> None:
        past = a_past({"traffic": [NO_DATA] + [5.0] * 5, "latency_p99": [NO_DATA] + [9.0] * 5})
        assert judge_latency(a_case(past)) == []

    def test_traffic_that_is_not_exported_does_not_silence_latency(self) -> None:
        past = a_past({"latency_p99": [0.3] + [2.4] * 20}, {"latency_p99": 0.3})
        assert len(judge_latency(a_case(past))) == 1

    def test_the_mean_speaks_when_a_quantile_stands_at_the_end_of_its_histogram(self) -> None:
        usual = {"traffic": 9.0, "latency_p99": 10.0, "latency_mean": 6.0}
        past = a_past(usual | {"latency_mean": [6.0] + [60.0] * 25}, usual)
        assert [anomaly.signal for anomaly in judge_latency(a_case(past))] == ["latency_mean"]

    def test_one_slowness_is_one_anomaly(self) -> None:
        usual = {"traffic": 9.0, "latency_p99": 0.3, "latency_mean": 0.1}
        past = a_past({"traffic": 9.0, "latency_p99": [0.3] + [3.0] * 25, "latency_mean": [0.1] + [1.0] * 25}, usual)
        assert [anomaly.signal for anomaly in judge_latency(a_case(past))] == ["latency_p99"]

    def test_a_promise_about_the_first_token_is_judged(self) -> None:
        past = a_past({"traffic": 9.0, "time_to_first_token": [0.1] + [9.0] * 20})
        (anomaly,) = judge_latency(a_case(past, Objective(latency={"time_to_first_token": 0.5})))
        assert (anomaly.signal, anomaly.objective) == ("time_to_first_token", 0.5)

    def test_an_onset_before_the_hour_is_not_looked_for_where_traffic_was_too_low_to_tell(self) -> None:
        day = {"traffic": [0.0] * 270 + [9.0] * 19, "latency_p99": [9.0] * 289}
        past = a_past({"traffic": 9.0, "latency_p99": 9.0}, day)
        (anomaly,) = judge_latency(a_case(past, Objective(latency={"latency_p99": 0.5})))
        assert anomaly.onset == COARSE.instant(-19)


class TestErrors:
    def test_a_fast_burn_is_critical_and_tells_the_budget_in_words(self) -> None:
        past = a_past(
            {"traffic": 100.0, "error_ratio": [0.0] + [0.02] * 40},
            HEALTHY_DAY,
            burn_rates=burning(0.02, 100.0, 3600, 300),
        )
        (anomaly,) = judge_errors(a_case(past))
        assert (anomaly.severity, anomaly.onset) == (Severity.CRITICAL, FINE.instant(-40))
        assert anomaly.evidence[0] == "burns its error budget at 20×: 30 days' worth gone in 1 d 12 h"
        assert budget_in_words(a_case(past)) == "budget for 30 days gone in 1 d 12 h"
        assert view_of(past).budget is None  # the anomaly tells it, by the windows that it broke

    @pytest.mark.parametrize(
        ("error_ratio", "windows", "severity"),
        [
            (0.0145, (3600, 300), Severity.CRITICAL),
            (0.0144, (3600, 300), None),
            (0.0061, (21600, 1800), Severity.CRITICAL),
            (0.0031, (86400, 7200), Severity.WARNING),
            (0.0011, (259200, 21600), Severity.WARNING),
            (0.0009, (259200, 21600), None),
            (0.5, (3600,), None),
        ],
    )
    def test_both_windows_of_a_rule_must_burn_faster_than_its_factor(
        self, error_ratio: float, windows: tuple[float, ...], severity: Severity | None
    ) -> None:
        past = a_past({"error_ratio": error_ratio}, burn_rates=burning(error_ratio, 100.0, *windows))
        assert [anomaly.severity for anomaly in judge_errors(a_case(past))] == ([severity] if severity else [])

    def test_a_single_failed_request_in_the_night_does_not_page(self) -> None:
        burn_rates = [BurnRate(window, 0.2, 5.0) for window in BURN_WINDOWS]
        assert judge_errors(a_case(a_past({"error_ratio": 0.2}, burn_rates=burn_rates))) == []

    def test_little_traffic_that_nearly_always_fails_does_page(self) -> None:
        past = a_past({"traffic": 0.02, "error_ratio": 0.9}, burn_rates=burning(0.9, 0.02, *BURN_WINDOWS))
        assert judge_errors(a_case(past))[0].severity is Severity.CRITICAL

    def test_bursts_between_which_the_windows_never_stopped_burning_are_one_anomaly_that_recovers(self) -> None:
        ratios = [0.0] + [0.9] * 20 + [0.0] * 100 + [0.5] * 20 + [0.0] * 40
        past = a_past({"traffic": 9.0, "error_ratio": ratios}, burn_rates=burning(0.012, 9.0, 21600, 1800))
        (anomaly,) = judge_errors(a_case(past))
        assert (anomaly.onset, anomaly.onset_is_earlier) == (FINE.instant(-180), False)
        assert (anomaly.progress, anomaly.recovering_since) == (Progress.RECOVERING, FINE.instant(-40))
        assert anomaly.summary == "errors 1.2 % within 6 h, 0.0 % now, objective 0.1 %"

    def test_a_burst_before_the_hour_is_found_on_the_coarse_grid(self) -> None:
        day = {"error_ratio": [0.0] * 260 + [0.9] * 2 + [0.0] * 27}
        past = a_past({"traffic": 9.0, "error_ratio": 0.0}, day, burn_rates=burning(0.012, 9.0, 21600, 1800))
        (anomaly,) = judge_errors(a_case(past))
        assert anomaly.onset == COARSE.instant(-29)


class TestTraffic:
    def test_silence_of_a_busy_model_is_critical(self) -> None:
        past = a_past({"traffic": [100.0] + [0.0] * 8}, HEALTHY_DAY)
        (anomaly,) = judge_traffic(a_case(past))
        assert (anomaly.severity, anomaly.onset, anomaly.expected) == (Severity.CRITICAL, FINE.instant(-8), 100.0)

    def test_silence_at_the_usual_hour_is_normal(self) -> None:
        day = [0.0] * 60 + [100.0] * 229
        assert judge_traffic(a_case(a_past({"traffic": [100.0] + [0.0] * 8}, {"traffic": day}))) == []

    @pytest.mark.parametrize("hours", [2, 3, 12, 20])
    def test_a_long_silence_stays_an_outage(self, hours: int) -> None:
        silent = hours * 12
        past = a_past({"traffic": 0.0}, {"traffic": [100.0] * (289 - silent) + [0.0] * silent})
        (anomaly,) = judge_traffic(a_case(past))
        assert (anomaly.onset, anomaly.expected) == (COARSE.instant(-silent), 100.0)

    def test_a_dead_target_does_not_read_as_traffic_gone(self) -> None:
        past = a_past({"traffic": [100.0] + [NO_DATA] * 8}, HEALTHY_DAY, live=[3] + [NO_DATA] * 8, dead=[0] + [3] * 8)
        view = view_of(past)
        assert [anomaly.kind for anomaly in view.anomalies] == [AnomalyKind.MISSING_DATA]
        assert view.status is Status.UNKNOWN
        assert view.readings["traffic"].state is State.STALE
        assert view.readings["traffic"].value == 100.0
        assert view.anomalies[0].evidence == ("3 scrape targets of it down",)


class TestStates:
    @pytest.mark.parametrize(
        ("past", "signal", "state"),
        [
            (a_past({"traffic": 100.0}), "traffic", State.OK),
            (a_past({"traffic": 100.0}, dead=1), "traffic", State.PARTIAL),
            (a_past({"traffic": 0.0, "error_ratio": NO_DATA}), "error_ratio", State.NO_TRAFFIC),
            (a_past({"traffic": 1.0, "queue": NO_DATA}), "queue", State.NO_DATA),
            (a_past({"traffic": 1.0, "queue": [4.0, NO_DATA]}), "queue", State.STALE),
            (
                a_past({"traffic": 1.0}, not_exported={"latency_p99": "counters only"}),
                "latency_p99",
                State.NOT_EXPORTED,
            ),
            (a_past({}, errors={"traffic": "query timed out"}), "traffic", State.ERROR),
        ],
    )
    def test_every_signal_says_why_it_has_a_value_or_none(self, past: ModelHistory, signal: str, state: State) -> None:
        assert view_of(past).readings[signal].state is state

    def test_a_source_that_says_its_answer_is_incomplete_makes_readings_partial(self) -> None:
        view = judge_model(a_case(a_past({"traffic": 100.0})), (), partial="1 of 2 stores answered")
        assert (view.readings["traffic"].state, view.readings["traffic"].detail) == (
            State.PARTIAL,
            "1 of 2 stores answered",
        )

    def test_what_is_not_exported_is_not_unknown(self) -> None:
        assert view_of(a_past({"traffic": 1.0}, not_exported={"latency_p99": "x"})).status is Status.OK

    def test_a_query_that_failed_is_unknown(self) -> None:
        assert view_of(a_past({"latency_p99": 0.3}, errors={"traffic": "timed out"})).status is Status.UNKNOWN

    @pytest.mark.parametrize("hours", [2, 20])
    def test_a_model_that_vanished_hours_ago_is_unknown_and_says_since_when(self, hours: int) -> None:
        day = [100.0] * (289 - hours * 12) + [NO_DATA] * hours * 12
        view = view_of(a_past({}, {"traffic": day}, live=NO_DATA, replicas=NO_DATA))
        assert (view.status, view.anomalies[0].kind) == (Status.UNKNOWN, AnomalyKind.MISSING_DATA)
        assert view.anomalies[0].onset == COARSE.instant(-hours * 12 - 1)

    def test_a_model_of_which_nothing_is_known_is_not_healthy(self) -> None:
        assert view_of(a_past({}, live=NO_DATA)).status is Status.UNKNOWN

    def test_a_model_that_lost_a_vital_signal_is_unknown(self) -> None:
        assert view_of(a_past({"traffic": 10.0, "error_ratio": [0.0, NO_DATA]})).status is Status.UNKNOWN

    def test_traffic_that_is_not_known_is_no_reason_to_claim_that_there_is_none(self) -> None:
        past = a_past({"traffic": [9.0, NO_DATA], "error_ratio": [0.0, NO_DATA]})
        assert view_of(past).readings["error_ratio"].state is State.STALE

    def test_an_idle_language_model_has_no_traffic_rather_than_lost_data(self) -> None:
        view = view_of(a_past({"traffic": 0.0, "time_to_first_token": [0.2, NO_DATA]}))
        assert (view.status, view.readings["time_to_first_token"].state) == (Status.OK, State.NO_TRAFFIC)

    def test_a_number_that_is_infinite_is_a_value(self) -> None:
        assert view_of(a_past({"traffic": 1.0, "latency_p99": math.inf})).readings["latency_p99"].value == math.inf


class TestAlerts:
    ALERT = Alert(Label("ModelLatencyHigh"), {"model": "fraud"}, "page", "firing", AT - 60, model_id="fraud")

    def test_a_firing_alert_of_the_model_is_an_anomaly(self) -> None:
        view = judge_model(a_case(a_past({"traffic": 1.0})), [self.ALERT])
        assert (view.status, view.anomalies[0].kind) == (Status.CRITICAL, AnomalyKind.ALERT)

    @pytest.mark.parametrize("change", [{"silenced": True}, {"state": "pending"}, {"model_id": "other"}])
    def test_silenced_pending_and_foreign_alerts_are_not(self, change: dict[str, object]) -> None:
        alert = msgspec.structs.replace(self.ALERT, **change)
        assert judge_model(a_case(a_past({"traffic": 1.0})), [alert]).status is Status.OK

    def test_own_measurement_comes_before_an_alert_of_the_same_severity(self) -> None:
        past = a_past({"traffic": 100.0, "latency_p99": [0.3] + [2.4] * 20}, HEALTHY_DAY)
        early = msgspec.structs.replace(self.ALERT, since=AT - 3000)
        view = judge_model(a_case(past), [early])
        assert [anomaly.kind for anomaly in view.anomalies] == [AnomalyKind.LATENCY, AnomalyKind.ALERT]
        assert view.incident is not None
        assert view.incident.onset == AT - 3000


class TestEvidence:
    def test_load_and_changes_before_the_onset_stand_beside_a_latency_anomaly(self) -> None:
        past = a_past(
            {"traffic": [100.0] + [260.0] * 30, "latency_p99": [0.3] + [2.4] * 20, "saturation": [0.3] + [0.97] * 2},
            HEALTHY_DAY,
            replicas=[6] + [5] * 22,
            versions={"v41": [100.0] + [0.0] * 24, "v42": [0.0] + [260.0] * 24},
        )
        (latency,) = view_of(past).anomalies
        assert latency.evidence == (
            "traffic 2.6× its usual 100/s",
            "saturation 97 %",
            "6 → 5 replicas since 14:09:45 UTC",
            "version v42 since 14:09:15 UTC",
        )

    def test_versions_are_told_by_their_share_of_the_traffic(self) -> None:
        past = a_past({"traffic": 100.0}, versions={"v41": 10.0, "v42": 90.0, "v40": NO_DATA})
        assert view_of(past).versions == {"v42": 0.9, "v41": 0.1}

    def test_traffic_without_a_version_is_no_version_but_counts(self) -> None:
        past = a_past({"traffic": 100.0}, versions={"": 50.0, "v1": 50.0})
        assert view_of(past).versions == {"v1": 0.5}


def test_a_rule_holds_for_a_name_whose_id_has_changed_because_of_a_namesake() -> None:
    model = Model("ml/fraud", Label("fraud"), {"namespace": "ml"})
    rules = (ModelRule("fraud", Objective(availability=0.5)),)
    assert objective_for(model, rules).availability == 0.5
    assert objective_for(Model("ads", Label("ads")), rules) == Objective()


def test_a_fleet_is_ordered_worst_first_and_names_models_that_never_came() -> None:
    slow = a_past({"traffic": 100.0, "latency_p99": [0.3] + [2.4] * 20}, HEALTHY_DAY, name="slow")
    lost = a_past({"traffic": [1.0] + [NO_DATA] * 8}, live=[3] + [NO_DATA] * 8, name="lost")
    fine = a_past({"traffic": 100.0}, HEALTHY_DAY, name="ads")
    rules = (ModelRule("ghost", expected=True), ModelRule("ads", expected=True))
    views = judge(a_history(fine, lost, slow), JudgementSettings(), rules, ())
    assert [(view.model.id, view.status) for view in views] == [
        ("slow", Status.CRITICAL),
        ("ghost", Status.UNKNOWN),
        ("lost", Status.UNKNOWN),
        ("ads", Status.OK),
    ]


def test_judgement_is_a_function_of_its_arguments() -> None:
    history = a_history(a_past({"traffic": 100.0, "latency_p99": [0.3] + [2.4] * 20}, HEALTHY_DAY))
    assert judge(history, JudgementSettings(), (), ()) == judge(history, JudgementSettings(), (), ())
