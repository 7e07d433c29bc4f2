import math
from array import array
from itertools import pairwise

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.detect.capacity import CurveFinding, capacity_of, latency_of, load_curve
from console.domain.anomaly import Status
from console.domain.label import Label
from console.domain.load_curve import TOLERANCE, LoadCurve, LoadPoint, need_of
from console.domain.model import Model, Workload, WorkloadFinding
from console.domain.series import Series
from console.domain.signal import ERROR_RATIO, LATENCY_MEAN, LATENCY_P99, TRAFFIC, Reading, State
from console.domain.snapshot import ModelView
from tests.detect.loads import load_at, past, swing, waiting


def curve_of(found: CurveFinding) -> LoadCurve:
    assert found.curve is not None, found.why_not
    return found.curve


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("objective", [0.12, 0.15, 0.2])
def test_the_load_that_an_mmc_replica_carries_is_found(objective: float, seed: int) -> None:
    """It is never told too high by more than the width of a bin, nor too low by more than two."""
    curve = curve_of(load_curve(past(swing(8.0, 39.0), seed=seed)))
    carried = curve.carried(objective)
    assert carried is not None
    assert 0.8 * load_at(objective) <= carried <= 1.1 * load_at(objective)


@pytest.mark.parametrize("load", [10.0, 20.0, 30.0, 36.0])
def test_the_latency_at_a_load_is_that_of_the_queue(load: float) -> None:
    curve = curve_of(load_curve(past(swing(8.0, 38.0))))
    assert curve.latency_at(load) == pytest.approx(waiting(load), rel=0.15)


def test_nothing_is_told_beyond_the_highest_load_that_was_seen() -> None:
    curve = curve_of(load_curve(past(swing(8.0, 20.0))))
    assert curve.latency_at(30.0) is None
    carried = curve.carried(0.2)
    assert carried is not None
    assert carried == curve.most < 20.5
    need = need_of(curve, 0.2, 190.0, 4)
    assert need is not None
    assert need.is_at_least


@pytest.mark.parametrize("servers", [1, 2, 4, 16])
def test_of_all_mmc_the_time_in_mm1_grows_earliest(servers: int) -> None:
    """Why the hyperbola bounds what lies between two loads: a replica with several workers is slower later."""
    most = 10.0 * servers
    free = [waiting(most * share / 100, servers) * (1 - share / 100) for share in range(1, 100)]
    assert all(later <= earlier * (1 + 1e-9) for earlier, later in pairwise(free))


@pytest.mark.parametrize("objective", [0.12, 0.15, 0.2])
def test_the_load_of_now_bounds_a_curve_that_never_saw_its_limit(objective: float) -> None:
    """After a week up to 22/s each replica gets 39.5/s: what it carries is told too low, by less than a third."""
    curve = curve_of(load_curve(past(swing(8.0, 22.0)))).with_now(39.5, 3.0)
    carried = curve.carried(objective)
    assert carried is not None
    assert 0.67 * load_at(objective) <= carried <= load_at(objective)
    assert carried > 22.0
    assert curve.is_bounded_by(objective)
    assert curve.with_now(30.0, 9.0) == curve


def test_replicas_are_counted_with_the_tolerance_of_an_autoscaler() -> None:
    curve = LoadCurve("latency_p99", (LoadPoint(10.0, 0.2, 9), LoadPoint(30.0, 0.5, 9), LoadPoint(45.0, 2.0, 3)), 7.0)
    need = need_of(curve, 0.5, 160.0, 4)
    assert need is not None
    assert (need.carried, need.needed, need.is_at_least) == (120.0, 6, False)
    assert need.headroom == pytest.approx(1 - 160 / 180)
    near = need_of(curve, 0.5, 119.0, 4)
    assert near is not None
    assert near.needed == 5  # 119 of 120 is no room
    assert need_of(curve, 0.1, 160.0, 4) is None


@pytest.mark.parametrize(
    ("load", "days", "told"),
    [
        (lambda _: 20.0, 7.0, "hardly varied (20/s to 20/s)"),
        (swing(18.0, 22.0), 7.0, "hardly varied (18/s to 22/s)"),
        (swing(8.0, 38.0), 0.1, "only 2 h 20 min tell traffic, replicas and latency together; 3 h are needed"),
    ],
)
def test_where_the_past_tells_nothing_it_says_why(load: object, days: float, told: str) -> None:
    found = load_curve(past(load, days=days))  # type: ignore[arg-type]
    assert found.curve is None
    assert told in str(found.why_not)


def test_points_without_replicas_or_traffic_do_not_count() -> None:
    whole = past(swing(8.0, 38.0))
    gaps = array("d", whole.replicas.values)
    for index in range(0, len(gaps), 2):
        gaps[index] = 0.0 if index % 4 else math.nan
    with_gaps = msgspec.structs.replace(whole, replicas=Series(whole.replicas.grid, gaps))
    carried, half = (curve_of(load_curve(each)).carried(0.15) for each in (whole, with_gaps))
    assert carried == pytest.approx(half, rel=0.05)


def test_a_bad_evening_does_not_bend_the_curve() -> None:
    """Three hours of a version that is ten times as slow, within a week."""
    whole = past(swing(8.0, 38.0))
    latency = array("d", whole.latency.values)
    for index in range(1000, 1036):
        latency[index] *= 10
    bad = msgspec.structs.replace(whole, latency=Series(whole.latency.grid, latency))
    assert curve_of(load_curve(bad)).carried(0.15) == pytest.approx(curve_of(load_curve(whole)).carried(0.15), rel=0.1)


points = st.lists(
    st.tuples(st.floats(0.1, 1e4), st.floats(1e-4, 60.0), st.integers(3, 500)), min_size=3, max_size=12
).map(
    lambda rows: tuple(
        LoadPoint(load, latency, count)
        for load, latency, (_, _, count) in zip(
            sorted({row[0] for row in rows}), sorted(row[1] for row in rows), rows, strict=False
        )
    )
)


@settings(max_examples=200)
@given(points, st.floats(1e-3, 60.0), st.floats(0.1, 1e5), st.integers(1, 100))
def test_what_is_needed_is_the_least_that_keeps_its_tolerance(
    told: tuple[LoadPoint, ...], objective: float, traffic: float, replicas: int
) -> None:
    curve = LoadCurve("latency_p99", told, 7.0)
    carried, need = curve.carried(objective), need_of(curve, objective, traffic, replicas)
    if need is None or carried is None:
        assert told[0].latency > objective
        return
    assert all(point.load <= carried for point in told if point.latency <= objective)
    assert all(point.load >= carried for point in told if point.latency > objective)
    kept = carried * (1 - TOLERANCE)
    assert traffic <= need.needed * kept * (1 + 1e-6)
    assert need.needed == 1 or traffic > (need.needed - 1) * kept * (1 - 1e-6)
    assert TOLERANCE - 1e-6 <= need.headroom <= 1.0


def view_of(
    traffic: float | None = 130.0, latency: float | None = 0.4, limit: float | None = 0.15, errors: float = 0.0
) -> ModelView:
    workload = Workload("prod", "ml", "Deployment", "fraud", "u1", replicas=5, ready=4)
    return ModelView(
        Model("fraud", Label("fraud")),
        Status.CRITICAL,
        {
            "traffic": Reading(TRAFFIC, State.OK, traffic),
            "error_ratio": Reading(ERROR_RATIO, State.OK, errors),
            "latency_mean": Reading(LATENCY_MEAN, State.OK, latency, limit=limit),
        },
        workload=WorkloadFinding(workload),
        headline_signal="latency_mean",
    )


def test_where_a_model_stands_and_what_it_needs() -> None:
    found = capacity_of(load_curve(past(swing(8.0, 38.0))), view_of())
    assert (found.traffic, found.replicas, found.latency, found.objective) == (130.0, 4, 0.4, 0.15)
    assert found.load == 32.5
    assert found.need is not None
    assert found.need.needed == 5
    assert found.is_explained is True
    assert found.in_words() == (
        "4 replicas carry 118/s within mean latency 0.15 s; 5 are needed for 130/s, headroom 12 %"
    )


def test_a_replica_that_the_cluster_still_takes_for_ready_carries_nothing() -> None:
    found = capacity_of(load_curve(past(swing(8.0, 38.0))), msgspec.structs.replace(view_of(), replicas=3))
    assert found.replicas == 3
    more = capacity_of(load_curve(past(swing(8.0, 38.0))), msgspec.structs.replace(view_of(), replicas=6))
    assert more.replicas == 4


def test_the_latency_that_is_judged_speaks_for_the_capacity() -> None:
    view = view_of()
    p99 = Reading(LATENCY_P99, State.OK, 9.0)
    worse = msgspec.structs.replace(view, readings=view.readings | {"latency_p99": p99}, headline_signal="latency_p99")
    assert latency_of(worse) == "latency_mean"
    assert latency_of(msgspec.structs.replace(worse, readings={"latency_p99": p99})) == "latency_p99"
    assert latency_of(msgspec.structs.replace(worse, readings={}, headline_signal=None)) is None


def test_a_latency_that_the_load_does_not_explain() -> None:
    found = capacity_of(load_curve(past(swing(8.0, 38.0))), view_of(traffic=60.0))
    assert found.is_explained is False
    assert found.need is not None
    assert found.need.needed <= 4


def test_a_surge_over_all_that_was_seen_is_a_point_of_the_curve() -> None:
    found = capacity_of(load_curve(past(swing(8.0, 22.0))), view_of(traffic=158.0, latency=3.0))
    assert found.curve is not None
    assert (found.curve.most, found.is_explained) == (39.5, True)
    assert found.need is not None
    assert (found.need.needed, found.need.is_at_least) == (7, False)
    failing = view_of(traffic=158.0, latency=3.0, errors=0.2)
    told = capacity_of(load_curve(past(swing(8.0, 22.0))), failing)
    assert told.need is not None
    assert (told.need.needed, told.need.is_at_least) == (9, True)


@pytest.mark.parametrize(
    ("view", "told"),
    [
        (view_of(traffic=None), "its traffic is not known now"),
        (view_of(limit=None), "its latency objective is not known now"),
        (view_of(limit=0.05), "its latency is over the objective at every load of its past"),
    ],
)
def test_what_is_not_known_is_said(view: ModelView, told: str) -> None:
    found = capacity_of(load_curve(past(swing(8.0, 38.0))), view)
    assert (found.need, found.in_words(), found.is_explained) == (None, told, None if "known" in told else True)
