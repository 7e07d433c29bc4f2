"""Whether versions met their objectives, on courses whose verdict is known."""

import math

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.detect.version_records import version_records
from console.domain.objective import Objective
from console.domain.series import Series
from console.domain.served import KeptVersion, MeasuredVersion, ServedPast, Verdict, VersionRecord
from tests.detect.served import GRID, HOUR, NOW, hours_ago, past_of, series, served, within

LONG, LATELY = hours_ago(20, 9), hours_ago(9, 6)


def record_of(version: MeasuredVersion, objective: Objective | None = None) -> VersionRecord:
    past = past_of([version]) if objective is None else past_of([version], objective)
    (record,) = version_records([KeptVersion((version.name,))], past)
    return record


def test_what_kept_every_promise_met_its_objectives() -> None:
    assert record_of(served("v17", LONG)) == VersionRecord(
        Verdict.MET,
        "met its objectives while it served, 18:40–05:40 UTC: "
        "p99 0.20 s, objective 0.50 s; errors 0.01 %, objective 0.1 %",
    )


def test_what_was_slow_missed_its_latency_objective() -> None:
    assert record_of(served("v18", LATELY, p99=0.9)) == VersionRecord(
        Verdict.MISSED,
        "missed its latency objective while it served, 05:40–08:40 UTC: p99 0.90 s, objective 0.50 s",
    )


def test_what_failed_missed_its_error_objective_and_says_what_it_cost() -> None:
    assert record_of(served("v18", LATELY, errors=0.062)) == VersionRecord(
        Verdict.MISSED,
        "missed its error objective while it served, 05:40–08:40 UTC: "
        "errors 6.2 %, objective 0.1 %, 26 % of the budget of 30 days",
    )


def test_both_are_told_together() -> None:
    told = record_of(served("v18", LATELY, p99=0.9, errors=0.062)).text
    assert told.startswith("missed its latency and error objectives while it served, ")
    assert "p99 0.90 s, objective 0.50 s; errors 6.2 %" in told


def test_gaps_in_its_time_are_told() -> None:
    record = record_of(served("v17", hours_ago(9, 8), hours_ago(7, 6)))
    assert "while it served, 05:40–08:40 UTC, 2 h of it: " in record.text


def test_what_served_before_today_is_dated() -> None:
    assert "2025-11-25 14:40 – 2025-11-26 05:40 UTC" in record_of(served("v17", hours_ago(24, 9))).text


@pytest.mark.parametrize(
    ("slow_hours", "verdict"), [(0.0, Verdict.MET), (1.0, Verdict.MET), (2.0, Verdict.MISSED), (11.0, Verdict.MISSED)]
)
def test_a_tenth_of_its_requests_may_come_while_it_is_slow(slow_hours: float, verdict: Verdict) -> None:
    since = NOW - (9 + slow_hours) * HOUR
    p99 = series(lambda instant: 2.0 if since < instant <= NOW - 9 * HOUR else 0.2)
    record = record_of(msgspec.structs.replace(served("v17", LONG), latencies={"latency_p99": p99}))
    assert record.verdict is verdict
    assert ("over it for" in record.text) == (0.0 < slow_hours < 11.0)


def test_one_slow_point_of_few_is_a_start() -> None:
    since, until = hours_ago(0.5, 0)
    p99 = series(lambda instant: 9.0 if instant <= since + 300 else 0.2)
    version = msgspec.structs.replace(served("v17", (since, until)), latencies={"latency_p99": p99})
    assert record_of(version).verdict is Verdict.MET


def test_what_served_for_three_minutes_is_not_known() -> None:
    record = record_of(served("v18", hours_ago(9, 9 - 600 / HOUR), p99=9.0, errors=1.0))
    assert record == VersionRecord(
        Verdict.UNKNOWN,
        "is not known to have met its objectives: it served for no more than 10 min within the last 1 d",
    )


def test_failures_too_few_to_tell_are_neither_met_nor_missed() -> None:
    none = record_of(served("v17", LATELY, traffic=0.2, errors=0.0))
    assert none.verdict is Verdict.UNKNOWN
    assert none.text.startswith("met its latency objective while it served, 05:40–08:40 UTC: p99 0.20 s, objective")
    assert none.text.endswith("; not known: 0 of 2,160 requests failed, too few to tell")
    assert record_of(served("v17", LATELY, traffic=0.2, errors=0.0018)).verdict is Verdict.UNKNOWN
    assert record_of(served("v17", LATELY, traffic=0.2, errors=0.0028)).verdict is Verdict.MISSED


@pytest.mark.parametrize("odd", [math.inf, math.nan])
def test_a_ratio_or_a_rate_without_a_number_counts_nothing(odd: float) -> None:
    version = served("v17", LONG)
    failing = msgspec.structs.replace(version, error_ratio=series(lambda _: odd))
    assert "not known: no error ratio was measured" in record_of(failing).text
    odd_at_first = series(lambda instant: odd if instant <= NOW - 12 * HOUR else 20.0)
    assert record_of(msgspec.structs.replace(version, traffic=odd_at_first)).verdict is Verdict.MET


def test_what_was_promised_and_not_measured_is_no_praise() -> None:
    version = msgspec.structs.replace(served("v17", LONG), latencies={})
    record = record_of(version)
    assert record.verdict is Verdict.UNKNOWN
    assert record.text.startswith("met its error objective while it served, ")
    assert record.text.endswith("; not known: p99 was measured too seldom")
    nothing = record_of(msgspec.structs.replace(version, error_ratio=None))
    assert nothing.verdict is Verdict.UNKNOWN
    assert nothing.text.startswith("is not known to have met its objectives: p99 was measured too seldom; no error")


def test_too_little_traffic_judges_no_latency() -> None:
    assert record_of(served("v17", LONG, traffic=0.05, p99=9.0)).verdict is Verdict.UNKNOWN


def test_without_a_promised_latency_errors_alone_tell() -> None:
    assert record_of(served("v17", LONG, p99=9.0), Objective()).text.endswith("UTC: errors 0.01 %, objective 0.1 %")


def test_the_end_of_a_histogram_is_over_every_promise() -> None:
    assert "p99 ∞" in record_of(served("v17", LONG, p99=math.inf)).text


def unpromised(version: MeasuredVersion) -> VersionRecord:
    past = msgspec.structs.replace(past_of([version], Objective()), is_promised=False)
    (record,) = version_records([KeptVersion((version.name,))], past)
    return record


def test_where_nobody_promised_anything_only_what_is_critical_is_held_against_a_version() -> None:
    assert unpromised(served("v18", LATELY, errors=0.005)) == VersionRecord(
        Verdict.UNKNOWN,
        "is not known to have met its objectives: nobody promised any; while it served, 05:40–08:40 UTC: "
        "errors 0.5 %, limit 1.4 %",
    )
    bad = unpromised(served("v18", LATELY, errors=0.062))
    assert bad.verdict is Verdict.MISSED
    assert bad.text.startswith("failed too often while it served, 05:40–08:40 UTC: errors 6.2 %, limit 1.4 %, 26 % of")


def test_why_nothing_was_measured_is_told_of_all() -> None:
    past = ServedPast(unknown="prometheus does not answer")
    for record in version_records([KeptVersion(("v17",)), KeptVersion(("v18",))], past):
        assert record == VersionRecord(
            Verdict.UNKNOWN, "is not known to have met its objectives: prometheus does not answer"
        )


def test_two_versions_at_once_are_told_apart_by_their_names() -> None:
    past = past_of([served("v17", LONG), served("v18", LONG, p99=0.9, traffic=2.0)])
    verdicts = [each.verdict for each in version_records([KeptVersion(("v18",)), KeptVersion(("v17",))], past)]
    assert verdicts == [Verdict.MISSED, Verdict.MET]


def test_a_version_that_the_metrics_do_not_name_is_not_known_where_they_name_others() -> None:
    past = past_of([served("v18", LATELY)])
    _, old = version_records([KeptVersion(("v18",)), KeptVersion(("v9",), (LONG,))], past)
    assert old == VersionRecord(
        Verdict.UNKNOWN,
        "is not known to have met its objectives: no metrics of it are left within the last 1 d",
    )


def test_revisions_of_one_name_are_told_apart_by_their_times_alone() -> None:
    now, before, undated = KeptVersion(("v18",), (LATELY,)), KeptVersion(("v18",), (LONG,)), KeptVersion(("v18",))
    bad = served("v18", LONG, LATELY)
    slow = within(LATELY, value=0.9)
    fast = within(LONG, value=0.2)
    both = series(lambda instant: _either(fast, slow, instant))
    past = past_of([msgspec.structs.replace(bad, latencies={"latency_p99": both})])
    records = version_records([now, before, undated], past)
    assert [each.verdict for each in records] == [Verdict.MISSED, Verdict.MET, Verdict.UNKNOWN]
    assert records[2].text.endswith(": 3 kept revisions have the name by which metrics know it")


def _either(one: Series, other: Series, instant: float) -> float:
    index = round((instant - GRID.start) / GRID.step)
    return one.values[index] if one.values[index] == one.values[index] else other.values[index]


def test_without_names_the_time_alone_counts_and_without_that_nothing_is_known() -> None:
    whole = served("", LONG, LATELY, p99=0.9)
    past = past_of([whole])
    dated, undated = version_records([KeptVersion(("v17",), (LATELY,)), KeptVersion(("v18",))], past)
    assert dated.verdict is Verdict.MISSED
    assert "05:40–08:40 UTC" in dated.text
    assert undated.text.endswith(": metrics do not name its version, nor does the cluster tell when it served alone")


def test_names_that_are_not_the_clusters_count_where_one_of_them_served_alone() -> None:
    past = past_of([served("1", LONG), served("2", hours_ago(10, 6), p99=0.9)])
    mixed, later = version_records([KeptVersion(("v17",), (LONG,)), KeptVersion(("v18",), (LATELY,))], past)
    assert mixed.text.startswith("met its objectives while it served, 18:40–04:40 UTC")
    assert later.verdict is Verdict.MISSED


ratios, seconds = st.floats(0.0, 1.0), st.floats(0.001, 30.0)


@given(st.lists(st.tuples(st.floats(0.0, 500.0), seconds, ratios), min_size=1, max_size=40))
def test_a_verdict_follows_from_what_was_measured(points: list[tuple[float, float, float]]) -> None:
    def column(place: int) -> dict[float, float]:
        return {GRID.instant(-1 - number): each[place] for number, each in enumerate(points)}

    traffic, p99, errors = column(0), column(1), column(2)
    version = MeasuredVersion(
        "v17",
        series(lambda instant: traffic.get(instant, math.nan)),
        series(lambda instant: errors.get(instant, math.nan)),
        {"latency_p99": series(lambda instant: p99.get(instant, math.nan))},
    )
    record = record_of(version)
    serving = [each for each in points if each[0] > 0]
    if len(serving) < 3:
        assert record.verdict is Verdict.UNKNOWN
    if all(each[1] <= 0.5 and each[2] <= 0.001 for each in serving):
        assert record.verdict is not Verdict.MISSED
    if len(serving) >= 3 and all(each[0] >= 0.1 and each[1] > 0.5 for each in serving):
        assert record.verdict is Verdict.MISSED


@given(st.sampled_from([0.2, 0.45, 0.6]), st.sampled_from([0.0, 0.0009, 0.01]), st.floats(1.0, 50.0))
def test_getting_worse_never_makes_a_verdict_better(p99: float, errors: float, factor: float) -> None:
    order = [Verdict.MET, Verdict.MISSED]
    before = record_of(served("v17", LONG, p99=p99, errors=errors)).verdict
    after = record_of(served("v17", LONG, p99=p99 * factor, errors=min(1.0, errors * factor))).verdict
    assert order.index(after) >= order.index(before)
