"""Whatever is missing or senseless in what was read, causes come out with confidences that are ones."""

import math
from array import array

from hypothesis import given, settings
from hypothesis import strategies as st

from console.detect.causes import explain
from console.domain.anomaly import AnomalyKind
from console.domain.circumstances import Capacity, Circumstances, Dependency, Part
from console.domain.series import Grid, Series
from tests.detect.causes.surroundings import ONSET, anomaly, broken_inputs
from tests.detect.pasts import AT, a_case, a_past

GRID = Grid.until(AT, 3600.0, 60.0)
NUMBERS = st.one_of(
    st.floats(0, 1e6), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 1e-300, 1e300]), st.floats(0, 1)
)
FEW = st.lists(NUMBERS, min_size=1, max_size=8)


def spread(values: list[float]) -> Series:
    """Return a series that holds each value for an equal part of the grid."""
    return Series(GRID, array("d", [values[index * len(values) // GRID.count] for index in range(GRID.count)]))


SERIES = FEW.map(spread)
MAYBE = st.none() | SERIES
PARTS = st.lists(
    st.builds(
        Part,
        name=st.sampled_from(["v1", "v2", "v3", ""]),
        traffic=MAYBE,
        error_ratio=MAYBE,
        latency=MAYBE,
        latency_high=MAYBE,
        version=st.none() | st.sampled_from(["v1", "v2"]),
        node=st.none() | st.just("node"),
    ),
    max_size=4,
).map(tuple)
CIRCUMSTANCES = st.builds(
    Circumstances,
    model_id=st.just("fraud"),
    grid=st.just(GRID),
    onset=st.just(ONSET),
    versions=PARTS,
    replicas=PARTS,
    capacity=st.builds(
        Capacity, ready=MAYBE, wanted=MAYBE, autoscaler_most=st.none() | NUMBERS, autoscaler_wants=MAYBE, restarts=MAYBE
    ),
    gauges=st.dictionaries(st.sampled_from(["GPU", "CPU", "queue", "concurrency"]), SERIES),
    dependencies=st.lists(
        st.builds(Dependency, name=st.just("store"), latency=MAYBE, error_ratio=MAYBE, troubled=st.just(("churn",))),
        max_size=2,
    ).map(tuple),
)


@settings(max_examples=150, deadline=None)
@given(CIRCUMSTANCES, FEW, FEW, st.sampled_from(AnomalyKind), st.floats(-7200, 60))
def test_nothing_that_was_read_raises(
    circumstances: Circumstances, traffic: list[float], latency: list[float], kind: AnomalyKind, since: float
) -> None:
    fine = {"traffic": traffic, "latency_p99": latency, "error_ratio": latency}
    case = a_case(a_past(fine, {"traffic": traffic}))
    for explained in explain(case, (anomaly(kind, AT + since), broken_inputs()), circumstances):
        told = [cause.confidence for cause in explained.causes]
        assert told == sorted(told, reverse=True)
        assert all(0 <= confidence <= 1 for confidence in told)
        assert sum(told) <= 1 + 1e-9
