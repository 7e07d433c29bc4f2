"""Two signals that agree are a warning, one alone is a fact; errors alone are left to their budget."""

from collections.abc import Mapping, Sequence

import msgspec
import pytest

from console.detect.judge import judge_model
from console.domain.anomaly import Anomaly, AnomalyKind, Severity, Status
from console.domain.objective import Objective
from console.domain.snapshot import ModelView
from console.domain.usual import Usual
from console.settings.settings import JudgementSettings
from tests.detect.pasts import AT, a_case, a_past

USUAL = {
    "traffic": Usual(50.0, 45.0, 55.0, 30.0, 70.0, 2000),
    "error_ratio": Usual(0.0005, 0.0, 0.001, -0.001, 0.002, 2000),
    "latency_p99": Usual(0.30, 0.28, 0.32, 0.2, 0.4, 2000),
    "latency_mean": Usual(0.10, 0.09, 0.11, 0.07, 0.13, 2000),
    "saturation": Usual(0.5, 0.45, 0.55, 0.3, 0.65, 2000),
}
CALM = {name: usual.level for name, usual in USUAL.items()}
MINUTE = 4
"""Points of the fine grid in a minute."""


def seen(
    now: Mapping[str, Sequence[float]],
    usual: Mapping[str, Usual] = USUAL,
    objective: Objective | None = None,
) -> ModelView:
    past = a_past({**CALM, **now}, CALM)
    return judge_model(a_case(msgspec.structs.replace(past, usual=dict(usual)), objective), ())


def since(minutes: float, name: str, value: float) -> dict[str, Sequence[float]]:
    """Return a signal that went to a value; slow requests came for three minutes before, so that the mean had grown."""
    points = round(minutes * MINUTE + 1)
    grown = [CALM["latency_mean"] * (1 + 0.6 * number / (3 * MINUTE)) for number in range(3 * MINUTE)]
    if name == "latency_mean" and value > CALM[name]:
        return {name: [*grown, *[value] * points]}
    told: dict[str, Sequence[float]] = {name: [CALM[name], *[value] * points]}
    return {**told, "latency_mean": [*grown, *grown[-1:] * points]} if name == "latency_p99" else told


def warnings(view: ModelView) -> list[Anomaly]:
    return [anomaly for anomaly in view.anomalies if anomaly.severity is Severity.WARNING]


def test_a_lone_odd_signal_is_a_fact_and_no_anomaly() -> None:
    view = seen(since(5, "latency_p99", 0.6))
    assert view.status is Status.OK
    assert view.anomalies == ()
    (oddity,) = view.oddities
    assert oddity.signal == "latency_p99"
    assert oddity.since == pytest.approx(AT - 300, abs=15)
    assert oddity.fact == "p99 latency 0.60 s, usual at this hour 0.28 s to 0.32 s"


def test_two_that_agree_are_one_warning_of_the_worst_with_the_other_as_evidence() -> None:
    view = seen({**since(5, "latency_p99", 0.6), **since(6, "traffic", 120.0)})
    (anomaly,) = view.anomalies
    assert view.status is Status.WARNING
    assert (anomaly.id, anomaly.kind) == ("fraud/latency_p99", AnomalyKind.LATENCY)
    assert anomaly.onset == pytest.approx(AT - 300, abs=15)
    assert anomaly.expected == 0.30
    assert anomaly.evidence[0] == "traffic 120/s, usual at this hour 45/s to 55/s"
    assert [oddity.signal for oddity in view.oddities] == ["traffic"]


@pytest.mark.parametrize(
    ("minutes", "version", "told"),
    [
        pytest.param(7.0, 8.0, True, id="goes on after a release"),
        pytest.param(5.0, 6.0, False, id="may be the first requests of a release"),
        pytest.param(7.0, 30.0, False, id="a release long before"),
    ],
)
def test_one_latency_is_a_warning_where_it_followed_a_release(minutes: float, version: float, told: bool) -> None:
    served: dict[str, Sequence[float] | float] = {"v41": 25.0, "v42": [0.0, *[25.0] * round(version * MINUTE)]}
    past = a_past({**CALM, **since(minutes, "latency_p99", 0.6)}, CALM, versions=served)
    view = judge_model(a_case(msgspec.structs.replace(past, usual=USUAL)), ())
    assert [anomaly.signal for anomaly in warnings(view)] == (["latency_p99"] if told else [])


def test_a_minute_is_enough_and_less_is_not() -> None:
    assert warnings(seen({**since(1, "latency_p99", 0.6), **since(1, "latency_mean", 0.2)}))
    assert not warnings(seen({**since(0.5, "latency_p99", 0.6), **since(0.5, "latency_mean", 0.2)}))


@pytest.mark.parametrize(
    "now",
    [
        pytest.param({**since(50, "latency_p99", 0.6), **since(5, "traffic", 120.0)}, id="began apart"),
        pytest.param({**since(5, "latency_p99", 0.43), **since(5, "latency_mean", 0.14)}, id="rare, but hardly more"),
        pytest.param({**since(5, "latency_p99", 0.1), **since(5, "latency_mean", 0.05)}, id="better than usual"),
        pytest.param(since(5, "traffic", 120.0), id="demand alone"),
        pytest.param(since(5, "traffic", 10.0), id="less demand alone"),
        pytest.param({}, id="calm"),
    ],
)
def test_no_warning(now: dict[str, Sequence[float]]) -> None:
    assert seen(now).status is Status.OK


def of_an_agent(tokens: float, requests: float, most: float = 70.0) -> ModelView:
    """Return the view of a model that usually gets 50 requests, `most` seldom, and 100,000 tokens in a second."""
    usual = {
        **USUAL,
        "traffic": Usual(50.0, 45.0, 55.0, 30.0, most, 2000),
        "tokens": Usual(100_000.0, 90_000.0, 110_000.0, 60_000.0, 140_000.0, 2000),
    }
    tokens_now = [100_000.0, *[tokens] * (5 * MINUTE + 1)]
    return seen({**since(5, "traffic", requests), "tokens": tokens_now}, usual)


def test_more_requests_that_each_take_more_tokens_are_no_season() -> None:
    (anomaly,) = of_an_agent(600_000.0, 150.0).anomalies
    assert (anomaly.kind, anomaly.signal, anomaly.severity) == (AnomalyKind.TRAFFIC, "tokens", Severity.WARNING)
    assert anomaly.evidence[0] == "each request takes 4,000 tokens, usually 2,000"
    assert anomaly.evidence[1].startswith("traffic 150/s")


def test_an_agent_is_told_before_its_requests_alone_are_rare() -> None:
    (anomaly,) = of_an_agent(400_000.0, 84.0, most=200.0).anomalies
    assert anomaly.signal == "tokens"


@pytest.mark.parametrize(
    ("tokens", "requests"),
    [
        pytest.param(300_000.0, 150.0, id="more requests of the usual size"),
        pytest.param(300_000.0, 55.0, id="larger requests, as many as ever"),
    ],
)
def test_demand_that_grows_in_one_way_is_no_agent(tokens: float, requests: float) -> None:
    assert of_an_agent(tokens, requests).anomalies == ()


def test_a_young_baseline_accuses_nobody() -> None:
    young = {name: msgspec.structs.replace(usual, points=200) for name, usual in USUAL.items()}
    view = seen({**since(5, "latency_p99", 0.6), **since(5, "latency_mean", 0.2)}, young)
    assert (view.anomalies, view.oddities) == ((), ())


def test_a_model_with_hardly_any_requests_accuses_nobody() -> None:
    quiet = {**USUAL, "traffic": Usual(0.01, 0.0, 0.05, 0.0, 0.08, 2000)}
    now = {**since(5, "latency_p99", 0.6), **since(5, "latency_mean", 0.2), "traffic": [0.01]}
    assert seen(now, quiet).status is Status.OK
    assert seen({**since(5, "latency_p99", 0.6), **since(5, "latency_mean", 0.2)}, quiet).status is Status.OK


def test_errors_alone_are_judged_with_their_budget_and_are_no_warning_twice() -> None:
    view = seen(since(3, "error_ratio", 0.01))
    assert (view.status, [oddity.signal for oddity in view.oddities]) == (Status.OK, ["error_ratio"])
    rises = [CALM["error_ratio"] + 0.01 * min(1.0, number / 20) for number in range(5 * MINUTE)]
    (anomaly,) = seen({"error_ratio": rises, **since(4, "latency_p99", 0.6)}).anomalies
    assert (anomaly.kind, anomaly.severity) == (AnomalyKind.ERRORS, Severity.WARNING)


def test_errors_and_a_latency_that_agree_are_one_warning_of_errors() -> None:
    (anomaly,) = seen({**since(3, "error_ratio", 0.01), **since(3, "latency_p99", 0.6)}).anomalies
    assert (anomaly.kind, anomaly.severity, anomaly.objective) == (AnomalyKind.ERRORS, Severity.WARNING, 0.001)
    assert anomaly.summary == "errors 1.0 %, usual at this hour 0.0 % to 0.1 %"


@pytest.mark.parametrize(("rate_window", "told"), [(300.0, True), (60.0, False)])
def test_chance_is_told_by_the_requests_of_the_rate_window(rate_window: float, told: bool) -> None:
    now = {**since(5, "error_ratio", 0.09), **since(5, "latency_p99", 0.6), "traffic": [0.5]}
    usual = {**USUAL, "traffic": Usual(0.5, 0.4, 0.6, 0.2, 0.8, 2000)}
    case = a_case(msgspec.structs.replace(a_past({**CALM, **now}, CALM), usual=usual))
    view = judge_model(msgspec.structs.replace(case, rate_window=rate_window), ())
    assert (view.status is Status.WARNING) is told


@pytest.mark.parametrize(
    ("now", "usual", "objective"),
    [
        pytest.param(since(3, "error_ratio", 0.0029), {}, None, id="a burn that lasts for days"),
        pytest.param(
            {**since(3, "error_ratio", 0.5), "traffic": [0.03]},
            {"traffic": Usual(0.15, 0.1, 0.2, 0.05, 0.3, 2000)},
            None,
            id="a few of ten requests",
        ),
        pytest.param(
            since(3, "error_ratio", 0.01),
            {"error_ratio": Usual(0.008, 0.005, 0.012, 0.0, 0.02, 2000)},
            None,
            id="as always",
        ),
        pytest.param(since(3, "error_ratio", 0.01), {}, Objective(availability=0.95), id="promised no better"),
    ],
)
def test_errors_that_are_not_even_odd(
    now: dict[str, Sequence[float]], usual: dict[str, Usual], objective: Objective | None
) -> None:
    view = seen(now, {**USUAL, **usual}, objective)
    assert (view.status, view.oddities) == (Status.OK, ())


def test_what_another_judge_tells_is_not_told_twice() -> None:
    view = seen({**since(5, "latency_p99", 2.0), **since(5, "latency_mean", 0.2)})
    (anomaly,) = view.anomalies
    assert (anomaly.id, anomaly.severity) == ("fraud/latency_p99", Severity.CRITICAL)


def test_what_was_a_warning_before_it_broke_its_limit_keeps_its_onset() -> None:
    course = [CALM["latency_p99"], *[0.6] * 5 * MINUTE, *[2.0] * 5 * MINUTE]
    worse = [0.2 + 0.02 * number for number in range(5 * MINUTE)]
    mean = [*since(10, "latency_mean", 0.2)["latency_mean"][: -5 * MINUTE], *worse]
    critical = seen({"latency_p99": course, "latency_mean": mean})
    (anomaly,) = critical.anomalies
    assert anomaly.severity is Severity.CRITICAL
    assert anomaly.onset == pytest.approx(AT - 600, abs=30)
    (alone,) = seen({**since(5, "latency_p99", 2.0), "latency_p99": course}).anomalies
    assert alone.onset == pytest.approx(AT - 300, abs=30)


def test_what_was_a_lone_odd_signal_before_it_broke_its_limit_was_no_warning() -> None:
    stalled = [CALM["latency_p99"], *[0.6] * 5 * MINUTE, *[0.3] * MINUTE, *[2.0] * 4 * MINUTE]
    (anomaly,) = seen({"latency_p99": stalled, **since(3, "latency_mean", 0.2)}).anomalies
    assert anomaly.onset == pytest.approx(AT - 240, abs=30)


def test_a_warning_that_is_over_is_recovered_and_then_forgotten() -> None:
    while_odd = {**since(5, "latency_p99", 0.6), **since(5, "latency_mean", 0.2)}
    after = {name: [*values, *[CALM[name]] * 5 * MINUTE] for name, values in while_odd.items()}
    view = seen(after)
    assert view.status is Status.OK
    assert [anomaly.is_over for anomaly in view.anomalies] == [True]
    long_after = {name: [*values, *[CALM[name]] * 40 * MINUTE] for name, values in after.items()}
    assert JudgementSettings().remember <= 40 * 60
    assert seen(long_after).anomalies == ()


def test_a_latency_that_is_usual_at_this_hour_keeps_its_limit_without_a_promise() -> None:
    nightly = {**USUAL, "latency_p99": Usual(0.30, 0.28, 1.8, 0.2, 2.5, 2000)}
    assert seen(since(5, "latency_p99", 2.0), nightly).status is Status.OK
    assert seen(since(5, "latency_p99", 3.0), nightly).status is Status.CRITICAL


@pytest.mark.parametrize(
    ("usual", "expected"),
    [
        pytest.param(Usual(0.5, 0.0, 1.0, -1.0, 2.0, 2000, knows_zero=True), Status.OK, id="silent at this hour"),
        pytest.param(Usual(50.0, 45.0, 55.0, 30.0, 70.0, 2000), Status.CRITICAL, id="never silent at this hour"),
    ],
)
def test_silence_is_judged_by_the_same_hour_of_earlier_days(usual: Usual, expected: Status) -> None:
    past = a_past({"traffic": [50.0, *[0.0] * 40]}, {"traffic": [50.0, *[50.0, 0.0] * 20, *[50.0] * 40]})
    view = judge_model(a_case(msgspec.structs.replace(past, usual={"traffic": usual})), ())
    assert view.status is expected
