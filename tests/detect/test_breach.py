import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.detect.breach import Breach, Hysteresis, find_breach
from console.domain.series import Grid, Series

GRID = Grid(1000.0, 10.0, 10)
NAN = math.nan
PLAIN = Hysteresis(confirm=30.0, recover=30.0)


def over_one(value: float) -> bool:
    return value > 1


def series(values: list[float], grid: Grid = GRID) -> Series:
    return Series(Grid(grid.start, grid.step, len(values)), array("d", values))


def breach_of(values: list[float], hysteresis: Hysteresis = PLAIN, coarse: Series | None = None) -> Breach | None:
    return find_breach(series(values), coarse, over_one, hysteresis)


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
        pytest.param(
            [0, 2, 2, 2, 2, NAN, NAN, NAN, NAN, NAN],
            Breach(1010.0, False, last_seen=1040.0),
            id="vanished is not recovered",
        ),
        pytest.param([0, 0, 2, NAN, NAN, 2, 2, 2, 2, 2], Breach(1020.0, False), id="a gap does not split a run"),
        pytest.param([NAN] * 10, None, id="nothing known"),
    ],
)
def test_a_breach_is_confirmed_and_ended_with_hysteresis(values: list[float], expected: Breach | None) -> None:
    assert breach_of(values) == expected


REMEMBERING = Hysteresis(confirm=20.0, recover=20.0, remember=40.0, told_since=1120.0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param([0, *[2] * 12, 0, 0, 0], Breach(1010.0, False, 1130.0, 1130.0), id="recovered and told"),
        pytest.param([0, *[2] * 10, *[0] * 5], None, id="recovered and forgotten"),
        pytest.param(
            [0, 2, 2, 2, 0, 0, 0, 0, 2, 2, 2, 0, 0, 0, 2, 2, 2], Breach(1010.0, False, returns=2), id="came back twice"
        ),
        pytest.param(
            [0, 2, 2, 2, 0, 0, 0, 0, 0, 2, 2, 2, 2, 2, 2, 2], Breach(1090.0, False), id="came back too late to be it"
        ),
        pytest.param(
            [0, 0, 2, 2, 2, *[0] * 7, 2, 2], None, id="recovered, forgotten, and not yet confirmed to be back"
        ),
        pytest.param(
            [0, *[2] * 12, 0, 0, 0, NAN, NAN],
            Breach(1010.0, False, 1130.0, 1130.0, last_seen=1150.0),
            id="it had recovered before its data vanished",
        ),
    ],
)
def test_what_ended_lately_is_told_and_may_come_back(values: list[float], expected: Breach | None) -> None:
    assert breach_of(values, REMEMBERING) == expected


def test_all_that_ended_within_an_incident_is_one_breach() -> None:
    values: list[float] = [0, 2, 2, 2, *[0] * 20, 2, 2, 2, *[0] * 20]
    alone = Hysteresis(20.0, 20.0, 40.0, told_since=1400.0)
    within = Hysteresis(20.0, 20.0, 40.0, told_since=1020.0, joined_since=1020.0)
    assert breach_of(values, alone) is None
    assert breach_of(values, within) == Breach(1010.0, False, 1270.0, 1270.0, returns=1)


VALUES = st.lists(st.sampled_from([0.0, 2.0, NAN]), min_size=1, max_size=40)
ANY_HYSTERESIS = st.builds(
    Hysteresis,
    confirm=st.sampled_from([0.0, 20.0, 30.0]),
    recover=st.sampled_from([0.0, 20.0, 30.0]),
    remember=st.sampled_from([30.0, 60.0, 200.0]),
    told_since=st.sampled_from([1000.0, 1100.0, 1200.0, math.inf]),
)


@given(VALUES, st.integers(0, 9), ANY_HYSTERESIS)
def test_data_that_vanishes_changes_no_verdict(values: list[float], gap: int, hysteresis: Hysteresis) -> None:
    before, after = breach_of(values, hysteresis), breach_of([*values, *[NAN] * gap], hysteresis)
    if before is None or after is None:
        assert after is before
        return
    assert (after.onset, after.ended, after.returns) == (before.onset, before.ended, before.returns)
    seen = [index for index, value in enumerate(values) if value == value]
    assert after.last_seen == (GRID.instant(seen[-1]) if gap or seen[-1] < len(values) - 1 else None)


@given(VALUES, ANY_HYSTERESIS)
def test_an_onset_breaks_the_limit_and_an_end_keeps_it(values: list[float], hysteresis: Hysteresis) -> None:
    breach = breach_of(values, hysteresis)
    if breach is None:
        return
    assert values[round((breach.onset - 1000.0) / 10.0)] == 2.0
    if breach.ended is not None:
        assert values[round((breach.ended - 1000.0) / 10.0)] == 0.0
        assert breach.recovering_since == breach.ended >= hysteresis.told_since


COARSE = Grid(0.0, 300.0, 5)


def on_coarse(values: list[float]) -> Series:
    return series(values, COARSE)


def fine_from(start: float, values: list[float]) -> Series:
    return series(values, Grid(start, 10.0, len(values)))


def test_an_onset_before_the_fine_grid_is_found_on_the_coarse_one() -> None:
    fine = fine_from(1250.0, [2.0] * 10)
    assert find_breach(fine, on_coarse([0.0, 2.0, 0.0, 2.0, 2.0]), over_one, PLAIN) == Breach(900.0, False)


def test_a_gap_in_the_coarse_data_ends_the_search() -> None:
    coarse = on_coarse([2.0] * 3 + [NAN] * 6 + [2.0] * 3)
    assert find_breach(fine_from(3400.0, [2.0] * 10), coarse, over_one, PLAIN) == Breach(2700.0, True)
    assert find_breach(fine_from(9000.0, [2.0] * 10), coarse, over_one, PLAIN) == Breach(9000.0, True)


def test_an_onset_before_everything_known_says_so() -> None:
    coarse = on_coarse([NAN, 2.0, 2.0, 2.0])
    assert find_breach(fine_from(1000.0, [2.0] * 10), coarse, over_one, PLAIN) == Breach(300.0, True)


def test_a_coarse_grid_that_is_calm_leaves_the_fine_onset() -> None:
    coarse = on_coarse([0.0, 0.0, 0.0, 0.0])
    assert find_breach(fine_from(1000.0, [2.0] * 10), coarse, over_one, PLAIN) == Breach(1000.0, False)


def test_a_breach_that_was_told_stays_after_its_data_left_the_fine_grid() -> None:
    coarse = on_coarse([0.0, 2.0, 2.0, NAN, NAN])
    assert find_breach(fine_from(1000.0, [NAN] * 10), coarse, over_one, PLAIN) == Breach(300.0, False, last_seen=600.0)


def test_a_lone_coarse_point_says_nothing_alone_and_belongs_to_what_is_near() -> None:
    remembering = Hysteresis(20.0, 20.0, remember=900.0, told_since=0.0)
    coarse = on_coarse([0.0, 2.0, 0.0, 0.0, 0.0])
    assert find_breach(fine_from(1300.0, [0.0] * 10), coarse, over_one, remembering) is None
    back = find_breach(fine_from(1300.0, [0.0, *[2.0] * 9]), coarse, over_one, remembering)
    assert back == Breach(300.0, False, returns=1)
