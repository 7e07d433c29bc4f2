import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.domain.load_curve import Need
from console.playbooks.sizing import Demand, Sizing, replicas_for


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        (Demand(4, traffic=160.0, expected_traffic=100.0), Sizing(7, "traffic 1.6× of normal")),
        (Demand(4, traffic=150.0, expected_traffic=100.0), Sizing(6, "traffic 1.5× of normal")),
        (
            Demand(4, traffic=110.0, expected_traffic=100.0, saturation=0.98, expected_saturation=0.57),
            Sizing(7, "saturation 1.7× of normal"),
        ),
        (Demand(6, traffic=260.0, expected_traffic=100.0), Sizing(12, "traffic 2.6× of normal, at most 2.0× at once")),
        (
            Demand(15, traffic=200.0, expected_traffic=100.0),
            Sizing(20, "traffic 2.0× of normal, the limit is 20"),
        ),
        (Demand(1, traffic=101.0, expected_traffic=100.0), Sizing(2, "traffic 1.0× of normal")),
        (Demand(4), Sizing(6, "demand is unknown: half as many again")),
        (
            Demand(4, traffic=90.0, expected_traffic=100.0),
            Sizing(6, "no growth is measured: half as many again"),
        ),
        (Demand(4, traffic=5.0, expected_traffic=0.0), Sizing(6, "demand is unknown: half as many again")),
        (Demand(None, traffic=5.0, expected_traffic=1.0), Sizing(None, "the present number of replicas is unknown")),
        (Demand(0), Sizing(None, "the workload is scaled to 0: somebody switched it off")),
        (Demand(20), Sizing(None, "already at 20 replicas, the limit is 20")),
        (Demand(25), Sizing(None, "already at 25 replicas, the limit is 20")),
    ],
)
def test_known_sizes(demand: Demand, expected: Sizing) -> None:
    assert replicas_for(demand, max_factor=2.0, max_replicas=20) == expected


quantities = st.one_of(st.none(), st.floats(0, 1e12, allow_subnormal=True))


@given(
    st.builds(Demand, st.integers(0, 500), quantities, quantities, quantities, quantities, st.booleans()),
    st.floats(1.01, 10),
    st.integers(1, 300),
)
def test_a_size_is_always_more_and_within_the_limits(demand: Demand, max_factor: float, max_replicas: int) -> None:
    size = replicas_for(demand, max_factor, max_replicas).replicas
    assert demand.replicas is not None
    if size is None:
        assert demand.replicas == 0 or demand.replicas >= max_replicas
    else:
        assert demand.replicas < size <= max_replicas
        assert size <= max(demand.replicas * max_factor, demand.replicas + 1)


def test_traffic_multiplies_only_the_replicas_that_carried_the_normal_traffic() -> None:
    """4 replicas are normal for 100/s; at 260/s a first change made them 8, and 260/s goes on."""
    again = Demand(8, traffic=260.0, expected_traffic=100.0, is_steady=False)
    assert replicas_for(again, max_factor=2.0, max_replicas=50) == Sizing(
        12, "others than these replicas may have carried the normal traffic: half as many again"
    )
    measured = Demand(8, 260.0, 100.0, saturation=0.75, expected_saturation=0.6, is_steady=False)
    assert replicas_for(measured, max_factor=2.0, max_replicas=50) == Sizing(10, "saturation 1.2× of normal")


def need(needed: int) -> Need:
    return Need(190.0, 0.5, 4, 120.0, needed, 0.12, is_at_least=False)


@pytest.mark.parametrize(
    ("demand", "expected"),
    [
        (Demand(4, traffic=190.0, expected_traffic=100.0, need=need(6), measured="6 are needed"), (6, "6 are needed")),
        (
            Demand(4, ready=3, need=need(6), measured="6 are needed"),
            (7, "6 are needed; 1 of 4 are not ready"),
        ),
        (Demand(4, need=need(30), measured="30 are needed"), (8, "30 are needed, at most 2.0× at once")),
        (
            Demand(4, need=need(4), measured="4 are needed"),
            (6, "4 are needed: by their past these replicas are enough; demand is unknown: half as many again"),
        ),
        (
            Demand(4, saturation=0.9, expected_saturation=0.5, need=need(3), measured="3 are needed"),
            (8, "3 are needed: by their past these replicas are enough; saturation 1.8× of normal"),
        ),
    ],
)
def test_what_was_measured_comes_before_what_grew(demand: Demand, expected: tuple[int, str]) -> None:
    assert replicas_for(demand, max_factor=2.0, max_replicas=20) == Sizing(*expected)
