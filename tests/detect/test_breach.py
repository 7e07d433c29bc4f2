import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.detect.breach import Breach, find_breach, newest_run, reach_back
from console.domain.series import Grid, Series

GRID = Grid(1000.0, 10.0, 10)
NAN = math.nan


def over_one(value: float) -> bool:
    return value > 1


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([0, 0, 0, 0, 0, 2, 2, 2, 2, 2], Breach(1050.0, False), id="holds until now"),
        pytest.param([0, 0, 0, 0, 0, 0, 0, 0, 2, 2], None, id="not yet confirmed"),
        pytest.param([2, 2, 2, 2, 2, 2, 2, 2, 2, 2], Breach(1000.0, True), id="began earlier than the grid"),
        pytest.param([NAN, NAN, 2, 2, 2, 2, 2, 2, 2, 2], Breach(1020.0, True), id="began with the first value"),
        pytest.param([0, 2, 2, 2, 2, 2, 2, 2, 2, 0], Breach(1010.0, False, 1090.0), id="one good point ends nothing"),
        pytest.param([0, 2, 2, 2, 2, 0, 0, 0, 0, 0], None, id="recovered"),
        pytest.param([0, 2, 2, 0, 2, 2, 0, 2, 2, 0], None, id="spikes are never confirmed"),
        pytest.param([0, 2, 2, 2, 2, NAN, NAN, NAN, NAN, NAN], Breach(1010.0, False), id="vanished is not recovered"),
        pytest.param([0, 0, 2, NAN, NAN, 2, 2, 2, 2, 2], Breach(1020.0, False), id="a gap does not split a run"),
        pytest.param([NAN] * 10, None, id="nothing known"),
    ],
)
def test_a_breach_is_confirmed_and_ended_with_hysteresis(values: list[float], expected: Breach | None) -> None:
    assert find_breach(GRID, values, over_one, confirm=30.0, recover=30.0) == expected


@given(st.lists(st.sampled_from([0.0, 2.0, NAN]), min_size=10, max_size=10), st.integers(0, 9))
def test_data_that_vanishes_changes_no_verdict(values: list[float], gap: int) -> None:
    before = find_breach(GRID, values, over_one, 30.0, 30.0)
    longer = find_breach(Grid(1000.0, 10.0, 10 + gap), [*values, *[NAN] * gap], over_one, 30.0, 30.0)
    assert longer == before


@given(st.lists(st.sampled_from([0.0, 2.0, NAN]), min_size=1, max_size=40))
def test_an_onset_is_a_point_that_breaks_the_limit(values: list[float]) -> None:
    breach = find_breach(Grid(1000.0, 10.0, len(values)), values, over_one, 20.0, 20.0)
    if breach is not None:
        assert values[round((breach.onset - 1000.0) / 10.0)] == 2.0


def test_an_onset_before_the_fine_grid_is_found_on_the_coarse_one() -> None:
    coarse = Series(Grid(0.0, 300.0, 5), array("d", [0.0, 2.0, 0.0, 2.0, 2.0]))
    assert reach_back(Breach(1250.0, True), coarse, over_one) == Breach(900.0, False)


def test_a_gap_in_the_coarse_data_ends_the_search() -> None:
    coarse = Series(Grid(0.0, 300.0, 12), array("d", [2.0] * 3 + [NAN] * 6 + [2.0] * 3))
    assert reach_back(Breach(3400.0, True), coarse, over_one) == Breach(2700.0, True)
    assert reach_back(Breach(9000.0, True), coarse, over_one) == Breach(9000.0, True)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([0, 2, 2, 0, 0, 0, 0, 2, 2, 0], Breach(1070.0, False)),
        ([0, 2, 2, 0, 0, 2, 2, 0, 0, 0], Breach(1010.0, False)),
        ([2, 0, 0, 0, 0, 0, 0, 0, 0, 0], Breach(1000.0, True)),
        ([0] * 10, None),
    ],
)
def test_the_newest_run_may_be_over(values: list[float], expected: Breach | None) -> None:
    assert newest_run(GRID, values, over_one, recover=30.0) == expected


def test_an_onset_before_everything_known_says_so() -> None:
    coarse = Series(Grid(0.0, 300.0, 4), array("d", [NAN, 2.0, 2.0, 2.0]))
    assert reach_back(Breach(1000.0, True), coarse, over_one) == Breach(300.0, True)


def test_a_coarse_grid_that_is_calm_leaves_the_fine_onset() -> None:
    coarse = Series(Grid(0.0, 300.0, 4), array("d", [0.0, 0.0, 0.0, 0.0]))
    assert reach_back(Breach(1000.0, True), coarse, over_one) == Breach(1000.0, False)
