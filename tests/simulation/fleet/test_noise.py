import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from console.simulation.fleet.noise import noise, ratio

seeds = st.integers(0, 2**31)
instants = st.floats(0.0, 4e9)


@given(seeds, instants)
def test_an_instant_has_the_same_value_alone_and_among_others(seed: int, instant: float) -> None:
    alone = noise(seed, "a", np.asarray([instant]))
    among = noise(seed, "a", np.asarray([0.0, instant, 5e9]))
    assert alone[0] == among[1]


@given(seeds, instants)
def test_values_are_bounded_and_change_slowly(seed: int, instant: float) -> None:
    values = noise(seed, "a", instant + np.asarray([0.0, 0.01]))
    assert np.all(np.abs(values) <= 1.0)
    assert abs(values[1] - values[0]) < 0.01


def test_seeds_and_streams_differ() -> None:
    times = np.arange(0.0, 3600.0, 5.0)
    one, other_seed, other_stream = noise(1, "a", times), noise(2, "a", times), noise(1, "b", times)
    assert abs(np.corrcoef(one, other_seed)[0, 1]) < 0.3
    assert abs(np.corrcoef(one, other_stream)[0, 1]) < 0.3
    assert one.std() > 0.1


def test_ratio_is_spread_over_the_unit_interval() -> None:
    values = [ratio(1, f"pod-{number}") for number in range(500)]
    assert 0.0 <= min(values) < 0.05
    assert 0.95 < max(values) < 1.0
